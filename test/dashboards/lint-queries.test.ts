/** The PromQL of every panel: of our vocabulary, and free of the mistakes that a query can make. */
import { describe, expect, it } from 'vitest'
import { RECORDS } from '../../alerts/records.ts'
import { durationBuckets, LABEL, SERIES } from '../../alerts/spelling.ts'
import { PANELS } from '../../dashboards/palette.ts'
import * as names from '../../src/names.ts'
import { fill } from './fill.ts'
import { base, CHOICE, dashboard, queries, text } from './model.ts'
import { mistakes, vocabulary } from './syntax.ts'

/** Labels of a query that are not from our vocabulary. */
const FOREIGN_LABELS = {
  __name__: 'both spellings of the histogram in one selector',
  le: 'buckets of a histogram',
  otel_metric_overflow: 'set by the SDK on the series that swallows what exceeds its limit',
  alertname: 'of the series ALERTS',
  alertstate: 'of the series ALERTS',
  burn: 'of the series ALERTS: the fast and the slow form of one alert',
  alert: 'made of the name and of what the alert is about',
  severity: 'of the series ALERTS',
  service_version: 'a resource attribute, only for the annotation that is off by default',
} as const

/** Series that are not ours. */
const FOREIGN_SERIES = {
  ALERTS: 'Prometheus writes it for every pending and firing alert',
  ALERTS_FOR_STATE: 'the same, with the time at which it began',
} as const

/** Rates that may leave `$__rate_interval`, by panel. */
const FIXED_WINDOWS = [
  // "Now" for the strip: the same at every range.
  PANELS.callRate.title,
  PANELS.errorRatio.title,
  PANELS.p95.title,
]

const filled = queries.map(({ panel, target, expr }) => [`${panel.title} ${target.refId}`, fill(expr, CHOICE)] as const)

describe('queries', () => {
  it.each(filled)('%s is PromQL', (_name, expr) => {
    expect(mistakes('promql', expr)).toEqual([])
  })

  it('ask for series and labels of our vocabulary only', () => {
    const series = new Set<string>([
      ...Object.values(SERIES),
      ...Object.values(RECORDS),
      ...Object.keys(FOREIGN_SERIES),
    ])
    const labels = new Set<string>([...Object.values(LABEL), ...Object.keys(FOREIGN_LABELS)])
    const annotations = dashboard.annotations.list.flatMap(({ expr }) =>
      expr === undefined ? [] : [fill(expr, CHOICE)],
    )
    const used = [...filled.map(([, expr]) => expr), ...annotations].map(vocabulary)
    expect(used.flatMap(({ metrics }) => metrics).filter((name) => !series.has(name))).toEqual([])
    expect(used.flatMap((one) => one.labels).filter((name) => !labels.has(name))).toEqual([])
    for (const pattern of used.flatMap(({ patterns }) => patterns)) {
      expect(
        [...series].filter((name) => new RegExp(`^(${pattern})$`).test(name)),
        pattern,
      ).not.toEqual([])
    }
    // And no exception is left over.
    const seen = new Set(used.flatMap((one) => [...one.labels, ...one.metrics]))
    expect(Object.keys({ ...FOREIGN_LABELS, ...FOREIGN_SERIES }).filter((name) => !seen.has(name))).toEqual([])
  })

  it('match both spellings of the histogram', () => {
    const pattern = /__name__=~"([^"]*)"/.exec(durationBuckets())?.[1] ?? ''
    for (const name of [SERIES.durationBucketOtlp, SERIES.durationBucketPull])
      expect(name).toMatch(new RegExp(`^${pattern}$`))
    for (const { panel, expr } of queries) {
      for (const name of [SERIES.durationBucketOtlp, SERIES.durationBucketPull]) {
        expect(expr.includes(`${name}{`), `${panel.title} knows one spelling only`).toBe(false)
      }
    }
  })

  it('never take the rate of a sum, nor sum quotas', () => {
    for (const { panel, expr } of queries) {
      expect(expr, panel.title).not.toMatch(/(rate|increase)\s*\(\s*(sum|avg|max|min)\b/)
      const quota = [SERIES.usage, SERIES.limit, SERIES.remaining].some((name) => expr.includes(name))
      if (quota) expect(vocabulary(fill(expr, CHOICE)).functions, panel.title).not.toContain('sum')
      if (quota) expect(expr, panel.title).toContain(SERIES.readingTimestamp)
    }
  })

  it('never show the gauge that cannot be added up over processes', () => {
    expect(text).not.toContain(names.METRIC_MANGOPAY_CLIENT_ERROR_RATIO.replaceAll('.', '_'))
  })

  it('take windows from the range, unless "now" is meant', () => {
    for (const { panel, expr } of queries) {
      const windows = [...expr.matchAll(/(?:rate|increase|min_over_time)\([^[]*\[([^\]]*)\]/g)].map(
        ([, window]) => window,
      )
      const allowed = FIXED_WINDOWS.includes(base(panel) as never) ? ['10m'] : ['$__rate_interval', '$__range']
      for (const window of windows) expect(allowed, panel.title).toContain(window)
    }
  })

  it('narrow down to what is chosen on top', () => {
    for (const { panel, expr } of queries) {
      if (panel.id === PANELS.rules.id) continue // About the Prometheus, not about an environment.
      if (expr.includes(SERIES.notifications)) {
        expect(expr, panel.title).toContain(`${LABEL.job}=~"$job"`) // A notification tells no environment.
        continue
      }
      // An alert may be about no environment.
      const any = panel.id === PANELS.alerts.id ? '|' : ''
      expect(expr, panel.title).toContain(`${LABEL.environment}=~"$environment${any}"`)
    }
  })
})
