/** From metric points, as an OTLP receiver has them, to what the page shows. Pure arithmetic on counters. */
import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_MANGOPAY_ERROR_CATEGORY,
  ATTR_MANGOPAY_OPERATION,
  ATTR_MANGOPAY_RATE_LIMIT_WINDOW,
  MANGOPAY_ERROR_CATEGORY_VALUE_CANCELLED,
  MANGOPAY_ERROR_CATEGORY_VALUE_IDEMPOTENCY_CONFLICT,
  MANGOPAY_ERROR_CATEGORY_VALUE_NOT_FOUND,
  MANGOPAY_ERROR_CATEGORY_VALUE_SCA_REQUIRED,
} from 'opentelemetry-mangopay/names'
import { BODY_CUT, NO_RESPONSE } from '../../../dashboards/palette.ts'
import type { ReceivedPoint } from '../../otlp-receiver.ts'
import type { Counts, OperationLine, Percentiles, QuotaLine, Sample, Tiles } from './wire.ts'

/** What a healthy integration meets as well, and the dashboard's error ratio leaves out too. */
const HEALTHY: readonly string[] = [
  MANGOPAY_ERROR_CATEGORY_VALUE_NOT_FOUND,
  MANGOPAY_ERROR_CATEGORY_VALUE_IDEMPOTENCY_CONFLICT,
  MANGOPAY_ERROR_CATEGORY_VALUE_SCA_REQUIRED,
  MANGOPAY_ERROR_CATEGORY_VALUE_CANCELLED,
]

/** Seconds that every number about what happens lately is taken over. Over fewer there are too few calls for a quantile. */
export const LATELY_SECONDS = 15

/** The counters at one moment: everything since the app started. */
export interface Reading {
  /** Epoch milliseconds. */
  time: number
  calls: number
  /** Failures by category and by status. */
  categories: Counts
  statuses: Counts
  bounds: readonly number[]
  /** Durations by bucket, over all operations. */
  buckets: readonly number[]
  /** The longest of them. */
  longest: number
  /** Most called first. */
  operations: readonly OperationLine[]
}

/** Sums the series of `mangopay.client.requests` and `mangopay.client.request.duration` up. */
export const takeReading = (
  time: number,
  requests: readonly ReceivedPoint[],
  durations: readonly ReceivedPoint[],
): Reading => {
  const categories: Record<string, number> = {}
  const statuses: Record<string, number> = {}
  const operations = new Map<string, OperationLine>()
  for (const { attributes, value } of requests) {
    const operation = String(attributes[ATTR_MANGOPAY_OPERATION])
    const line = operations.get(operation) ?? { operation, calls: 0, failures: 0, status429: 0, status500: 0 }
    operations.set(operation, line)
    line.calls += value
    const category = attributes[ATTR_MANGOPAY_ERROR_CATEGORY]
    if (typeof category !== 'string') continue
    const code = String(attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] ?? NO_RESPONSE)
    // What was answered well and failed all the same did not arrive whole.
    const status = code.startsWith('2') ? `${code}, ${BODY_CUT}` : code
    categories[category] = (categories[category] ?? 0) + value
    statuses[status] = (statuses[status] ?? 0) + value
    line.failures += value
    if (status === '429') line.status429 += value
    if (status === '500') line.status500 += value
  }
  for (const { attributes, bounds = [], buckets = [], max } of durations) {
    const line = operations.get(String(attributes[ATTR_MANGOPAY_OPERATION]))
    const p95 = quantile(0.95, bounds, buckets, max)
    if (line && p95 !== undefined) line.p95 = p95
  }
  const bounds = durations.find((point) => point.bounds)?.bounds ?? []
  return {
    time,
    calls: [...operations.values()].reduce((sum, { calls }) => sum + calls, 0),
    categories,
    statuses,
    bounds,
    buckets: Array.from({ length: bounds.length + 1 }, (_, i) =>
      durations.reduce((sum, point) => sum + (point.buckets?.[i] ?? 0), 0),
    ),
    longest: Math.max(0, ...durations.map(({ max = Number.POSITIVE_INFINITY }) => max)),
    operations: [...operations.values()].filter(({ calls }) => calls > 0).sort((a, b) => b.calls - a.calls),
  }
}

/** What came between two counts, by name. Names without any are left out. */
export const countsBetween = (from: Counts, to: Counts): Counts =>
  Object.fromEntries(
    Object.entries(to).flatMap(([name, count]) => {
      const more = count - (from[name] ?? 0)
      return more > 0 ? [[name, more]] : []
    }),
  )

/** What came between two counts of buckets; a bucket layout that was not there yet counts as empty. */
export const bucketsBetween = (from: readonly number[], to: readonly number[]): number[] =>
  to.map((count, i) => count - (from[i] ?? 0))

