/** The dashboard as a reader of its JSON sees it: no type of the SDK that made it is believed here. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Path of the shipped file. */
export const FILE = fileURLToPath(new URL('../../dashboards/mangopay-api-client.json', import.meta.url))

interface DataSource {
  type: string
  uid: string
}

/** A query of a panel. */
export interface Target {
  refId: string
  datasource: DataSource
  expr?: string
  query?: string
  interval?: string
  instant?: boolean
  range?: boolean
  format?: string
  legendFormat?: string
  queryType?: string
}

/** A panel or a row. */
export interface Panel {
  id: number
  type: string
  title: string
  description?: string
  datasource?: DataSource
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: Target[]
  panels?: Panel[]
  collapsed?: boolean
  fieldConfig?: {
    defaults: {
      unit?: string
      noValue?: string
      thresholds?: { mode: string; steps: { value: number | null; color: string }[] }
      color?: { mode: string; fixedColor?: string }
      links?: DataLink[]
      custom?: Record<string, unknown>
    }
    overrides: { matcher: { id: string; options: string }; properties: { id: string; value: unknown }[] }[]
  }
  options?: Record<string, unknown>
  transformations?: { id: string; options: Record<string, unknown> }[]
}

/** A link of a series or a cell. */
export interface DataLink {
  title: string
  url: string
  targetBlank?: boolean
}

/** A choice on top. */
interface Variable {
  name: string
  label?: string
  type: string
  query: string | { query: string; refId: string; qryType: number }
  definition?: string
  datasource?: DataSource
  refresh?: number
  multi?: boolean
  includeAll?: boolean
  allValue?: string
  current?: unknown
}

/** The whole file. */
export interface Dashboard {
  uid: string
  title: string
  schemaVersion: number
  editable: boolean
  panels: Panel[]
  templating: { list: Variable[] }
  annotations: { list: { name: string; datasource: DataSource; expr?: string; enable: boolean; builtIn?: number }[] }
  links: { title: string; url: string; type: string }[]
}

/** The shipped dashboard. */
export const shipped = (): Dashboard => JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard

/** Every panel that is not a row, those inside collapsed rows included. */
const panelsOf = ({ panels }: Dashboard): Panel[] =>
  panels.flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]))

/** Every PromQL query with the panel it belongs to. */
export const promqlOf = (dashboard: Dashboard): { panel: Panel; target: Target; expr: string }[] =>
  panelsOf(dashboard).flatMap((panel) =>
    (panel.targets ?? []).flatMap((target) =>
      target.expr === undefined ? [] : [{ panel, target, expr: target.expr }],
    ),
  )

/** Every link of a panel's series and cells. */
export const linksOf = ({ fieldConfig }: Panel): DataLink[] => [
  ...(fieldConfig?.defaults.links ?? []),
  ...(fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.filter(({ id }) => id === 'links').flatMap(({ value }) => value as DataLink[]),
  ),
]

/** The shipped dashboard. */
export const dashboard = shipped()
/** Every panel that is not a row. */
export const panels = panelsOf(dashboard)
/** Every PromQL query. */
export const queries = promqlOf(dashboard)
/** The file as text. */
export const text = JSON.stringify(dashboard)
/** A title without its unit in parentheses. */
export const base = (panel: Panel): string => panel.title.replace(/ \([^)]*\)$/, '')
/** A range of three hours, with every variable on All. */
export const CHOICE = { from: 1_700_000_000, to: 1_700_010_800 }
