/** How often, lately? First: when failures are so frequent that somebody is told. */
import type { ErrorKind, SlidingWindow } from './window.ts'

/** Told when failures of a kind become frequent, and again when that is over. */
export interface SpikeEvent {
  /** `429`, `500` or `unavailable` (`server_error`, `timeout` and `network` together). */
  kind: ErrorKind
  /** As in `mangopay.environment`. */
  environment: string
  /** As in `mangopay.account`: an alias or `_OTHER`; absent without option `accounts`. */
  account?: string
  /** Whether it starts or is over. */
  state: 'started' | 'ended'
  /** When the spike started, in both events. */
  since: Date
  /** Failures of this kind in the window now. */
  count: number
  /** Their share of the calls in the window now, 0 to 1. */
  ratio: number
  /** The failures by operation, most first. */
  operations: { operation: string; count: number }[]
}

/** When failures count as a spike. */
export interface SpikeOptions {
  /**
   * Length of the sliding window in seconds, 10 to 3600; also that of `mangopay.client.error_ratio` and of the rates
   * in `snapshot()`. It slides in 60 steps.
   *
   * @defaultValue 300
   */
  windowSeconds: number
  /**
   * Failures in the window that a spike needs, 1 or more.
   *
   * @defaultValue 5
   */
  minimumCount: number
  /**
   * Share of the calls in the window that a spike needs, above 0 and up to 1.
   *
   * @defaultValue 0.05
   */
  ratio: number
  /**
   * A spike is over below this share; above 0 and up to `ratio`.
   *
   * @defaultValue half of `ratio`
   */
  clearRatio: number
  /**
   * Seconds that a spike lasts at least, 0 or more.
   *
   * @defaultValue 60
   */
  minimumSeconds: number
  /**
   * Which failures are watched: answers 429, answers 500, or `server_error`, `timeout` and `network` together.
   *
   * @defaultValue ['429', '500', 'unavailable']
   */
  kinds: readonly ErrorKind[]
}

/** A spike under way. */
export interface SpikeSnapshot {
  /** As in `mangopay.account`: an alias or `_OTHER`; absent without option `accounts`. */
  account?: string
  /** Which failures. */
  kind: ErrorKind
  /** When it started, epoch milliseconds. */
  since: number
  /** Failures of this kind in the window now. */
  count: number
  /** Their share of the calls in the window now. */
  ratio: number
}

const NOTHING: readonly SpikeEvent[] = []

/**
 * Says when a spike starts and ends. It starts when both the count and the share are reached, so that one failure of
 * three calls at night is none; it ends once the share is below a lower one and a minimum time has passed.
 */
export class SpikeDetector {
  readonly #options: SpikeOptions
  readonly #environment: string
  readonly #account: { account?: string }
  readonly #window: SlidingWindow
  readonly #since = new Map<ErrorKind, number>()

  /** @param account - undefined without option `accounts` */
  constructor(options: SpikeOptions, environment: string, window: SlidingWindow, account?: string) {
    this.#options = options
    this.#environment = environment
    this.#account = account === undefined ? {} : { account }
    this.#window = window
  }

  /** Whether nothing failed and no spike is under way, so that a look would find nothing. */
  get isQuiet(): boolean {
    return this.#since.size === 0 && this.#window.isClean
  }

  /** Looks at the window; returns what has started or ended since the last look. */
  look(now: number): readonly SpikeEvent[] {
    if (this.isQuiet) return NOTHING
    let events = NOTHING
    for (const kind of this.#options.kinds) {
      const since = this.#since.get(kind)
      const count = this.#window.count(now, kind)
      const ratio = this.#window.ratio(now, kind)
      if (since === undefined && count >= this.#options.minimumCount && ratio >= this.#options.ratio) {
        this.#since.set(kind, now)
        events = [...events, this.#event(now, kind, 'started', now)]
      } else if (
        since !== undefined &&
        ratio < this.#options.clearRatio &&
        now - since >= this.#options.minimumSeconds * 1000
      ) {
        this.#since.delete(kind)
        events = [...events, this.#event(now, kind, 'ended', since)]
      }
    }
    return events
  }

  /** Ends every spike, as the processor is shut down: what has started has always an end. */
  end(now: number): SpikeEvent[] {
    const events = [...this.#since].map(([kind, since]) => this.#event(now, kind, 'ended', since))
    this.#since.clear()
    return events
  }

  /** The spikes under way. */
  active(now: number): SpikeSnapshot[] {
    return [...this.#since].map(([kind, since]) => ({
      ...this.#account,
      kind,
      since,
      count: this.#window.count(now, kind),
      ratio: this.#window.ratio(now, kind),
    }))
  }

  #event(now: number, kind: ErrorKind, state: SpikeEvent['state'], since: number): SpikeEvent {
    return {
      kind,
      environment: this.#environment,
      ...this.#account,
      state,
      since: new Date(since),
      count: this.#window.count(now, kind),
      ratio: this.#window.ratio(now, kind),
      operations: this.#window.operations(now, kind),
    }
  }
}