/**
 * A quantile as Prometheus' histogram_quantile has it: even spread within a bucket, the last bound for what exceeds it.
 * But never more than the longest of all: a time-out of 5 s in a bucket of 5 to 10 s is no call of 9 s.
 */
export const quantile = (
  q: number,
  bounds: readonly number[],
  buckets: readonly number[],
  longest = Number.POSITIVE_INFINITY,
): number | undefined => {
  const total = buckets.reduce((sum, count) => sum + count, 0)
  if (total <= 0) return undefined
  let before = 0
  for (const [i, count] of buckets.entries()) {
    const upper = bounds[i]
    if (upper === undefined) break
    if (count > 0 && before + count >= q * total) {
      const lower = bounds[i - 1] ?? 0
      return Math.min(longest, lower + ((q * total - before) / count) * (upper - lower))
    }
    before += count
  }
  return bounds.at(-1)
}

/** Used and limit of each window, in the order they come; the forecast is the library's own. */
export const quotaLines = (
  used: readonly ReceivedPoint[],
  limit: readonly ReceivedPoint[],
  forecast: (window: string) => number | undefined,
): QuotaLine[] =>
  used.map(({ attributes, value }) => {
    const window = String(attributes[ATTR_MANGOPAY_RATE_LIMIT_WINDOW])
    const whole = limit.find((point) => point.attributes[ATTR_MANGOPAY_RATE_LIMIT_WINDOW] === window)?.value ?? 0
    const seconds = forecast(window)
    return { window, used: value, limit: whole, ...(seconds === undefined ? {} : { secondsToEmpty: seconds }) }
  })

/** Says what has changed: each reading is compared with some that were taken before. */
export class Trend {
  readonly #readings: Reading[]

  /** @param start When the counters were zero, epoch milliseconds. */
  constructor(start: number) {
    this.#readings = [takeReading(start, [], [])]
  }

  /** Takes in the newest reading and says what it means. */
  take(now: Reading, quota: readonly QuotaLine[]): { sample: Sample; tiles: Tiles } {
    const last = this.#readings.at(-1) ?? now
    this.#readings.push(now)
    // One is kept that is older than anything is compared with.
    while ((this.#readings[1]?.time ?? now.time) <= now.time - LATELY_SECONDS * 1_000) this.#readings.shift()
    const before = this.#before(now)
    const percentiles = percentilesBetween(before, now)
    const latency = percentiles === undefined ? {} : { latency: percentiles }
    return {
      sample: {
        time: now.time,
        categories: countsBetween(last.categories, now.categories),
        statuses: countsBetween(last.statuses, now.statuses),
        ...latency,
        quota,
      },
      tiles: { ...tilesBetween(before, now), ...latency, ...lowest(quota) },
    }
  }

  /** The newest reading that is old enough to compare with, or the oldest there is. */
  #before(now: Reading): Reading {
    // Exports are a second apart, give or take: half of one is forgiven.
    const found = this.#readings.findLast(({ time }) => time <= now.time - LATELY_SECONDS * 1_000 + 500)
    return found ?? this.#readings[0] ?? now
  }
}

const percentilesBetween = (before: Reading, now: Reading): Percentiles | undefined => {
  const buckets = bucketsBetween(before.buckets, now.buckets)
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(q, now.bounds, buckets, now.longest))
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 }
}

const only = (counts: Counts, takes: (name: string) => boolean): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([name]) => takes(name)))

const tilesBetween = (before: Reading, now: Reading): Tiles => {
  const categories = countsBetween(before.categories, now.categories)
  const statuses = countsBetween(before.statuses, now.statuses)
  return {
    seconds: Math.max(1, (now.time - before.time) / 1_000),
    calls: now.calls - before.calls,
    errors: only(categories, (name) => !HEALTHY.includes(name)),
    leftOut: only(categories, (name) => HEALTHY.includes(name)),
    rateLimited: statuses['429'] ?? 0,
    serverErrors: only(statuses, (status) => /^5\d\d$/.test(status)),
  }
}

/** The window with the least share left, and the one that is used up first. */
const lowest = (quota: readonly QuotaLine[]): Pick<Tiles, 'headroom'> => {
  const [least] = quota
    .filter(({ limit }) => limit > 0)
    .map(({ window, used, limit }) => ({ window, share: Math.max(0, 1 - used / limit) }))
    .sort((a, b) => a.share - b.share)
  const [soonest] = quota
    .flatMap(({ window, secondsToEmpty: seconds }) => (seconds === undefined ? [] : [{ window, seconds }]))
    .sort((a, b) => a.seconds - b.seconds)
  return least === undefined ? {} : { headroom: { ...least, ...(soonest === undefined ? {} : { soonest }) } }
}
