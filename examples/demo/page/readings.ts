/** From metric points, as an OTLP receiver has them, to what the charts show. Pure arithmetic on counters. */
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
import { NO_RESPONSE } from '../../../dashboards/palette.ts'
import type { ReceivedPoint } from '../../otlp-receiver.ts'
import type { Counts, Percentiles, QuotaLine } from './wire.ts'

/** What a healthy integration meets as well, and the dashboard's error ratio leaves out too. */
const HEALTHY: readonly string[] = [
  MANGOPAY_ERROR_CATEGORY_VALUE_NOT_FOUND,
  MANGOPAY_ERROR_CATEGORY_VALUE_IDEMPOTENCY_CONFLICT,
  MANGOPAY_ERROR_CATEGORY_VALUE_SCA_REQUIRED,
  MANGOPAY_ERROR_CATEGORY_VALUE_CANCELLED,
]

/** The counters at one moment: everything since the app started. */
export interface Reading {
  /** Milliseconds. */
  time: number
  calls: number
  /** Failures, without what a healthy integration meets as well. */
  broken: number
  rateLimited: number
  serverErrors: number
  categories: Counts
  /** Failures by status. */
  statuses: Counts
  bounds: readonly number[]
  /** Durations by bucket, over all operations. */
  buckets: readonly number[]
}

/** Sums the series of `mangopay.client.requests` and `mangopay.client.request.duration` up. */
export const takeReading = (
  time: number,
  requests: readonly ReceivedPoint[],
  durations: readonly ReceivedPoint[],
): Reading => {
  const reading = { calls: 0, broken: 0, rateLimited: 0, serverErrors: 0 }
  const categories: Record<string, number> = {}
  const statuses: Record<string, number> = {}
  for (const { attributes, value } of requests) {
    reading.calls += value
    const category = attributes[ATTR_MANGOPAY_ERROR_CATEGORY]
    if (typeof category !== 'string') continue
    const code = attributes[ATTR_HTTP_RESPONSE_STATUS_CODE]
    const status = code === undefined ? NO_RESPONSE : String(code)
    categories[category] = (categories[category] ?? 0) + value
    statuses[status] = (statuses[status] ?? 0) + value
    if (!HEALTHY.includes(category)) reading.broken += value
    if (status === '429') reading.rateLimited += value
    if (/^5\d\d$/.test(status)) reading.serverErrors += value
  }
  const bounds = durations.find((point) => point.bounds)?.bounds ?? []
  const buckets = Array.from({ length: bounds.length + 1 }, (_, i) =>
    durations.reduce((sum, point) => sum + (point.buckets?.[i] ?? 0), 0),
  )
  return { time, ...reading, categories, statuses, bounds, buckets }
}

/** Adds to each name what came between two counts. Names without any are left out. */
export const countsBetween = (from: Counts, to: Counts, scale = 1): Counts =>
  Object.fromEntries(
    Object.entries(to).flatMap(([name, count]) => {
      const more = count - (from[name] ?? 0)
      return more > 0 ? [[name, more * scale]] : []
    }),
  )

/** What came between two counts of buckets; a bucket layout that was not there yet counts as empty. */
export const bucketsBetween = (from: readonly number[], to: readonly number[]): number[] =>
  to.map((count, i) => count - (from[i] ?? 0))

/** A quantile as Prometheus' histogram_quantile has it: even spread within a bucket, the last bound for what exceeds it. */
export const quantile = (q: number, bounds: readonly number[], buckets: readonly number[]): number | undefined => {
  const total = buckets.reduce((sum, count) => sum + count, 0)
  if (total <= 0) return undefined
  let before = 0
  for (const [i, count] of buckets.entries()) {
    const upper = bounds[i]
    if (upper === undefined) break
    if (count > 0 && before + count >= q * total) {
      const lower = bounds[i - 1] ?? 0
      return lower + ((q * total - before) / count) * (upper - lower)
    }
    before += count
  }
  return bounds.at(-1)
}

/** p50, p95 and p99 of these buckets. */
export const percentiles = (bounds: readonly number[], buckets: readonly number[]): Percentiles | undefined => {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(q, bounds, buckets))
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 }
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

/** p95 of one operation since the start. */
export const p95ByOperation = (durations: readonly ReceivedPoint[]): ReadonlyMap<string, number> =>
  new Map(
    durations.flatMap(({ attributes, bounds = [], buckets = [] }) => {
      const p95 = quantile(0.95, bounds, buckets)
      return p95 === undefined ? [] : [[String(attributes[ATTR_MANGOPAY_OPERATION]), p95] as const]
    }),
  )
