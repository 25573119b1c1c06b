import type { Attributes } from '@opentelemetry/api'
import type { Counter } from './metrics/counter.ts'
import type { Series } from './metrics/series.ts'
import * as names from './names.ts'
import type { CountFrom } from './options.ts'
import type { ErrorCategory } from './outcome/outcome.ts'
import type { QuotaSnapshot } from './quota/accounts.ts'
import type { SpikeSnapshot } from './rates/spikes.ts'
import { ERROR_KINDS, type RatesSnapshot, type SlidingWindow } from './rates/window.ts'
import type { ResultCategory } from './results/codes.ts'
import type { ResultCounts } from './results/counts.ts'
import type { Resource } from './results/resources.ts'
import type { CallStatistics } from './statistics.ts'
import type { HealthProblem } from './warnings.ts'
import type { WebhookDelivery } from './webhooks/webhooks.ts'

/**
 * What the process knows, as plain JSON-serialisable data. All times but a
 * quota's `reset`, which is the server's, are epoch milliseconds of the `clock` option.
 */
export interface Snapshot {
  /** When this was taken. */
  time: number
  /** What calls are counted from. From requests the counts are exact whatever the sampling. */
  countFrom: CountFrom
  /**
   * Whether `mangopay.sampler()` was asked about every call that was seen; false before the first. Counts are exact
   * under head sampling only then, when they come from spans.
   */
  samplerInUse: boolean
  /** What makes these numbers incomplete, as far as it was noticed; empty when all is right. */
  health: HealthProblem[]
  /** One entry for each environment that was called. */
  environments: Record<string, EnvironmentSnapshot>
  /** Notifications since the start, by event type and delivery; absent without the `webhooks` option. */
  webhooks?: Record<string, Partial<Record<WebhookDelivery, number>>>
}

/** Calls of one account, or of all of an environment. */
export interface AccountSnapshot {
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
}

/** The calls of one environment. */
export interface EnvironmentSnapshot extends AccountSnapshot {
  /** With option `accounts`: the same by alias, `_OTHER` for the other client ids; absent without it. */
  accounts?: Record<string, AccountSnapshot>
  /** The newest reading of every quota window; empty until a response with the headers was seen. */
  quota: QuotaSnapshot[]
  /** Spikes that have started and not ended. */
  spikes: SpikeSnapshot[]
  /** Totals since the start, by operation. */
  operations: Record<string, OperationSnapshot>
  /** What became of payments since the start, by kind of object; absent while none has been looked at. */
  results?: Partial<Record<Resource, ResultSnapshot>>
}

