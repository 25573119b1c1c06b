/** Node versions × SDK lines × module formats × the two set-ups: real calls, and their counts. */
import type { Backend } from './backend.ts'
import { nodeBinary } from './lab.ts'
import { clientPackages, nodeVersions, type SdkLine, sdkLines } from './lines.ts'
import { type Outcome, project, runApp } from './project.ts'

/** One run. */
export interface RunCell {
  node: string
  line: SdkLine
  app: 'register.mjs' | 'register.cjs' | 'code.mjs' | 'code.cjs'
}

/** undici 7 wants Node 20.18; the clients are not what is tested here. */
export const matrixClients = {
  axios: clientPackages['axios'] ?? '',
  undici: '6.29.1',
  'mangopay4-nodejs-sdk': clientPackages['mangopay4-nodejs-sdk'] ?? '',
}

const apps = ['register.mjs', 'register.cjs', 'code.mjs', 'code.cjs'] as const

/** Every combination that the SDK line itself supports. */
export const runCells: readonly RunCell[] = sdkLines.flatMap((line) =>
  Object.keys(nodeVersions)
    .filter((node) => Number.parseInt(node, 10) >= line.node)
    .flatMap((node) => apps.map((app): RunCell => ({ node, line, app }))),
)

/** A handful that together have every line, format, set-up and release of Node but the latest 20, on which the tests run. */
export const fewRunCells: readonly RunCell[] = runCells.filter(({ node, line, app }) => {
  const wanted: Readonly<Record<string, readonly string[]>> = {
    '1.30': ['20.6.0 code.cjs'],
    '2.0': ['20.6.0 register.mjs'],
    '2.2': ['20.6.0 code.mjs'],
    '2.12': ['20.6.0 register.cjs', '24 register.mjs', '26 code.cjs'],
    '3.1': ['22 register.mjs', '24 code.mjs', '24 register.cjs'],
  }
  return wanted[line.name]?.includes(`${node} ${app}`) ?? false
})

/** Runs one cell. */
export async function runCell({ node, line, app }: RunCell, tarball: string, backend: Backend): Promise<Outcome> {
  const folder = folderOf(line, tarball)
  const binary = nodeBinary(nodeVersions[node] ?? '')
  const flag = app.endsWith('.mjs') ? '--import' : '--require'
  const args = app.startsWith('register') ? [flag, 'opentelemetry-mangopay/register', app] : [app]
  const outcome = await runApp(binary, args, folder, backend, { MATRIX_LINE: line.name })
  if (outcome !== 'ok') return outcome
  const calls = Object.values(backend.answered).reduce((sum, count) => sum + count, 0)
  // In code all traces are sampled out; by register all are exported, each with its tags.
  const expected = app.startsWith('register') ? calls : 0
  return backend.spans === expected ? 'ok' : `${backend.spans} spans exported, not ${expected}`
}

const folders = new Map<string, string>()
function folderOf(line: SdkLine, tarball: string): string {
  const known = folders.get(line.name)
  if (known) return known
  const folder = project(tarball, { ...line.packages, ...matrixClients })
  folders.set(line.name, folder)
  return folder
}
