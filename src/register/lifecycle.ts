import { constants } from 'node:os'
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
  new SignalFlush(flush, say).listen()
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

class SignalFlush {
  readonly #flush: Flush
  readonly #say: Say
  /** That of Node, or of whoever was here before. */
  readonly #kill = process.kill
  #busy: Promise<unknown> | undefined
  #isEnding = false

  constructor(flush: Flush, say: Say) {
    this.#flush = flush
    this.#say = say
  }

  listen(): void {
    process.kill = (pid, signal) => this.#sentByApp(pid, signal) || this.#kill.call(process, pid, signal)
    for (const signal of SIGNALS) this.#listenOnce(signal)
  }

  /**
   * The listener stands first in line and steps out before any other runs. From then on the process looks as it would
   * without us: whoever counts listeners to decide whether to end the process counts right, and a second signal does
   * what it always did. Only when nobody else listens is it ours to end what we kept alive, and then by the same signal,
   * so that the exit status is the same too.
   */
  #listenOnce(signal: NodeJS.Signals): void {
    const onSignal = () => {
      process.removeListener(signal, onSignal)
      if (process.listenerCount(signal) === 0) {
        if (this.#isEnding)
          this.#kill.call(process, process.pid, signal) // another signal already: somebody is in a hurry
        else this.#endBy(signal)
      }
      this.#keepFlushing(signal)
    }
    process.prependListener(signal, onSignal)
  }

  /**
   * An app that listens often ends itself by the same signal when it is done, as Nest, terminus and signal-exit do, and
   * that is when our flush is under way: it takes effect once the flush has ended. No signal from outside comes this way.
   *
   * @returns whether that is what is asked for
   */
  #sentByApp(pid: unknown, signal: unknown = 'SIGTERM'): boolean {
    const name = SIGNALS.find((one) => one === signal || constants.signals[one] === signal)
    if (name === undefined || Number(pid) !== process.pid || process.listenerCount(name) > 0) return false
    if (!this.#isEnding) this.#endBy(name)
    return true
  }

  #endBy(signal: NodeJS.Signals): void {
    this.#isEnding = true
    void settledInTime(this.#flushAll()).then((inTime) => {
      if (!inTime) this.#say(GAVE_UP)
      this.#isEnding = false
      this.#kill.call(process, process.pid, signal)
      // Still alive? Process 1 of a container ignores a signal without listener; or somebody listens by now.
    })
  }

  /** Everything up to now: what a flush that is under way has missed too. */
  #flushAll(): Promise<unknown> {
    return this.#busy === undefined ? this.#flushOnce() : this.#busy.then(() => this.#flushOnce())
  }

  #flushOnce(): Promise<unknown> {
    this.#busy ??= this.#flush().finally(() => {
      this.#busy = undefined
    })
    return this.#busy
  }

  #keepFlushing(signal: NodeJS.Signals): void {
    void this.#flushOnce()
    const repeat = setInterval(() => void this.#flushOnce(), REPEAT_MILLIS).unref()
    setTimeout(() => {
      clearInterval(repeat)
      this.#listenOnce(signal) // the app lives on: it took the signal for something else
    }, REPEAT_FOR_MILLIS).unref()
  }
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