/** What became of one kind of object. */
export interface ResultSnapshot {
  /** Results counted, by status. */
  statuses: Record<string, number>
  /** Those that failed, by category. */
  failures: Partial<Record<ResultCategory, number>>
  /** Those that failed, by result code; `_OTHER` for what has none. */
  codes: Record<string, number>
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
export function takeSnapshot(
  statistics: CallStatistics,
  windowSeconds: number,
  countFrom: CountFrom,
  samplerInUse: boolean,
): Omit<Snapshot, 'health'> {
  const time = statistics.now()
  const series = statistics.series() // first: it takes in the calls up to now
  const environments = new Map<string, EnvironmentSnapshot>()
  for (const { counts, window, spikes } of statistics.accounts()) {
    const { environment: name, account } = counts
    const environment = environments.get(name) ?? {
      ...nothing(windowSeconds),
      ...(account === undefined ? {} : { accounts: {} }),
      quota: [],
      spikes: [],
      operations: {},
    }
    environments.set(name, environment)
    environment.spikes.push(...spikes.active(time))
    addRates(environment.rates, window, time)
    if (account === undefined || environment.accounts === undefined || window.calls(time) === 0) continue
    addRates(accountIn(environment.accounts, account, windowSeconds).rates, window, time)
  }
  for (const one of series) {
    const environment = environments.get(one.environment)
    if (environment === undefined || one.count === 0) continue
    add(environment, one)
    addOperation(environment.operations, one)
    if (one.account !== undefined && environment.accounts !== undefined)
      add(accountIn(environment.accounts, one.account, windowSeconds), one)
  }
  for (const { environment, readingTimestamp: _, ...quota } of statistics.quotas()) {
    environments.get(environment)?.quota.push(quota)
  }
  const { results, webhooks } = statistics
  if (results !== undefined) addResults(environments, results.counts)
  return {
    time,
    countFrom,
    samplerInUse,
    environments: Object.fromEntries(environments),
    ...(webhooks === undefined ? {} : { webhooks: notificationsOf(webhooks.notifications) }),
  }
}

function addResults(environments: ReadonlyMap<string, EnvironmentSnapshot>, { results, failures }: ResultCounts): void {
  const at = (attributes: Readonly<Attributes>) => {
    const environment = environments.get(String(attributes[names.ATTR_MANGOPAY_ENVIRONMENT]))
    if (environment === undefined) return undefined
    environment.results ??= {}
    const resource = attributes[names.ATTR_MANGOPAY_RESOURCE] as Resource
    environment.results[resource] ??= { statuses: {}, failures: {}, codes: {} }
    return environment.results[resource]
  }
  for (const { attributes, count } of results.series) {
    const snapshot = count === 0 ? undefined : at(attributes)
    if (snapshot === undefined) continue
    const status = String(attributes[names.ATTR_MANGOPAY_RESULT_STATUS])
    const category = attributes[names.ATTR_MANGOPAY_RESULT_CATEGORY] as ResultCategory | undefined
    snapshot.statuses[status] = (snapshot.statuses[status] ?? 0) + count
    if (category !== undefined) snapshot.failures[category] = (snapshot.failures[category] ?? 0) + count
  }
  for (const { attributes, count } of failures.series) {
    const snapshot = at(attributes)
    const code = String(attributes[names.ATTR_MANGOPAY_RESULT_CODE])
    if (snapshot !== undefined) snapshot.codes[code] = (snapshot.codes[code] ?? 0) + count
  }
}

function notificationsOf({ series }: Counter): NonNullable<Snapshot['webhooks']> {
  const webhooks: NonNullable<Snapshot['webhooks']> = {}
  for (const { attributes, count } of series) {
    if (count === 0) continue
    const eventType = String(attributes[names.ATTR_MANGOPAY_WEBHOOK_EVENT_TYPE])
    const delivery = attributes[names.ATTR_MANGOPAY_WEBHOOK_DELIVERY] as WebhookDelivery
    webhooks[eventType] ??= {}
    webhooks[eventType][delivery] = (webhooks[eventType][delivery] ?? 0) + count
  }
  return webhooks
}

const nothing = (windowSeconds: number): AccountSnapshot => ({
  calls: 0,
  status429: 0,
  status500: 0,
  failures: {},
  unknownOutcomes: 0,
  rates: {
    windowSeconds,
    calls: 0,
    kinds: { '429': { count: 0, ratio: 0 }, '500': { count: 0, ratio: 0 }, unavailable: { count: 0, ratio: 0 } },
  },
})

function accountIn(accounts: Record<string, AccountSnapshot>, name: string, windowSeconds: number): AccountSnapshot {
  accounts[name] ??= nothing(windowSeconds)
  return accounts[name]
}

function addRates(rates: RatesSnapshot, window: SlidingWindow, time: number): void {
  rates.calls += window.calls(time)
  for (const kind of ERROR_KINDS) {
    const one = rates.kinds[kind]
    one.count += window.count(time, kind)
    one.ratio = one.count === 0 ? 0 : one.count / rates.calls
  }
}

function add(to: AccountSnapshot, { status, verdict, count }: Series): void {
  to.calls += count
  if (verdict.outcome === 'unknown') to.unknownOutcomes += count
  if (verdict.category !== undefined) to.failures[verdict.category] = (to.failures[verdict.category] ?? 0) + count
  if (status === 429) to.status429 += count
  if (status === 500) to.status500 += count
}

function addOperation(
  to: Record<string, OperationSnapshot>,
  { operation: name, status, verdict, count }: Series,
): void {
  const operation: OperationSnapshot = to[name] ?? { calls: 0, failures: 0, status429: 0, status500: 0 }
  to[name] = operation
  operation.calls += count
  if (verdict.category !== undefined) operation.failures += count
  if (status === 429) operation.status429 += count
  if (status === 500) operation.status500 += count
}
