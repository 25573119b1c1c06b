/** What every panel of the dashboard has to have: a question, a unit, a data source. */
import { describe, expect, it } from 'vitest'
import { PANELS, ROWS } from '../../dashboards/palette.ts'
import type { Panel } from './model.ts'
import { panels } from './parts.ts'

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
