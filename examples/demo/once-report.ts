/** What `--once` prints in the end, and the verdict: the exit code of the proof. */
import type { LogEntry } from '../mock/log.ts'
import { operationShape } from '../mock/routes.ts'
import type { ReceivedPoint, ReceivedSpan } from '../otlp-receiver.ts'
import type { AppState } from '../traffic/messages.ts'
import { type CallCount, compare, countsOfLog, countsOfPoints, differences, sum } from './once-compare.ts'
import { operationRows, type Paint, percent, spanText, table } from './once-print.ts'

/** What was gathered on both sides. */
export interface Evidence {
  /** Points of `mangopay.client.requests` as they were exported. */
  points: readonly ReceivedPoint[]
  /** The server's own log. */
  entries: readonly LogEntry[]
  spans: readonly ReceivedSpan[]
  /** Share of traces that is exported. */
  sampleRatio: number
  /** The app's state at the end. */
  state: AppState
}

/** A 429 that names its window, or else a failure, or else whatever the sampler let through last. */
const mostTelling = (spans: readonly ReceivedSpan[]): ReceivedSpan | undefined =>
  spans.find(({ attributes }) => attributes['mangopay.rate_limit.exhausted_windows']) ??
  spans.find(({ attributes }) => attributes['mangopay.error.category']) ??
  spans.at(-1)

/**
 * Prints both sides and judges them.
 *
 * @returns The exit code of the proof: 0 when every count is equal and there was something to count, else 1.
 */
export const report = (
  { points, entries, spans, sampleRatio, state }: Evidence,
  write: (text: string) => void,
  colours: Paint,
): number => {
  const library = countsOfPoints(points)
  const server = countsOfLog(entries)
  const result = compare(library, server)

  const shown = mostTelling(spans)
  write(`\n${colours.bold('One tagged span')}, as it was exported\n`)
  write(`${shown ? spanText(shown, colours) : '  none was sampled'}\n`)

  write(`\n${colours.bold('By operation')}, from the exported counter\n`)
  const rows = operationRows(result.operations, points, operationShape)
  write(`${table(['operation', 'library', 'server', 'failures by category'], rows, colours)}\n`)

  write(`\n${colours.bold('By status')}, the library beside the server's own log\n`)
  const statusRows = [...result.statuses, result.all].map(({ what, library: own, server: theirs }) => {
    const name = what === 'none' ? 'no answer' : what
    const rate = (count: number, all: number) => `${count}  ${percent(count, all).padStart(7)}`
    const verdict = own === theirs ? colours.green('equal') : colours.red('DIFFERENT')
    return [name, rate(own, result.all.library), rate(theirs, result.all.server), verdict]
  })
  write(`${table(['status', 'library  of calls', 'server  of calls', ''], statusRows, colours)}\n\n`)

  for (const line of notes(state, spans.length, sampleRatio, library)) write(`${colours.dim(`  ${line}`)}\n`)
  const wrong = differences(result)
  // Nothing compared equal would be no proof: the run must have had both kinds of failure to count.
  const empty = [...result.statuses.filter(({ what }) => what === '429' || what === '500'), result.all].filter(
    ({ server: theirs }) => theirs === 0,
  )
  for (const { what, library: own, server: theirs } of wrong) {
    write(colours.red(`  ${what}: the library counted ${own}, the server ${theirs}\n`))
  }
  for (const { what } of empty) write(colours.red(`  ${what}: nothing to compare, the run was too short\n`))
  if (wrong.length > 0 || empty.length > 0) return 1
  write(`\n  ${colours.green('✓')} ${colours.bold('every count equals the server’s log')}\n\n`)
  return 0
}

const notes = (state: AppState, spans: number, sampleRatio: number, library: readonly CallCount[]): string[] => {
  const { verdicts } = state.counts
  const unknown = Object.values(state.snapshot.environments)[0]?.unknownOutcomes ?? 0
  return [
    `${spans} spans exported of ${sum(library)} calls (${sampleRatio * 100} % sampled): the counts do not care.`,
    `${unknown} writes of unknown outcome: they may have taken effect, repeat them only with their idempotency key.`,
    `${verdicts['never settled']} broken connections hit the SDK, which never settles such a call and ends the process.`,
    'The demo steers round that (guard in examples/traffic/app.ts); these calls are counted like any other.',
  ]
}
