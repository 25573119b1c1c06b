/** The dashboard's file as a whole: what imports it can read it, and every panel has its place. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { renderDashboard } from '../../dashboards/dashboard.ts'
import { variable } from '../../dashboards/links.ts'
import { DASHBOARD, PANELS, ROWS } from '../../dashboards/palette.ts'
import { base, dashboard, FILE, type Panel, panels, text } from './model.ts'

describe('the file', () => {
  it('is what its source renders (npm run render writes it)', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(renderDashboard())
  })

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

  it('fits: titles of the strip at 1000 px, last columns at 1280, the first three at 1000', () => {
    /** Room inside a panel on a screen of that width, less what a header, a menu and a scroll bar take. */
    const room = ({ gridPos }: Panel, screen: number, taken: number) => (gridPos.w * (screen - 32)) / 24 - taken
    const strip = panels.filter(({ type }) => type === 'stat').filter(({ gridPos }) => gridPos.y < 8)
    expect(strip.length).toBeGreaterThanOrEqual(8)
    // A letter is 7.5 px wide.
    for (const panel of strip) expect(panel.title.length * 7.5, panel.title).toBeLessThan(room(panel, 1000, 52))
    for (const panel of panels.filter(({ type }) => type === 'table')) {
      const widths = new Map(
        (panel.fieldConfig?.overrides ?? []).flatMap(({ matcher, properties }) =>
          properties
            .filter(({ id }) => id === 'custom.width' || id === 'custom.minWidth')
            .map(({ value }) => [matcher.options, value as number] as const),
        ),
      )
      const { renameByName = {}, indexByName = {} } = (panel.transformations?.find(({ id }) => id === 'organize')
        ?.options ?? {}) as Record<string, Record<string, string | number>>
      const columns = Object.keys(renameByName).sort((a, b) => Number(indexByName[a]) - Number(indexByName[b]))
      const titles = [...new Set(columns.map((name) => String(renameByName[name])))]
      for (const title of titles) expect(widths.get(title), `${panel.title}: ${title}`).toBeDefined()
      const sum = (some: readonly string[]) => some.reduce((total, title) => total + (widths.get(title) ?? 0), 0)
      expect(sum(titles), panel.title).toBeLessThanOrEqual(room(panel, 1280, 28))
      expect(sum(titles.slice(0, 3)), panel.title).toBeLessThanOrEqual(room(panel, 1000, 28))
    }
  })

  it('shows all numbers of the strip in one size, and counts in full', () => {
    const strip = panels.filter(({ type, gridPos }) => type === 'stat' && gridPos.y < 8)
    for (const { title, options, fieldConfig } of strip) {
      expect(options?.['text'], title).toEqual({ titleSize: 12, valueSize: 24 })
      expect(fieldConfig?.defaults.unit, title).not.toBe('short')
    }
  })

  it('tells Grafana’s linter what to leave out, each with its reason, for panels that exist', () => {
    const { exclusions } = parse(readFileSync('dashboards/.lint', 'utf8')) as {
      exclusions: Record<string, { reason: string; entries?: { panel: string }[] }>
    }
    const titles = panels.map(({ title }) => title)
    for (const [rule, { reason, entries = [] }] of Object.entries(exclusions)) {
      expect(reason.length, rule).toBeGreaterThan(20)
      for (const { panel } of entries) expect(titles, rule).toContain(panel)
    }
    // The unit that the linter does not know, wherever it is.
    const perMinute = panels.filter(({ fieldConfig }) => fieldConfig?.defaults.unit === 'reqpm')
    expect(exclusions['panel-units-rule']?.entries?.map(({ panel }) => panel).sort()).toEqual(
      perMinute.map(({ title }) => title).sort(),
    )
  })
})
