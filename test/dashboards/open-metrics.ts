/** The traffic as OpenMetrics text. */
import { RECORDS } from '../../alerts/records.ts'
import { LABEL, SERIES } from '../../alerts/spelling.ts'
import { BUCKETS, COUNTERS, type Counter, END, PAYMENTS, READINGS, START, valueAt } from './traffic.ts'

/** How the data comes. */
export interface Way {
  /** Seconds between samples. */
  every: 15 | 60
  /** Whether the histogram is spelled as over OTLP or as by the pull exporter. */
  spelling: 'otlp' | 'pull'
  /** Whether the rules were running. */
  rules: boolean
}

/** Between two minutes calls arrive evenly: a sample every 15 s has its share of the minute's. */
const smooth = (counter: Counter, minute: number): number | undefined => {
  if (minute < counter.from) return undefined
  if (counter.gap !== undefined && minute > counter.gap[0] && minute < counter.gap[1]) return undefined
  const whole = Math.floor(minute)
  const value = valueAt(counter, whole)
  return value + (minute - whole) * (valueAt(counter, whole + 1) - value)
}

/** What the rules would have recorded; constant, since only the panels that read it are of interest here. */
const RECORDED: readonly [name: string, labels: Record<string, string>, value: number][] = [
  [RECORDS.evaluated, {}, 1],
  ...[['', 600] as const, ['server_error', 6] as const, ['rate_limit', 3] as const].map(
    ([category, value]): [string, Record<string, string>, number] => [
      RECORDS.callsByCategory,
      {
        [LABEL.job]: 'shop/api',
        [LABEL.environment]: 'production',
        ...(category !== '' && { [LABEL.category]: category }),
      },
      value,
    ],
  ),
  [RECORDS.forecast, { [LABEL.environment]: 'production', [LABEL.window]: '15m' }, 0.77],
]

/** Two alerts that fire, and one that does not yet; and when each began. */
const ALERTS: readonly [labels: Record<string, string>, state: 'firing' | 'pending', since: number][] = [
  [{ alertname: 'MangopayRateLimited', severity: 'critical', [LABEL.environment]: 'production' }, 'firing', 600],
  [
    {
      alertname: 'MangopayLatencyHigh',
      severity: 'warning',
      [LABEL.environment]: 'sandbox',
      [LABEL.job]: 'shop/tests',
    },
    'firing',
    60,
  ],
  [{ alertname: 'MangopayFailing', severity: 'critical', [LABEL.environment]: 'production' }, 'pending', 60],
]

/** The data as `promtool tsdb create-blocks-from openmetrics` reads it. */
export const openMetrics = ({ every, spelling, rules }: Way): string => {
  const scope: Record<string, string> =
    spelling === 'pull' ? { otel_scope_name: 'opentelemetry-mangopay', otel_scope_version: '0.1.0' } : {}
  const lines: string[] = []
  const put = (name: string, labels: Record<string, string>, value: (minute: number) => number | undefined) => {
    const text = Object.entries(labels).map(([key, content]) => `${key}="${content}"`)
    for (let at = START; at <= END; at += every) {
      const now = value((at - START) / 60)
      if (now !== undefined) lines.push(`${name}{${text.join(',')}} ${now} ${at}`)
    }
  }
  for (const counter of COUNTERS) {
    const labels = { ...counter.labels, ...scope }
    put(SERIES.requests, labels, (minute) => smooth(counter, minute))
    if (counter.labels[LABEL.category] !== undefined) continue
    const { [LABEL.status]: _status, [LABEL.outcome]: _outcome, ...timed } = labels
    const name = spelling === 'otlp' ? SERIES.durationBucketOtlp : SERIES.durationBucketPull
    for (const [le, share] of BUCKETS) put(name, { ...timed, le }, (minute) => share * (smooth(counter, minute) ?? 0))
  }
  for (const { series, labels, perMinute } of PAYMENTS)
    put(series, { ...labels, ...scope }, (minute) => perMinute * minute)
  for (const { labels: bare, used, limit, age } of READINGS) {
    const labels = { ...bare, ...scope }
    put(SERIES.usage, labels, (minute) => used(Math.floor(minute)))
    put(SERIES.limit, labels, () => limit)
    put(SERIES.remaining, labels, (minute) => limit - used(Math.floor(minute)))
    put(SERIES.readingTimestamp, labels, (minute) => START + minute * 60 - age(minute))
  }
  for (const [name, labels, value] of rules ? RECORDED : []) put(name, labels, () => value)
  for (const [labels, alertstate, since] of rules ? ALERTS : []) {
    put('ALERTS', { ...labels, alertstate }, () => 1)
    put('ALERTS_FOR_STATE', labels, () => END - since)
  }
  return `${lines.join('\n')}\n# EOF\n`
}
