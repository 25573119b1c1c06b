import { setTimeout as sleep } from 'node:timers/promises'
import {
  METRIC_MANGOPAY_CLIENT_REQUESTS,
  METRIC_MANGOPAY_CLIENT_RESULTS,
  METRIC_MANGOPAY_WEBHOOK_NOTIFICATIONS,
} from 'opentelemetry-mangopay/names'
import { DEFAULT_QUOTA } from '../mock/quota.ts'
import type { ReceivedSpan } from '../otlp-receiver.ts'
import { scenarioNamed } from '../scenarios.ts'
import { comparePayments } from './compare.ts'
import { type Paint, paint, report } from './once-report.ts'
import { type Stage, startStage } from './stage.ts'

/** The one-shot proof. */
export interface OnceOptions {
  /** How long calls are made. */
  seconds: number
  /** Whether to print more than one screen. */
  details: boolean
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
export const runOnce = async ({ seconds, details, write, terminal }: OnceOptions): Promise<number> => {
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
      `\n  ${seconds} s of calls by Mangopay's SDK, axios and fetch to a mock Mangopay that often fails on purpose.\n\n`,
    )
    stage.play(scenario)
    await progress(stage, seconds, interrupted.signal, { write, terminal, colours })
    const state = await Promise.race([stage.drain(), rejection(interrupted.signal)])
    await notified(stage)
    // The last thing the app does is to send what it has counted; only then is the receiver complete.
    await stage.app.stop()
    await settled(stage)
    const points = stage.receiver?.points(METRIC_MANGOPAY_CLIENT_REQUESTS) ?? []
    const { mock, receiver } = stage
    const payments = comparePayments(
      receiver?.points(METRIC_MANGOPAY_CLIENT_RESULTS) ?? [],
      receiver?.points(METRIC_MANGOPAY_WEBHOOK_NOTIFICATIONS) ?? [],
      mock.log.totals().results,
      mock.hookTotals()?.events ?? {},
    )
    const evidence = { points, entries: mock.log.entries, spans, sampleRatio: SAMPLE_RATIO, state, payments }
    return report(evidence, write, colours, details)
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

/** A bar of a given width, filled to this share. */
const bar = (share: number, width: number): string => {
  const full = Math.round(Math.min(1, share) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}

/** Payouts end a moment after their call, and the app hears of it then. */
const notified = async ({ mock }: Stage): Promise<void> => {
  await sleep(500)
  for (let i = 0; i < 250 && (mock.hookTotals()?.waiting ?? 0) > 0; i++) await sleep(20)
}

/** A client that gave up is seen by the server a moment later. */
const settled = async ({ mock }: Stage): Promise<void> => {
  for (let i = 0; i < 100 && mock.log.totals().open > 0; i++) await sleep(20)
}
