/** Four hours of made-up traffic, as data. */
import { LABEL, SERIES } from '../../alerts/spelling.ts'

/** End of the data, in seconds. A whole hour, so that steps of charts and samples meet. */
export const END = 1_780_000_000 - (1_780_000_000 % 3600)
/** Minutes of the data. */
const MINUTES = 240
/** Start of the data. */
export const START = END - MINUTES * 60

/** Counts of one kind of call of one process: `perMinute(minute)` more at the end of each minute since its first. */
export interface Counter {
  labels: Record<string, string>
  /** Minute of the first sample, and the value it is born with. */
  from: number
  born: number
  perMinute(minute: number): number
  /** Minutes between which no sample arrives. */
  gap?: readonly [from: number, to: number]
}

interface Kind {
  env: string
  job: string
  instance: string
  operation: string
  status?: number
  category?: string
  outcome?: string
}

const kind = ({ env, job, instance, operation, status, category, outcome }: Kind): Record<string, string> => ({
  [LABEL.job]: job,
  [LABEL.instance]: instance,
  [LABEL.environment]: env,
  [LABEL.operation]: operation,
  ...(status !== undefined && { [LABEL.status]: String(status) }),
  ...(category !== undefined && { [LABEL.category]: category }),
  [LABEL.outcome]: outcome ?? (category === undefined ? 'success' : 'failure'),
})

const between = (from: number, to: number, perMinute: number) => (minute: number) =>
  minute > from && minute <= to ? perMinute : 0
const always = (perMinute: number) => () => perMinute

/** Operations with a space, slashes and braces, as they really are. */
export const GET_USER = 'GET /users/{userId}'
export const PAY_IN = 'POST /payins/card/direct'
export const TRANSFER = 'POST /transfers'

const shop = (instance: string) => ({ env: 'production', job: 'shop/api', instance })

/** Everything that was called. */
export const COUNTERS: readonly Counter[] = [
  // Two processes of one service.
  { labels: kind({ ...shop('a'), operation: GET_USER, status: 200 }), from: 0, born: 0, perMinute: always(30) },
  { labels: kind({ ...shop('b'), operation: GET_USER, status: 200 }), from: 0, born: 0, perMinute: always(15) },
  { labels: kind({ ...shop('a'), operation: PAY_IN, status: 200 }), from: 0, born: 0, perMinute: always(6) },
  { labels: kind({ ...shop('a'), operation: TRANSFER, status: 200 }), from: 0, born: 0, perMinute: always(3) },
  // 404s are a healthy outcome: no part of the error ratio, but of the errors by category.
  {
    labels: kind({ ...shop('a'), operation: GET_USER, status: 404, category: 'not_found' }),
    from: 0,
    born: 0,
    perMinute: always(1),
  },
  // A series that waits at 0 for its first 429: ten minutes of three each.
  {
    labels: kind({ ...shop('a'), operation: PAY_IN, status: 429, category: 'rate_limit' }),
    from: 0,
    born: 0,
    perMinute: between(200, 210, 3),
  },
  // The same for 500, of which a write does not know whether it happened.
  {
    labels: kind({ ...shop('a'), operation: TRANSFER, status: 500, category: 'server_error', outcome: 'unknown' }),
    from: 0,
    born: 0,
    perMinute: between(150, 160, 2),
  },
  // No response, no series until it happens: born with four, two more later.
  {
    labels: kind({ ...shop('b'), operation: TRANSFER, category: 'timeout', outcome: 'unknown' }),
    from: 225,
    born: 4,
    perMinute: between(229, 230, 2),
  },
  // A used idempotency key: outcome unknown, but nobody has to look it up.
  {
    labels: kind({
      ...shop('a'),
      operation: TRANSFER,
      status: 409,
      category: 'idempotency_conflict',
      outcome: 'unknown',
    }),
    from: 0,
    born: 0,
    perMinute: between(100, 110, 1),
  },
  // A process whose first export already has 85 429s and never another: increase() sees nothing of it.
  {
    labels: kind({ ...shop('c'), operation: PAY_IN, status: 429, category: 'rate_limit' }),
    from: 230,
    born: 85,
    perMinute: always(0),
  },
  // Beside production: a service that calls the sandbox and makes no mistake.
  {
    labels: kind({ env: 'sandbox', job: 'shop/tests', instance: 's', operation: GET_USER, status: 200 }),
    from: 0,
    born: 0,
    perMinute: always(12),
  },
  // A process that called once, long ago, and lives on.
  {
    labels: kind({ env: 'idle', job: 'shop/cron', instance: 'i', operation: GET_USER, status: 200 }),
    from: 0,
    born: 700,
    perMinute: always(0),
  },
  // Telemetry that was down for half an hour: what comes back is no burst of errors.
  {
    labels: kind({
      env: 'gap',
      job: 'shop/far',
      instance: 'g',
      operation: GET_USER,
      status: 503,
      category: 'server_error',
    }),
    from: 0,
    born: 0,
    perMinute: always(1),
    gap: [120, 150],
  },
]

