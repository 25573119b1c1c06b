/** What a case of the rules is, and short ways to write its series. */

import type { AlertName, AlertRule } from '../../../alerts/model.ts'
import { buildRules } from '../../../alerts/rules.ts'
import { LABEL, SERIES } from '../../../alerts/spelling.ts'

/** A made-up series in promtool's notation, one value a minute. */
export interface Series {
  series: string
  values: string
}

/** One alert as it has to look. */
export interface Firing {
  labels: Record<string, string>
  /**
   * How the value has to be written in the summary; absent where the summary quotes none. A pair where Prometheus 3 and 2
   * differ: a range of 3 leaves its first moment out.
   */
  value?: string | readonly [three: string, two: string]
}

/** An alert at one moment of a made-up day: firing with exactly these labels and annotations, or silent. */
export interface AlertCase {
  alert: AlertName
  name: string
  series: readonly Series[]
  /** Minutes at which to look, and what has to be seen. */
  at: readonly { minute: number; firing: readonly Firing[] }[]
}

/** Values of a recorded series at one moment. */
export interface RecordCase {
  name: string
  series: readonly Series[]
  minute: number
  expr: string
  samples: readonly { labels: string; value: number }[]
}

/** What tells one counter of calls from another; the rest is usual. */
export interface CallsOf {
  job?: string
  instance?: string
  environment?: string
  account?: string
  operation?: string
  status?: number | undefined
  category?: string
  outcome?: string
}

const selector = (metric: string, labels: Record<string, string | undefined>): string =>
  `${metric}{${Object.entries(labels)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`

/** A counter of calls; successful ones unless a category is given. */
export const calls = (values: string, of: CallsOf = {}): Series => ({
  series: selector(SERIES.requests, {
    [LABEL.job]: of.job ?? 'shop',
    [LABEL.instance]: of.instance ?? 'shop-0',
    [LABEL.environment]: of.environment ?? 'production',
    [LABEL.account]: of.account,
    [LABEL.operation]: of.operation ?? 'GET /users/{userId}',
    [LABEL.status]: of.status === undefined ? undefined : String(of.status),
    [LABEL.category]: of.category,
    [LABEL.outcome]: of.outcome ?? (of.category ? 'failure' : 'success'),
  }),
  values,
})

/** A window of the quota as one process knows it. */
export interface QuotaOf {
  window?: string
  limit?: number
  /** Unix seconds of the reading; a fresh one every minute unless told. */
  read?: string
  instance?: string
  environment?: string
  account?: string
}

/** The three gauges of a window. */
export const quota = (used: string, of: QuotaOf = {}): Series[] => {
  const labels = {
    [LABEL.job]: 'shop',
    [LABEL.instance]: of.instance ?? 'shop-0',
    [LABEL.environment]: of.environment ?? 'production',
    [LABEL.account]: of.account,
    [LABEL.window]: of.window ?? '15m',
  }
  const limits: Record<string, number> = { '15m': 2_300, '30m': 4_500, '1h': 8_800, '24h': 105_600 }
  const limit = of.limit ?? limits[of.window ?? '15m'] ?? 1_000
  return [
    { series: selector(SERIES.usage, labels), values: used },
    { series: selector(SERIES.limit, labels), values: `${limit}+0x3000` },
    { series: selector(SERIES.readingTimestamp, labels), values: of.read ?? '0+60x3000' },
  ]
}

/** Values that follow each other, such as flat, then rising, then flat; `[start, step, minutes]` each. */
export const shape = (...parts: readonly (readonly [step: number, minutes: number])[]): string => {
  let value = 0
  const texts: string[] = []
  for (const [step, minutes] of parts) {
    texts.push(`${value}${step < 0 ? '-' : '+'}${Math.abs(step)}x${minutes - 1}`)
    value += step * minutes
  }
  texts.push(`${value}+0x5`)
  return texts.join(' ')
}

/** Holes of that many minutes, then the values. */
export const later = (minutes: number, values: string): string => `_x${minutes} ${values}`

/** A counter that is one higher at each of these minutes, for `length` minutes; not from 0, where `increase` sees less. */
export const oneAt = (minutes: readonly number[], length: number): string =>
  Array.from({ length }, (_, i) => 10 + minutes.filter((minute) => minute <= i).length).join(' ')

/** Silent at that minute. */
export const silentAt = (minute: number) => ({ minute, firing: [] as const })

/** The rule that an alert with these labels is of; two rules of a name differ in labels of their own. */
export const ruleOf = (alert: AlertName, labels: Record<string, string>): AlertRule => {
  const own = (all: Record<string, string> = {}) => `${all['burn'] ?? ''} ${all['traffic'] ?? ''}`
  const rule = buildRules().alerts.find((one) => one.alert === alert && own(one.labels) === own(labels))
  if (!rule) throw new Error(`no rule ${alert} with ${own(labels)}`)
  return rule
}
