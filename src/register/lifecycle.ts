import { isMainThread } from 'node:worker_threads'
import type { Say } from './say.ts'
import type { SpanProcessorLike } from './traces.ts'

/** Sends everything out that is still held; never rejects. */
export type Flush = () => Promise<unknown>

/**
 * How long a process that has nothing else to do waits for a collector that does not answer: less than the 10 s that
 * `docker stop` grants. A collector that is down makes the newer exporters try again for 9 s.
 */
export const WAIT_MILLIS = 3_000

const GAVE_UP =
  'the last spans and metrics could not be sent within 3 s and are given up; OTEL_EXPORTER_OTLP_ENDPOINT says where to'

/** While an app shuts itself down it may still make calls and may end any moment, so flushing goes on for a while. */
export const REPEAT_MILLIS = 500
export const REPEAT_FOR_MILLIS = 60_000

/**
 * Flushes when the event loop has run dry. Flushing wakes the loop, which then runs dry again: the second time there
 * is something to do only when spans have ended since.
 */
export function flushWhenIdle(flush: Flush, endedSpans: () => number, say: Say): void {
  let flushed = -1
  process.on('beforeExit', () => {
    const ended = endedSpans()
    if (ended === flushed) return
    flushed = ended
    const overdue = setTimeout(() => endWhatWeKeepAlive(say), WAIT_MILLIS)
    void flush().finally(() => clearTimeout(overdue))
  })
}

/**
 * The loop was empty and nobody but us could fill it again, so that this ends nothing else; the exit code is the one
 * that is set. Not that of a top-level await that never settles: Node finds 13 only when the loop runs dry by itself,
 * which what the exporters hold (timers, connections) keeps it from, and has no API that tells of it before. With
 * another listener there may be work of the app under way, and the exporters' own time-outs have to do.
 */
function endWhatWeKeepAlive(say: Say): void {
  if (process.listenerCount('beforeExit') !== 1) return
  say(GAVE_UP)
  process.exit()
}

/** Flushes on the signals that stop a service, and otherwise leaves them as they would be without this package. */
export function flushOnSignals(flush: Flush, say: Say): void {
  if (!isMainThread) return // signals do not reach workers
  for (const signal of ['SIGTERM', 'SIGINT'] as const) listenOnce(signal, flush, say)
}

/**
 * The listener stands first in line and steps out before any other runs. From then on the process looks as it would
 * without us: whoever counts listeners to decide whether to end the process counts right, and a second signal does
 * what it always did. Only when nobody else listens is it ours to end what we kept alive, and then by the same signal,
 * so that the exit status is the same too.
 */
function listenOnce(signal: NodeJS.Signals, flush: Flush, say: Say): void {
  const onSignal = () => {
    process.removeListener(signal, onSignal)
    if (process.listenerCount(signal) > 0) {
      keepFlushing(signal, flush, say)
      return
    }
    void settledInTime(flush()).then((inTime) => {
      if (!inTime) say(GAVE_UP)
      process.kill(process.pid, signal)
      // Still alive? Process 1 of a container ignores a signal without listener; or somebody listens by now.
      keepFlushing(signal, flush, say)
    })
  }
  process.prependListener(signal, onSignal)
}

function keepFlushing(signal: NodeJS.Signals, flush: Flush, say: Say): void {
  let busy = false
  const flushOnce = () => {
    if (busy) return
    busy = true
    void flush().then(() => {
      busy = false
    })
  }
  flushOnce()
  const repeat = setInterval(flushOnce, REPEAT_MILLIS).unref()
  setTimeout(() => {
    clearInterval(repeat)
    listenOnce(signal, flush, say) // the app lives on: it took the signal for something else
  }, REPEAT_FOR_MILLIS).unref()
}

/** Holds the event loop open until then. */
function settledInTime(flushed: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const overdue = setTimeout(resolve, WAIT_MILLIS, false)
    void flushed.finally(() => {
      clearTimeout(overdue)
      resolve(true)
    })
  })
}

/** Tells whether anything has happened since the last flush. */
export class SpanCount implements SpanProcessorLike {
  ended = 0

  onStart(): void {}

  onEnd(): void {
    this.ended += 1
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
