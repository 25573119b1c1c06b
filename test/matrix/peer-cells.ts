/** npm puts the package into a project of each SDK line without a conflict, and never brings a second API. */
import { npm } from './lab.ts'
import { type SdkLine, sdkLines } from './lines.ts'
import { copies, emptyProject, type Outcome } from './project.ts'

/** One way to come to the package and an SDK. */
export interface PeerCell {
  line: SdkLine
  order: 'together' | 'package first' | 'SDK first'
}

/** Every line in every order. */
export const peerCells: readonly PeerCell[] = sdkLines.flatMap((line) =>
  (['together', 'package first', 'SDK first'] as const).map((order) => ({ line, order })),
)

/** Installs, and counts the copies of the API. */
export function peerCell({ line, order }: PeerCell, tarball: string): Outcome {
  // As users write it: the SDK by its version, the API by whatever that needs.
  const { '@opentelemetry/api': _, ...packages } = line.packages
  const sdk = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  const steps = { together: [[tarball, ...sdk]], 'package first': [[tarball], sdk], 'SDK first': [sdk, [tarball]] }
  return npmInstall(emptyProject('peers', {}), steps[order])
}

/** One `npm install` after the other: `ok` when none is refused and there is one API in the end. */
export function npmInstall(folder: string, steps: readonly (readonly string[])[]): Outcome {
  try {
    for (const packages of steps) npm(folder, 'install', ...packages)
  } catch (error) {
    return `npm install failed: ${/ERESOLVE|E[A-Z]+/.exec(String((error as { stderr?: string }).stderr))?.[0] ?? error}`
  }
  const apis = copies(folder, '@opentelemetry/api')
  return apis.length === 1 ? `ok` : `${apis.length} copies of the API: ${apis.join(', ')}`
}
