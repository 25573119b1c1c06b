import { describe, expect, it } from 'vitest'
import { RECORDS } from '../alerts/records.ts'
import { durationBuckets, LABEL, SERIES } from '../alerts/spelling.ts'
import { variable } from '../dashboards/links.ts'
import { DASHBOARD, PANELS, ROWS } from '../dashboards/palette.ts'
import * as names from '../src/names.ts'
import { fill } from './dashboard/fill.ts'
import { type Panel, panelsOf, promqlOf, shipped } from './dashboard/model.ts'
import { mistakes, vocabulary } from './dashboard/syntax.ts'

/** Exceptions from a rule, by panel; each says why. */
const EXCEPTIONS = {
  unit: {
    [PANELS.alerts.title]: 'a list of alerts has no numbers of ours',
    // A heat map's unit is that of its axis.
    [PANELS.latencyHeatmap.title]: 'the cells are counts, the axis has its own unit',
  },
  noValue: { [PANELS.alerts.title]: 'Grafana says itself that no alert matches' },
  datasource: { [PANELS.alerts.title]: 'Grafana knows its alerts without a data source' },
  targets: { [PANELS.alerts.title]: 'Grafana knows its alerts without a query' },
} as const

/** Labels of a query that are not from our vocabulary. */
const FOREIGN_LABELS = {
  __name__: 'both spellings of the histogram in one selector',
  le: 'buckets of a histogram',
  otel_metric_overflow: 'set by the SDK on the series that swallows what exceeds its limit',
  alertname: 'of the series ALERTS',
  alertstate: 'of the series ALERTS',
  burn: 'of the series ALERTS: the fast and the slow form of one alert',
  service_version: 'a resource attribute, only for the annotation that is off by default',
} as const

/** Series that are not ours. */
const FOREIGN_SERIES = { ALERTS: 'Prometheus writes it for every pending and firing alert' } as const

/** Rates that may leave `$__rate_interval`, by panel. */
const FIXED_WINDOWS = [
  // "Now" for the strip: the same at every range.
  PANELS.callRate.title,
  PANELS.errorRatio.title,
  PANELS.p95.title,
]

const dashboard = shipped()
const panels = panelsOf(dashboard)
const queries = promqlOf(dashboard)
const text = JSON.stringify(dashboard)
const base = (panel: Panel): string => panel.title.replace(/ \([^)]*\)$/, '')
const excepted = (rule: keyof typeof EXCEPTIONS, panel: Panel): boolean => panel.title in EXCEPTIONS[rule]
const named = (list: readonly Panel[]) => list.map((panel) => [`${panel.id} ${panel.title}`, panel] as const)
const CHOICE = { from: 1_700_000_000, to: 1_700_010_800 }
const filled = queries.map(({ panel, target, expr }) => [`${panel.title} ${target.refId}`, fill(expr, CHOICE)] as const)

describe('the file', () => {
  it('can be imported, provisioned and applied by Terraform', () => {
    expect(dashboard.uid).toBe(DASHBOARD.uid)
    expect(dashboard.schemaVersion).toBe(42)
    expect(dashboard.editable).toBe(false)
    // Written by "export for sharing"; a file with them cannot be provisioned.
    expect(text).not.toContain('__inputs')
    expect(text).not.toContain(variable('DS_').slice(0, -1))
    // Would hide links and annotations in a menu.
    expect(text).not.toContain('inControlsMenu')
    expect(dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual(
      Object.values(ROWS).map(({ title }) => title),
    )
  })

  it('asks data sources by variable only', () => {
    const uids = [...text.matchAll(/"uid":"([^"]*)"/g)].map(([, uid]) => uid)
    expect(new Set(uids)).toEqual(new Set([DASHBOARD.uid, variable('datasource'), variable('tempo'), '-- Grafana --']))
  })

  it('names every panel of the shared list once, and no other', () => {
    const expected = Object.values(PANELS).map(({ id, title }) => `${id} ${title}`)
    expect(panels.map((panel) => `${panel.id} ${base(panel)}`).sort()).toEqual(expected.sort())
  })

  it('has unique ids and, in each panel, unique refIds', () => {
    const ids = [...dashboard.panels, ...dashboard.panels.flatMap(({ panels: inner }) => inner ?? [])].map(
      ({ id }) => id,
    )
    expect(new Set(ids).size).toBe(ids.length)
    for (const { title, targets = [] } of panels) {
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
    }
  })

  it('does not put two panels on one place, nor one outside the grid', () => {
    const taken = new Map<string, string>()
    // A collapsed row is one line high; the panels inside it have places for when it is opened.
    const check = (list: readonly Panel[], where: Map<string, string>) => {
      for (const { title, gridPos } of list) {
        expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(where.get(`${x},${y}`), `${title} lies on another panel`).toBeUndefined()
            where.set(`${x},${y}`, title)
          }
        }
      }
    }
    check(dashboard.panels, taken)
    for (const { panels: inner = [] } of dashboard.panels) check(inner, new Map())
  })
})

describe.each(named(panels))('panel %s', (_name, panel) => {
  const defaults = panel.fieldConfig?.defaults

  it('says what it answers and what to do, and what it means to be empty', () => {
    const description = panel.description ?? ''
    expect(description).toMatch(/^[A-Z][^.!?]*\? \S/)
    expect(description.split(/(?<=[.:]) /).length).toBeGreaterThanOrEqual(3)
    expect(description).toMatch(/\.$/)
    if (!excepted('noValue', panel)) expect(defaults?.noValue).toMatch(/\S/)
  })

  it('points to panels, rows and columns that exist', () => {
    const titles = [...Object.values(PANELS), ...Object.values(ROWS)].map(({ title }) => title)
    const columns = Object.values(
      panel.transformations?.find(({ id }) => id === 'organize')?.options['renameByName'] ?? {},
    )
    // The line at zero of a chart says what there is none of.
    const lines = (panel.targets ?? []).flatMap(({ expr = '' }) =>
      [...expr.matchAll(/"([^"]*)", "", ""/g)].map(([, name]) => name),
    )
    const legends = (panel.targets ?? []).map(({ legendFormat }) => legendFormat)
    for (const [, quoted = ''] of (panel.description ?? '').matchAll(/"([^"]*)"/g)) {
      const known =
        [...columns, ...lines, ...legends].includes(quoted) || titles.some((title) => title.startsWith(quoted))
      expect(known, quoted).toBe(true)
    }
  })

  it('has a unit, and no threshold that Grafana made up', () => {
    if (!excepted('unit', panel)) expect(defaults?.unit).toMatch(/\S/)
    // Without thresholds of its own a panel turns red at 80, whatever the unit.
    if (panel.type !== 'alertlist' && panel.type !== 'heatmap') {
      expect(defaults?.thresholds?.steps[0]?.value).toBeNull()
    }
  })

  it('asks its data source, at least once a minute', () => {
    if (excepted('datasource', panel)) return
    expect(panel.datasource?.uid).toMatch(/^\$\{(datasource|tempo)\}$/)
    expect(panel.targets?.length).toBeGreaterThan(0)
    for (const target of panel.targets ?? []) {
      expect(target.datasource).toEqual(panel.datasource)
      if (target.expr === undefined) continue
      expect(target.interval).toBe('1m')
      expect(target.instant).not.toBe(target.range)
    }
  })
})

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
      const quota = [SERIES.used, SERIES.limit, SERIES.remaining].some((name) => expr.includes(name))
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
      expect(expr, panel.title).toContain(`${LABEL.environment}=~"$environment"`)
    }
  })
})
