import type { QuotaState } from './accounts.ts'

/** When a quota counts as low: by what is left, or by how long it will last. */
export interface QuotaOptions {
  /**
   * Share of the quota that is left, from 0 (only when nothing is) to 1 (always).
   *
   * @defaultValue 0.1
   */
  lowShare: number
  /**
   * Seconds until nothing is left at the present pace, 0 (off) or more. Looked at once 40 % of the window are used.
   *
   * @defaultValue 600
   */
  emptyWithinSeconds: number
}

/** Told when the quota of a window is nearly spent, and again when that is over. */
export interface QuotaLowEvent {
  /** `1m`, `5m`, `15m`, `30m`, `1h` or `24h`. */
  window: string
  /** As in `mangopay.environment`. */
  environment: string
  /** Alias from the `accounts` option; absent without it. */
  account?: string
  /** Whether it gets low or is low no more. */
  state: 'started' | 'ended'
  /** Calls left. */
  remaining: number
  /** Calls the account may make in the window. */
  limit: number
  /** Seconds until nothing is left at the present pace; absent when that would never empty the window. */
  secondsToEmpty?: number
}

/** A forecast is believed only when this share is used: the first burst after a start is nobody's emergency. */
const USED_SHARE_FOR_FORECAST = 0.4

/** It is over when there is half as much again left as when it began, and twice as much time: else it would flap. */
const CLEAR_SHARE = 1.5
const CLEAR_SECONDS = 2

/** Says when a window is low and when it is not any more. */
export class LowQuotaDetector {
  readonly #options: QuotaOptions
  readonly #low = new Map<string, QuotaState>()

  constructor(options: QuotaOptions) {
    this.#options = options
  }

  /** Looks at every window; returns what has started or ended since the last look. */
  look(states: readonly QuotaState[]): QuotaLowEvent[] {
    const { lowShare, emptyWithinSeconds } = this.#options
    const events: QuotaLowEvent[] = []
    const gone = new Map(this.#low)
    for (const state of states) {
      const key = `${state.environment}\0${state.account ?? ''}\0${state.window}`
      gone.delete(key)
      const share = state.remaining / state.limit
      const seconds =
        state.secondsToEmpty !== undefined && 1 - share >= USED_SHARE_FOR_FORECAST
          ? state.secondsToEmpty
          : Number.POSITIVE_INFINITY
      if (!this.#low.has(key)) {
        if (share > lowShare && seconds > emptyWithinSeconds) continue
        this.#low.set(key, state)
        events.push(eventOf(state, 'started'))
      } else if (
        share > Math.max(lowShare, Math.min(1 - Number.EPSILON, lowShare * CLEAR_SHARE)) &&
        seconds > emptyWithinSeconds * CLEAR_SECONDS
      ) {
        this.#low.delete(key)
        events.push(eventOf(state, 'ended'))
      } else {
        this.#low.set(key, state)
      }
    }
    // A window that is shown no more, because the account is another one now.
    for (const [key, state] of gone) {
      this.#low.delete(key)
      events.push(eventOf(state, 'ended'))
    }
    return events
  }

  /** Ends everything, as the processor is shut down. */
  end(): QuotaLowEvent[] {
    const events = [...this.#low.values()].map((state) => eventOf(state, 'ended'))
    this.#low.clear()
    return events
  }
}

function eventOf(state: QuotaState, kind: QuotaLowEvent['state']): QuotaLowEvent {
  const { window, environment, account, remaining, limit, secondsToEmpty } = state
  return {
    window,
    environment,
    ...(account === undefined ? {} : { account }),
    state: kind,
    remaining,
    limit,
    ...(secondsToEmpty === undefined ? {} : { secondsToEmpty }),
  }
}
