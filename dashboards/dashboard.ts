/**
 * The dashboard as one object: rows laid out, links trimmed. Classic JSON, schema version 42, which Grafana 10 to 13
 * takes by import, provisioning and Terraform; the newer schema is refused by file providers.
 */
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
  type RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DASHBOARD, ROWS } from './palette.ts'
import { errors } from './row-errors.ts'
import { grafanaAlerts } from './row-grafana-alerts.ts'
import { health } from './row-health.ts'
import { latency } from './row-latency.ts'
import { operationsRow } from './row-operations.ts'
import { payments } from './row-payments.ts'
import { rateLimits } from './row-rate-limits.ts'
import { slo } from './row-slo.ts'
import { strip } from './row-strip.ts'
import { traces } from './row-traces.ts'
import { annotations, links, variables } from './variables.ts'

const COLUMNS = 24

interface Row {
  title: string
  id: number
  panels: readonly Panel[]
  collapsed: boolean
}

const size = (panel: Panel): { w: number; h: number } => panel.gridPos ?? { w: COLUMNS, h: 8 }

/** Places panels from left to right, a new line where the next does not fit. Gives the first free line below. */
const place = (panels: readonly Panel[], top: number): { placed: Panel[]; bottom: number } => {
  let [x, y, height] = [0, top, 0]
  const placed = panels.map((panel) => {
    const { w, h } = size(panel)
    if (x + w > COLUMNS) [x, y, height] = [0, y + height, 0]
    const at = { ...complete(panel), gridPos: { x, y, w, h } }
    x += w
    height = Math.max(height, h)
    return at
  })
  return { placed, bottom: y + height }
}

const layOut = (top: number, rows: readonly Row[]): (Panel | RowPanel)[] => {
  let y = top
  return rows.flatMap<Panel | RowPanel>(({ title, id, panels, collapsed }) => {
    const row = { type: 'row', id, title, collapsed, gridPos: { x: 0, y, w: COLUMNS, h: 1 }, panels: [] as Panel[] }
    const { placed, bottom } = place(panels, y + 1)
    // The panels of a collapsed row live inside it and take no room.
    y = collapsed ? y + 1 : bottom
    return collapsed ? { ...row, panels: placed } : [row, ...placed]
  })
}

/**
 * Leaves out what the SDK's builders add and Grafana does not want here: `placement` would hide links and annotations in
 * a menu, `auto…` belongs to interval variables, and a data link is no dashboard link.
 */
const trim = (value: unknown, key = ''): unknown => {
  if (Array.isArray(value)) return value.map((entry) => trim(entry, key))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => name !== 'placement' || key === 'legend')
  const object = Object.fromEntries(entries)
  if ('asDropdown' in object && (key === 'links' || key === 'value')) {
    const { title, url, targetBlank } = object
    return { title, url, targetBlank }
  }
  if (key === 'list' && 'allowCustomValue' in object) {
    for (const name of ['auto', 'auto_min', 'auto_count', 'allowCustomValue']) delete object[name]
    object['current'] ??= {}
    object['options'] ??= []
    object['regex'] ??= ''
    object['hide'] ??= 0
  }
  return Object.fromEntries(Object.entries(object).map(([name, inner]) => [name, trim(inner, name)]))
}

/** What Grafana takes for granted in every panel, and the option of tables that newer versions have moved. */
const complete = (panel: Panel): Panel => {
  const { footer: _moved, ...options } = (panel.options ?? {}) as Record<string, unknown>
  return { ...panel, fieldConfig: panel.fieldConfig ?? { defaults: {}, overrides: [] }, options }
}

/** The dashboard, ready to be written as JSON. */
const buildDashboard = (): Dashboard => {
  const frame = new DashboardBuilder(DASHBOARD.title)
    .uid(DASHBOARD.uid)
    .tags([...DASHBOARD.tags])
    .description(
      'Calls to the Mangopay API as opentelemetry-mangopay counts them. Top to bottom: is anything firing; are we being limited or about to be; is it Mangopay or us; which operation, which service; show me a trace.',
    )
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .build()
  const panels = layOut(8, [
    { ...ROWS.rateLimits, panels: rateLimits(), collapsed: false },
    { ...ROWS.errors, panels: errors(), collapsed: false },
    { ...ROWS.latency, panels: latency(), collapsed: false },
    { ...ROWS.operations, panels: operationsRow(), collapsed: false },
    { ...ROWS.payments, panels: payments(), collapsed: false },
    { ...ROWS.traces, panels: traces(), collapsed: true },
    { ...ROWS.slo, panels: slo(), collapsed: true },
    { ...ROWS.health, panels: health(), collapsed: true },
    { ...ROWS.grafanaAlerts, panels: grafanaAlerts(), collapsed: true },
  ])
  const trimmed = trim({
    ...frame,
    id: null,
    version: 1,
    panels: [...strip().map(complete), ...panels],
    templating: { list: variables() },
    annotations: { list: annotations() },
  }) as Dashboard
  // Links of the bar keep what a data link does not have.
  return { ...trimmed, links: links().map(({ placement: _hidden, ...link }) => link) }
}

/** The file that is shipped. */
export const renderDashboard = (): string => `${JSON.stringify(buildDashboard(), null, 2)}\n`
