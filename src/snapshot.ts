import type { ErrorCategory } from './outcome/outcome.ts'

/**
 * What the process knows, as plain JSON-serialisable data. All times but a
 * quota's `reset`, which is the server's, are epoch milliseconds of the `clock` option.
 */
export interface Snapshot {
  /** When this was taken. */
  time: number
  /**
   * Whether `mangopay.sampler()` was asked about every call that was seen; false before the first. Counts are exact
   * under head sampling only then.
   */
  samplerInUse: boolean
  /** One entry for each environment that was called. */
  environments: Record<string, EnvironmentSnapshot>
}

/** The calls of one environment. */
export interface EnvironmentSnapshot {
  /** Calls ended since the start. */
  calls: number
  /** Calls answered 429 since the start. */
  status429: number
  /** Calls answered 500 since the start. */
  status500: number
  /** Failed calls since the start, by category; a category without a failure is absent. */
  failures: Partial<Record<ErrorCategory, number>>
  /** Writes whose effect is not known (`mangopay.outcome` = `unknown`) since the start. */
  unknownOutcomes: number
  /** The sliding window. */
  rates: RatesSnapshot
  /** The newest reading of every quota window; empty until a response with the headers was seen. */
  quota: QuotaSnapshot[]
  /** Spikes that have started and not ended. */
  spikes: SpikeSnapshot[]
  /** Totals since the start, by operation. */
  operations: Record<string, OperationSnapshot>
}

/** Kind of failure a rate or a spike is about: answers 429, answers 500, or Mangopay failing in any way. */
export type ErrorKind = '429' | '500' | 'unavailable'

/** Calls and failures of the sliding window. */
export interface RatesSnapshot {
  /** Length of the window in seconds. */
  windowSeconds: number
  /** Calls that ended in the window. */
  calls: number
  /** Failures in the window and their share of the calls, 0 without calls. */
  kinds: Record<ErrorKind, { count: number; ratio: number }>
}

/** One quota window of one Mangopay account, from the newest response that carried it. */
export interface QuotaSnapshot {
  /** `1m`, `5m`, `15m`, `30m`, `1h` or `24h`. */
  window: string
  /** Alias from the `accounts` option; absent without it. */
  account?: string
  /** Calls the account may make in the window. */
  limit: number
  /** Calls the account has made in the window. */
  used: number
  /** Calls left. */
  remaining: number
  /** Mangopay's `X-RateLimit-Reset` of the reading, epoch milliseconds on the server's clock: always about one window ahead. */
  reset: number
  /** Milliseconds since the reading. */
  age: number
  /** Seconds until nothing is left at the present pace; absent when the pace would never empty the window. */
  secondsToEmpty?: number
}

/** A spike under way. */
export interface SpikeSnapshot {
  /** Which failures. */
  kind: ErrorKind
  /** When it started, epoch milliseconds. */
  since: number
  /** Failures of this kind in the window now. */
  count: number
  /** Their share of the calls in the window now. */
  ratio: number
}

/** Totals of one operation. */
export interface OperationSnapshot {
  /** Calls ended. */
  calls: number
  /** Calls that failed, in any category. */
  failures: number
  /** Calls answered 429. */
  status429: number
  /** Calls answered 500. */
  status500: number
}
