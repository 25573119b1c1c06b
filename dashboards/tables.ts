/** Tables: columns are said once, with their title, unit, colour and link. */
import { TableCellHeight, TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common'
import type {
  DashboardLinkBuilder,
  DynamicConfigValue,
  ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { DataqueryBuilder as PrometheusQuery } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import type { PanelName } from './palette.ts'
import { type About, describe, thresholds } from './panels.ts'
import { rows } from './targets.ts'

/** A column of a table. */
export interface Column {
  /** Title; one word where a link refers to the column. */
  title: string
  /** A label of the first query, or a query of its own. */
  from: { label: string } | { expr: string }
  unit?: string
  decimals?: number
  /** In pixels. Without it a column takes what is left, but at least `least`. */
  width?: number
  least?: number
  /** Colours for texts. */
  colours?: Readonly<Record<string, string>>
  /** Texts for values. */
  names?: Readonly<Record<string, string>>
  thresholds?: ThresholdsConfigBuilder
  /** How thresholds show: the number's colour, or a bar from 0 to 1. */
  show?: 'colour' | 'bar'
  links?: readonly DashboardLinkBuilder[]
}

const properties = (column: Column): DynamicConfigValue[] => {
  const found: DynamicConfigValue[] = []
  const add = (id: string, value: unknown) => value !== undefined && found.push({ id, value })
  // Of a cell; the text for an empty table is the panel's.
  add('noValue', '–')
  add('unit', column.unit)
  add('decimals', column.decimals)
  add('custom.width', column.width)
  add('custom.minWidth', column.least)
  const mapped = (texts: Readonly<Record<string, string>>, key: 'text' | 'color') =>
    add('mappings', [
      {
        type: 'value',
        options: Object.fromEntries(Object.entries(texts).map(([value, text]) => [value, { [key]: text }])),
      },
    ])
  if (column.names !== undefined) mapped(column.names, 'text')
  if (column.colours !== undefined) mapped(column.colours, 'color')
  add('thresholds', column.thresholds?.build())
  add(
    'links',
    column.links?.map((link) => link.build()),
  )
  if (column.show !== undefined) add('color', { mode: 'thresholds' })
  if (column.show === 'colour' || column.colours !== undefined) add('custom.cellOptions', { type: 'color-text' })
  if (column.show === 'bar') {
    add('custom.cellOptions', { type: 'gauge', mode: 'basic', valueDisplayMode: 'color' })
    add('min', 0)
    add('max', 1)
  }
  return found
}

/** A table of instant queries that share their labels: one row for each set of labels. */
export const table = (
  name: PanelName,
  about: About,
  columns: readonly Column[],
  sort: { column: string; descending: boolean },
  { rows: height = 'medium', header = true }: { rows?: 'small' | 'medium'; header?: boolean } = {},
): Table => {
  const targets: PrometheusQuery[] = []
  const order: Record<string, number> = {}
  const titles: Record<string, string> = {}
  columns.forEach((column, index) => {
    let fields = 'label' in column.from ? [column.from.label] : []
    if ('expr' in column.from) {
      const refId = String.fromCharCode(65 + targets.length)
      targets.push(rows(refId, column.from.expr))
      // Grafana calls the value of an only query plain "Value".
      fields = [`Value #${refId}`, ...(refId === 'A' ? ['Value'] : [])]
    }
    for (const field of fields) {
      order[field] = index
      titles[field] = column.title
    }
  })
  const panel = describe(new Table(), name, about)
    .targets(targets)
    .filterable(false)
    .cellHeight(height === 'small' ? TableCellHeight.Sm : TableCellHeight.Md)
    .showHeader(header)
    .thresholds(thresholds('text'))
    .sortBy([new TableSortByFieldStateBuilder().displayName(sort.column).desc(sort.descending)])
    .transformations([
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: { excludeByName: { Time: true }, includeByName: {}, indexByName: order, renameByName: titles },
      },
    ])
  return columns.reduce((result, column) => result.overrideByName(column.title, properties(column)), panel)
}
