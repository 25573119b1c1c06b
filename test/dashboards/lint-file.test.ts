/** The dashboard's file as a whole: what imports it can read it, and every panel has its place. */
import { describe, expect, it } from 'vitest'
import { variable } from '../../dashboards/links.ts'
import { DASHBOARD, PANELS, ROWS } from '../../dashboards/palette.ts'
import type { Panel } from './model.ts'
import { base, dashboard, panels, text } from './parts.ts'

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
