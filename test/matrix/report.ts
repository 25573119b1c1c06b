/** `docs/support.md` from what the matrix found. */
import { nodeVersions, type SdkLine, sdkLines } from './lines.ts'
import type { PeerCell } from './peer-cells.ts'
import type { RunCell } from './run-cells.ts'
import type { SpecialCell } from './special-cells.ts'
import type { TypeCell } from './type-cells.ts'
import type { WrittenCell } from './written-cells.ts'

interface Result<T> {
  cell: T
  outcome: string
}

/** All that was found. */
export interface Results {
  run: Result<RunCell>[]
  types: Result<TypeCell>[]
  special: Result<SpecialCell>[]
  peers: Result<PeerCell>[]
  written: Result<WrittenCell>[]
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const rows = (head: readonly string[], body: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...body.map(row)].join('\n')

/** `yes`, `no (what is wrong)`, or nothing where there is no such cell. */
function summary(results: readonly Result<unknown>[]): string {
  if (results.length === 0) return ''
  const wrong = results.find(({ outcome }) => outcome !== 'ok')
  return wrong ? `**no** (${wrong.outcome.replaceAll('|', '/')})` : 'yes'
}

const versionsOf = (line: SdkLine): string =>
  `${line.packages['@opentelemetry/sdk-trace'] ?? line.packages['@opentelemetry/sdk-trace-base']}, instrumentation-http ${line.packages['@opentelemetry/instrumentation-http']}, instrumentation-undici ${line.packages['@opentelemetry/instrumentation-undici']}`

/** The page. */
export function supportPage({ run, types, special, peers, written }: Results): string {
  // Object keys that look like whole numbers come first; the oldest belongs there.
  const nodes = Object.keys(nodeVersions).sort(
    (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || b.length - a.length,
  )
  const runTable = sdkLines.map((line) => [
    `${line.name} (${versionsOf(line)})`,
    ...nodes.map((node) => summary(run.filter(({ cell }) => cell.line === line && cell.node === node))),
  ])
  const typescripts = [...new Set(types.map(({ cell }) => cell.typescript))]
  const modes = [...new Set(types.map(({ cell }) => cell.mode))]
  const typeTable = typescripts.map((typescript) => [
    typescript,
    ...modes.map((mode) => summary(types.filter(({ cell }) => cell.typescript === typescript && cell.mode === mode))),
  ])
  const orders = [...new Set(peers.map(({ cell }) => cell.order))]
  const peerTable = sdkLines.map((line) => [
    line.name,
    ...orders.map((order) => summary(peers.filter(({ cell }) => cell.line === line && cell.order === order))),
  ])
  const cells = run.length + types.length + special.length + peers.length + written.length
  const linesOf = (typescript: string) =>
    sdkLines
      .filter((line) => types.some(({ cell }) => cell.typescript === typescript && cell.line === line))
      .map(({ name }) => name)
  // The versions that were compiled against the same lines are named together.
  const typeLines = new Map<string, string[]>()
  for (const typescript of typescripts) {
    const lines = linesOf(typescript).join(', ')
    typeLines.set(lines, [...(typeLines.get(lines) ?? []), typescript])
  }
  return `# What it runs with

Written by \`npm run matrix\` on ${new Date().toISOString().slice(0, 10)}: ${cells} cells, each with the packed package in a project outside of the
repository. A running cell makes 82 calls to a server on loopback by axios, fetch, undici and \`mangopay4-nodejs-sdk\`, some of
them refused by status or reset, and compares the exported counter \`mangopay.client.requests\` with what the server answered, by
operation and status: "yes" means equal.

## Node and SDK

Each cell stands for four apps: ES module and CommonJS, set up in code (all traces sampled out, so only the counter speaks) and by
\`--import\` or \`--require opentelemetry-mangopay/register\` (all exported, each span with its tags). Empty: the SDK does not
support that Node. Exact versions of Node: ${nodes.map((node) => nodeVersions[node]).join(', ')}.

${rows(['SDK', ...nodes.map((node) => `Node ${node}`)], runTable)}

## TypeScript

An app that uses the public names compiles under \`strict\`, and one with four mistakes does not, against the types of SDK
${[...typeLines].map(([lines, of]) => `${lines} (TypeScript ${of.join(', ')})`).join('; ')}.
Empty: TypeScript no longer has that resolution.

${rows(['', ...modes], typeTable)}

## As teams have it

${rows(
  ['', ''],
  special.map(({ cell, outcome }) => [cell.name, summary([{ cell, outcome }])]),
)}

## npm install

"yes": no peer conflict, and one copy of \`@opentelemetry/api\`.

${rows(['SDK', ...orders], peerTable)}

As it is written, word for word:

${rows(
  ['', ''],
  written.map(({ cell, outcome }) => [cell.name, summary([{ cell, outcome }])]),
)}
`
}