/** Quota readings, one line for each process and window. */
interface Reading {
  labels: Record<string, string>
  used(minute: number): number
  limit: number
  /** Seconds between the sample and the answer it was read from. */
  age(minute: number): number
}

const reading = (instance: string, window: string, account?: string): Record<string, string> => ({
  [LABEL.job]: 'shop/api',
  [LABEL.instance]: instance,
  [LABEL.environment]: 'production',
  [LABEL.window]: window,
  ...(account !== undefined && { [LABEL.account]: account }),
})

/** The stale process believes that 2,000 of 2,300 are used: it last called three hours before the end. */
export const READINGS: readonly Reading[] = [
  { labels: reading('a', '15m'), used: () => 1150, limit: 2300, age: () => 5 },
  { labels: reading('b', '15m'), used: () => 1173, limit: 2300, age: () => 35 },
  { labels: reading('idle', '15m'), used: () => 2000, limit: 2300, age: (minute) => Math.max(0, minute - 60) * 60 },
  // Fills by 8 calls a minute: straight on, four hours later it is at 16,000 + 1,920.
  { labels: reading('a', '24h'), used: (minute) => 14_080 + 8 * minute, limit: 105_600, age: () => 5 },
  // Up and down within a minute; at the end of the range a reading by chance low.
  { labels: reading('a', '1m'), used: (minute) => (minute % 2 === 0 ? 20 : 180), limit: 200, age: () => 5 },
  // A second account on the same host.
  { labels: reading('a', '15m', 'marketplace'), used: () => 230, limit: 2300, age: () => 5 },
]

/** Upper bounds of the histogram's buckets and the share of calls below each: p95 is 1, p50 is 0.1. */
export const BUCKETS: readonly [le: string, share: number][] = [
  ['0.1', 0.5],
  ['1', 0.95],
  ['2.5', 1],
  ['+Inf', 1],
]

/** A counter of payments: so many more a minute, from the start on. */
export interface PaymentCounter {
  series: string
  labels: Record<string, string>
  perMinute: number
}

const notified = (eventType: string, delivery: string, instance: string, perMinute: number): PaymentCounter => ({
  series: SERIES.notifications,
  labels: {
    [LABEL.job]: 'shop/api',
    [LABEL.instance]: instance,
    [LABEL.eventType]: eventType,
    [LABEL.delivery]: delivery,
  },
  perMinute,
})

const result = (status: string, category: string, perMinute: number): PaymentCounter => ({
  series: SERIES.results,
  labels: {
    ...kind({ ...shop('a'), operation: PAY_IN }),
    [LABEL.resource]: 'pay_in',
    [LABEL.resultStatus]: status,
    ...(category === '' ? {} : { [LABEL.resultCategory]: category }),
  },
  perMinute,
})

const code = (resultCode: string, perMinute: number): PaymentCounter => ({
  series: SERIES.resultFailures,
  labels: {
    [LABEL.job]: 'shop/api',
    [LABEL.instance]: 'a',
    [LABEL.environment]: 'production',
    [LABEL.resource]: 'pay_in',
    [LABEL.resultCode]: resultCode,
  },
  perMinute,
})

/** One in five pay-ins fails; both instances hear of it, and one of them refuses as much as it acknowledges. */
export const PAYMENTS: readonly PaymentCounter[] = [
  notified('PAYIN_NORMAL_SUCCEEDED', 'acknowledged', 'a', 5),
  notified('PAYIN_NORMAL_SUCCEEDED', 'acknowledged', 'b', 3),
  notified('PAYIN_NORMAL_FAILED', 'acknowledged', 'a', 2),
  notified('PAYIN_NORMAL_FAILED', 'refused', 'b', 2),
  notified('PAYOUT_NORMAL_FAILED', 'acknowledged', 'a', 0.5),
  notified('KYC_SUCCEEDED', 'late', 'b', 0.25),
  result('SUCCEEDED', '', 8),
  result('FAILED', 'bank_refused', 1.5),
  result('FAILED', 'technical', 0.5),
  code('101101', 1.5),
  code('009199', 0.5),
]

/** A counter's value at the end of a minute. */
export const valueAt = ({ from, born, perMinute }: Counter, minute: number): number => {
  let value = born
  for (let passed = from + 1; passed <= minute; passed++) value += perMinute(passed)
  return value
}

/**
 * Calls between two minutes of all counters that `wanted` likes. What a series is born with counts when it is born
 * inside, unless everything starts there.
 */
export const counted = (wanted: (labels: Record<string, string>) => boolean, from: number, to = MINUTES): number =>
  COUNTERS.filter(({ labels }) => wanted(labels)).reduce((sum, counter) => {
    if (counter.from > to) return sum
    const before = counter.from <= from ? valueAt(counter, from) : 0
    return sum + valueAt(counter, to) - before
  }, 0)
