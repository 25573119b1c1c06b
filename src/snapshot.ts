import type { Series } from './metrics/series.ts'
import type { ErrorCategory } from './outcome/outcome.ts'
import type { QuotaSnapshot } from './quota/accounts.ts'
import type { SpikeSnapshot } from './rates/spikes.ts'
import { ERROR_KINDS, type RatesSnapshot } from './rates/window.ts'
import type { CallStatistics } from './statistics.ts'

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

/** Takes stock, as plain data. */
export function takeSnapshot(statistics: CallStatistics, windowSeconds: number, samplerInUse: boolean): Snapshot {
  const time = statistics.now()
  const environments = new Map<string, EnvironmentSnapshot>()
  for (const [name, { window, spikes }] of statistics.environments) {
    const kinds = ERROR_KINDS.map((kind) => [
      kind,
      { count: window.count(time, kind), ratio: window.ratio(time, kind) },
    ])
    environments.set(name, {
      calls: 0,
      status429: 0,
      status500: 0,
      failures: {},
      unknownOutcomes: 0,
      rates: { windowSeconds, calls: window.calls(time), kinds: Object.fromEntries(kinds) },
      quota: [],
      spikes: spikes.active(time),
      operations: {},
    })
  }
  for (const series of statistics.series()) {
    const environment = environments.get(series.environment)
    if (environment !== undefined && series.count > 0) add(environment, series)
  }
  for (const { environment, readingTimestamp: _, ...quota } of statistics.quotas()) {
    environments.get(environment)?.quota.push(quota)
  }
  return { time, samplerInUse, environments: Object.fromEntries(environments) }
}

function add(environment: EnvironmentSnapshot, { operation: name, status, verdict, count }: Series): void {
  const operation: OperationSnapshot = environment.operations[name] ?? {
    calls: 0,
    failures: 0,
    status429: 0,
    status500: 0,
  }
  environment.operations[name] = operation
  environment.calls += count
  operation.calls += count
  if (verdict.outcome === 'unknown') environment.unknownOutcomes += count
  if (verdict.category !== undefined) {
    environment.failures[verdict.category] = (environment.failures[verdict.category] ?? 0) + count
    operation.failures += count
  }
  if (status === 429) {
    environment.status429 += count
    operation.status429 += count
  }
  if (status === 500) {
    environment.status500 += count
    operation.status500 += count
  }
}
