/** What `--once` prints in the end, and the verdict: the exit code of the proof. */
import { STATUS_CODES } from 'node:http'
import type { LogEntry } from '../mock/log.ts'
import { operationShape } from '../mock/routes.ts'
import type { ReceivedPoint, ReceivedSpan } from '../otlp-receiver.ts'
import type { AppState } from '../traffic/messages.ts'
import { type Comparison, compare, type comparePayments, countsOfLog, countsOfPoints, differences } from './compare.ts'

/** Colours, or none when the output is no terminal or the reader asked for none. */
export const paint = (coloured: boolean) => {
  const code = (number: number) => (text: string) => (coloured ? `\u001b[${number}m${text}\u001b[0m` : text)
  return { bold: code(1), dim: code(2), red: code(31), green: code(32), cyan: code(36) }
}

/** Colours of one output. */
export type Paint = ReturnType<typeof paint>

/** What was gathered on both sides. */
export interface Evidence {
  /** Points of `mangopay.client.requests` as they were exported. */
  points: readonly ReceivedPoint[]
  /** The server's own log. */
  entries: readonly LogEntry[]
  spans: readonly ReceivedSpan[]
  /** Share of traces that is exported. */
  sampleRatio: number
  /** What became of payments, on both sides. */
  payments: ReturnType<typeof comparePayments>
  /** The app's state at the end. */
  state: AppState
}

/**
 * Prints both sides and judges them: on one screen, unless details are wanted as well.
 *
 * @returns The exit code of the proof: 0 when every count is equal and there was something to count, else 1.
 */
export const report = (evidence: Evidence, write: (text: string) => void, colours: Paint, details = false): number => {
  const { points, entries, payments } = evidence
  const result = compare(countsOfPoints(points), countsOfLog(entries))
  const told = [...payments.results, ...payments.notifications]
  const wrong = [...differences(result), ...told.filter(({ library, server }) => library !== server)]
  const named = ({ what }: Comparison) => `${what === 'none' ? 'no answer' : `${what} ${STATUS_CODES[what] ?? ''}`}`
  write('\n')
  for (const text of table([
    ['', 'library', 'server', ''],
    ...[result.all, ...result.statuses].map((line) => row(line === result.all ? 'All calls' : named(line), line)),
    row('200, but FAILED', total(payments.results.filter(({ what }) => what.endsWith('FAILED')))),
  ])) {
    write(`  ${text.endsWith('≠') ? colours.red(text) : text}\n`)
  }
  if (details) writeDetails(evidence, result.operations, write, colours)

  // Nothing compared equal would be no proof: the run must have had both kinds of failure to count.
  const empty = [...result.statuses.filter(({ what }) => what === '429' || what === '500'), result.all].filter(
    ({ server }) => server === 0,
  )
  write('\n')
  for (const { what, library, server } of wrong) {
    write(colours.red(`  ${what}: the library counted ${library}, the server answered ${server}\n`))
  }
  for (const { what } of empty) write(colours.red(`  ${what}: nothing to compare, the run was too short\n`))
  if (wrong.length > 0 || empty.length > 0) return 1
  write(
    `  ${colours.green('✓')} ${colours.bold('Every count is equal')}, by status, operation, payment and notification.\n`,
  )
  if (!details) write(colours.dim('  With --details: the operations, a tagged span, and what the numbers leave out.\n'))
  write('\n')
  return 0
}

const total = (lines: readonly Comparison[]): Comparison => ({
  what: 'all',
  library: lines.reduce((all, { library }) => all + library, 0),
  server: lines.reduce((all, { server }) => all + server, 0),
})

const row = (name: string, { library, server }: Comparison): string[] => [
  name,
  `${library}`,
  `${server}`,
  library === server ? '=' : '≠',
]

/** Lines of a table: numbers to the right, texts to the left. */
const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)))
  return rows.map((cells) =>
    cells
      .map((text, i) => (i === 1 || i === 2 ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
      .join('   ')
      .trimEnd(),
  )
}

const writeDetails = (
  { points, spans, sampleRatio, state, payments }: Evidence,
  operations: readonly Comparison[],
  write: (text: string) => void,
  colours: Paint,
): void => {
  write(`\n${colours.bold('  By operation')}\n`)
  const rows = operations.map((line) => {
    const own = points.filter(
      ({ attributes }) => operationShape(String(attributes['mangopay.operation'])) === line.what,
    )
    const failures = new Map<string, number>()
    for (const { attributes, value } of own) {
      const category = attributes['mangopay.error.category']
      if (typeof category === 'string') failures.set(category, (failures.get(category) ?? 0) + value)
    }
    const texts = [...failures].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a)
    const name = String(own[0]?.attributes['mangopay.operation'] ?? line.what)
    return [...row(name, line), texts.map(([category, count]) => `${category} ${count}`).join(', ')]
  })
  for (const text of table([['', 'library', 'server', '', 'failures'], ...rows])) write(`  ${text}\n`)

  write(`\n${colours.bold('  Payments')}, by what calls that made them were answered, and by notification\n`)
  const told = [...payments.results, ...payments.notifications].map((line) => row(line.what, line))
  for (const text of table([['', 'library', 'server', ''], ...told])) write(`  ${text}\n`)

  const span = mostTelling(spans)
  write(`\n${colours.bold('  A tagged span')}, as it was exported\n`)
  write(span ? spanText(span, colours) : '  none was sampled\n')

  const { verdicts } = state.counts
  const unknown = Object.values(state.snapshot.environments)[0]?.unknownOutcomes ?? 0
  write(`
  ${spans.length} spans were exported (${sampleRatio * 100} % of the traces). Counts are of all calls, sampled or not.
  ${unknown} writes have an unknown outcome: they may have happened. Repeat them only with their idempotency key.
  ${verdicts['never settled']} connections broke under Mangopay's SDK, which then leaves its promise open and throws past the
  caller. This demo lives with that (examples/traffic/app.ts); these calls are counted like any other.
`)
}

/** A 429 that names its window, or else a failure, or else whatever the sampler let through last. */
const mostTelling = (spans: readonly ReceivedSpan[]): ReceivedSpan | undefined =>
  spans.find(({ attributes }) => attributes['mangopay.rate_limit.exhausted_windows']) ??
  spans.find(({ attributes }) => attributes['mangopay.error.category']) ??
  spans.at(-1)

/** A span as it was exported, the library's own attributes in colour. */
const spanText = (span: ReceivedSpan, { bold, cyan, dim }: Paint): string => {
  const entries = Object.entries(span.attributes).sort(([a], [b]) => a.localeCompare(b))
  const width = Math.max(...entries.map(([name]) => name.length))
  const lines = entries.map(([name, value]) => {
    const colour = name.startsWith('mangopay.') || name === 'url.template' ? cyan : dim
    return colour(`    ${name.padEnd(width)}  ${JSON.stringify(value)}\n`)
  })
  return `  ${bold(span.name)}  ${span.milliseconds.toFixed(0)} ms, status ${span.status}\n${lines.join('')}`
}
