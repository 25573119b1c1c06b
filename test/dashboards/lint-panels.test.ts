/** What every panel of the dashboard has to have: a question, a unit, a data source. */
import { describe, expect, it } from 'vitest'
import { PANELS, ROWS } from '../../dashboards/palette.ts'
import { dashboard, type Panel, panels } from './model.ts'

/** Exceptions from a rule, by panel; each says why. */
const EXCEPTIONS = {
  unit: {
    [PANELS.grafanaAlerts.title]: 'a list of alerts has no numbers of ours',
    // A heat map's unit is that of its axis.
    [PANELS.latencyHeatmap.title]: 'the cells are counts, the axis has its own unit',
  },
  noValue: { [PANELS.grafanaAlerts.title]: 'Grafana says itself that no alert matches' },
  datasource: { [PANELS.grafanaAlerts.title]: 'Grafana knows its alerts without a data source' },
  targets: { [PANELS.grafanaAlerts.title]: 'Grafana knows its alerts without a query' },
} as const

const excepted = (rule: keyof typeof EXCEPTIONS, panel: Panel): boolean => panel.title in EXCEPTIONS[rule]
const named = (list: readonly Panel[]) => list.map((panel) => [`${panel.id} ${panel.title}`, panel] as const)

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
    // The line at zero of a chart says what there is none of.
    const lines = (panel.targets ?? []).flatMap(({ expr = '' }) =>
      [...expr.matchAll(/"([^"]*)", "", ""/g)].map(([, name]) => name),
    )
    const legends = (panel.targets ?? []).map(({ legendFormat }) => legendFormat)
    const everyColumn = panels.flatMap(({ transformations = [] }) =>
      transformations.flatMap(({ options }) => Object.values(options['renameByName'] ?? {})),
    )
    for (const [, quoted = ''] of (panel.description ?? '').matchAll(/"([^"]*)"/g)) {
      const known =
        [...everyColumn, ...lines, ...legends].includes(quoted) || titles.some((title) => title.startsWith(quoted))
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

describe('charts', () => {
  const of = ({ id }: { id: number }) => panels.find((panel) => panel.id === id) as Panel

  it('write a point without a value as a dash; the text about an empty panel is the panel’s', () => {
    for (const { title, type, fieldConfig } of panels) {
      if (type !== 'timeseries' && type !== 'table') continue
      const dashes = fieldConfig?.overrides.some(({ properties }) =>
        properties.some(({ id, value }) => id === 'noValue' && value === '–'),
      )
      expect(dashes, title).toBe(true)
    }
  })

  it('of the forecast end at 200 %, and draw windows in the order of their length', () => {
    expect(of(PANELS.quotaForecast).fieldConfig?.defaults).toMatchObject({ min: 0, max: 2 })
    for (const panel of [of(PANELS.quotaUsed), of(PANELS.quotaForecast)]) {
      const windows = (panel.targets ?? []).map(({ expr = '' }) => /window="(\w+)"/.exec(expr)?.[1])
      expect(windows).toEqual(['1m', '5m', '15m', '30m', '1h', '24h'].filter((window) => windows.includes(window)))
    }
  })

  it('of the distribution: few calls faint, many strong, on any ground; whole calls', () => {
    expect(of(PANELS.latencyHeatmap).options).toMatchObject({ color: { mode: 'opacity' }, calculate: false })
    expect(of(PANELS.latencyHeatmap).fieldConfig?.defaults).toMatchObject({ decimals: 0 })
    expect(of(PANELS.latencyHeatmap).targets?.[0]?.expr).toMatch(/^round\(/)
  })

  it('from traces have the unit of the charts that they are compared with', () => {
    expect(of(PANELS.errorsFromTraces).fieldConfig?.defaults.unit).toBe(
      of(PANELS.errorsByCategory).fieldConfig?.defaults.unit,
    )
    expect(of(PANELS.errorsFromTraces).targets?.[0]).toMatchObject({ step: '1m' })
  })

  it('are not tinted by alerts: a mark in the minute in which one begins', () => {
    const marks = dashboard.annotations.list.filter(({ expr }) => expr?.includes('ALERTS'))
    expect(marks).toHaveLength(2)
    for (const { expr } of marks) expect(expr).toMatch(/ unless [\s\S]* offset 1m/)
  })

  it('the table of alerts has room for six, without a header, severity in colour', () => {
    const { gridPos, options, fieldConfig } = of(PANELS.alerts)
    expect(options).toMatchObject({ cellHeight: 'sm', showHeader: false })
    // A grid row is 30 px and 8 px apart, a title 40, a small cell 36.
    expect((gridPos.h * 38 - 8 - 40) / 36).toBeGreaterThanOrEqual(6)
    expect(JSON.stringify(fieldConfig)).toContain('"critical":{"color"')
  })
})
