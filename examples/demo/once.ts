import { setTimeout as sleep } from 'node:timers/promises'
import { METRIC_MANGOPAY_CLIENT_REQUESTS } from 'opentelemetry-mangopay/names'
import { DEFAULT_QUOTA } from '../mock/quota.ts'
import { operationShape } from '../mock/routes.ts'
import type { ReceivedSpan } from '../otlp-receiver.ts'
import { scenarioNamed } from '../scenarios.ts'
import type { AppState } from '../traffic/messages.ts'
import { type CallCount, compare, countsOfLog, countsOfPoints, differences, sum } from './once-compare.ts'
import { bar, operationRows, type Paint, paint, percent, spanText, table } from './once-print.ts'
import { type Stage, startStage } from './stage.ts'

/** The one-shot proof. */
export interface OnceOptions {
  /** How long calls are made. */
  seconds: number
  write: (text: string) => void
  /** Whether the output is a terminal: colours, and a progress line that is written over. */
  terminal: boolean
}

/** Share of traces the proof exports: counts must be exact although most spans are not sent. */
const SAMPLE_RATIO = 0.25

/**
 * Makes calls that go well and badly, then holds what the library counted against what the server says it answered.
 *
 * @returns The exit code: 0 when both are equal, 1 when they differ or something broke.
 */
export const runOnce = async ({ seconds, write, terminal }: OnceOptions): Promise<number> => {
  const colours = paint(terminal)
  const scenario = scenarioNamed('proof')
  const spans: ReceivedSpan[] = []
  // The 15 min quota is made small, so that its last tenth is missing: real 429s, with the real headers.
  const limit = Math.ceil(scenario.rate(0) * seconds * 0.9)
  const stage = await startStage({
    sampleRatio: SAMPLE_RATIO,
    interval: 500,
    mock: { quota: DEFAULT_QUOTA.map((window) => (window.seconds === 900 ? { ...window, limit } : window)) },
    onSpans: (batch) => spans.push(...batch),
  })
  const interrupted = interruption(stage)
  try {
    write(
      `\n${colours.bold('opentelemetry-mangopay')}  ${seconds} s of calls by mangopay4-nodejs-sdk, axios and fetch\n`,
    )
    write(`${colours.dim(`  mock Mangopay ${stage.mock.url}, OTLP receiver ${stage.receiver?.url}`)}\n\n`)
    stage.play(scenario)
    await progress(stage, seconds, interrupted.signal, { write, terminal, colours })
    const state = await Promise.race([stage.drain(), rejection(interrupted.signal)])
    // The last thing the app does is to send what it has counted; only then is the receiver complete.
    await stage.app.stop()
    await settled(stage)
    return report(stage, state, spans, { write, colours })
  } finally {
    interrupted.forget()
    await stage.kill()
  }
}

/** A signal that is given when the proof cannot go on: Ctrl-C, or the app has ended by itself. */
const interruption = (stage: Stage) => {
  const controller = new AbortController()
  const onSignal = () => controller.abort(new Error('interrupted'))
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  void stage.app.ended.then((code) => controller.abort(new Error(`the example app ended: ${code}`)))
  const forget = () => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  return { signal: controller.signal, forget }
}

const rejection = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

const progress = async (
  stage: Stage,
  seconds: number,
  signal: AbortSignal,
  { write, terminal, colours }: { write: (text: string) => void; terminal: boolean; colours: Paint },
): Promise<void> => {
  const start = performance.now()
  let next = 0
  for (;;) {
    const elapsed = (performance.now() - start) / 1_000
    const environment = stage.app.state()?.snapshot.environments['sandbox']
    const failures = Object.values(environment?.failures ?? {}).reduce((all, count) => all + count, 0)
    const text =
      `  ${colours.cyan(bar(elapsed / seconds, 30))} ${elapsed.toFixed(0).padStart(3)} s` +
      `   calls ${environment?.calls ?? 0}   failed ${failures}` +
      `   429 ${environment?.status429 ?? 0}   500 ${environment?.status500 ?? 0}`
    if (terminal) write(`\r${text}\u001b[K`)
    else if (elapsed >= next || elapsed >= seconds) {
      write(`${text}\n`)
      next += 4
    }
    if (elapsed >= seconds) break
    await sleep(200)
    signal.throwIfAborted()
  }
  if (terminal) write('\n')
}

/** A client that gave up is seen by the server a moment later. */
const settled = async ({ mock }: Stage): Promise<void> => {
  for (let i = 0; i < 100 && mock.log.totals().open > 0; i++) await sleep(20)
}

/** A 429 that names its window, or else a failure, or else whatever the sampler let through last. */
const mostTelling = (spans: readonly ReceivedSpan[]): ReceivedSpan | undefined =>
  spans.find(({ attributes }) => attributes['mangopay.rate_limit.exhausted']) ??
  spans.find(({ attributes }) => attributes['mangopay.error.category']) ??
  spans.at(-1)

const report = (
  { mock, receiver }: Stage,
  state: AppState,
  spans: readonly ReceivedSpan[],
  { write, colours }: { write: (text: string) => void; colours: Paint },
): number => {
  const points = receiver?.points(METRIC_MANGOPAY_CLIENT_REQUESTS) ?? []
  const library = countsOfPoints(points)
  const server = countsOfLog(mock.log.entries)
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

  for (const line of notes(state, spans.length, library)) write(`${colours.dim(`  ${line}`)}\n`)
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

const notes = (state: AppState, spans: number, library: readonly CallCount[]): string[] => {
  const { verdicts } = state.counts
  const unknown = Object.values(state.snapshot.environments)[0]?.unknownOutcomes ?? 0
  return [
    `${spans} spans exported of ${sum(library)} calls (${SAMPLE_RATIO * 100} % sampled): the counts do not care.`,
    `${unknown} writes of unknown outcome: they may have taken effect, repeat them only with their idempotency key.`,
    `${verdicts['never settled']} broken connections hit the SDK, which never settles such a call and ends the process.`,
    'The demo steers round that (guard in examples/traffic/app.ts); these calls are counted like any other.',
  ]
}
