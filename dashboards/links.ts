/** Where a click leads: to the traces behind a number, or to this dashboard with one variable set. */
import { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_MANGOPAY_ENVIRONMENT,
  ATTR_MANGOPAY_ERROR_CATEGORY,
  ATTR_MANGOPAY_OPERATION,
  ATTR_MANGOPAY_OUTCOME,
  MANGOPAY_ERROR_CATEGORY_VALUE_IDEMPOTENCY_CONFLICT,
  MANGOPAY_OUTCOME_VALUE_UNKNOWN,
} from '../src/names.ts'
import { HEALTHY_FAILURES, WINDOW } from './promql.ts'

/** One of Grafana's variables, as it is written where Grafana fills it in. */
export const variable = (name: string): string => `\${${name}}`

/** A condition of a TraceQL span selector. */
const attribute = (name: string): string => `span.${name}`

/** Conditions on our spans. A value is a literal or one of Grafana's variables. */
export const SPAN = {
  environment: `${attribute(ATTR_MANGOPAY_ENVIRONMENT)} =~ "${variable('environment:pipe')}"`,
  environmentIs: (value: string) => `${attribute(ATTR_MANGOPAY_ENVIRONMENT)} = "${value}"`,
  operationChosen: `${attribute(ATTR_MANGOPAY_OPERATION)} =~ "${variable('operation:pipe')}"`,
  failed: `${attribute(ATTR_MANGOPAY_ERROR_CATEGORY)} != ""`,
  /** Failures but those that a healthy integration meets as well; what "Failing now" counts. */
  broken: `${attribute(ATTR_MANGOPAY_ERROR_CATEGORY)} != "" && ${attribute(ATTR_MANGOPAY_ERROR_CATEGORY)} !~ "${HEALTHY_FAILURES.join('|')}"`,
  category: (value: string) => `${attribute(ATTR_MANGOPAY_ERROR_CATEGORY)} = "${value}"`,
  operation: (value: string) => `${attribute(ATTR_MANGOPAY_OPERATION)} = "${value}"`,
  /** Instrumentations older than the stable HTTP conventions spell the code differently; a link should find both. */
  statusFrom: (least: number) =>
    `(${attribute(ATTR_HTTP_RESPONSE_STATUS_CODE)} >= ${least} || span.http.status_code >= ${least})`,
  unsettled: `${attribute(ATTR_MANGOPAY_OUTCOME)} = "${MANGOPAY_OUTCOME_VALUE_UNKNOWN}" && ${attribute(ATTR_MANGOPAY_ERROR_CATEGORY)} != "${MANGOPAY_ERROR_CATEGORY_VALUE_IDEMPOTENCY_CONFLICT}"`,
  slowerThan: (duration: string) => `duration > ${duration}`,
} as const

/** A TraceQL query of spans that meet every condition. */
export const spans = (...conditions: readonly string[]): string => `{ ${conditions.join(' && ')} }`

/** The label of the clicked series. */
export const fieldLabel = (label: string): string => variable(`__field.labels.${label}`)

/** The cell of the clicked row in the column of this one-word title. */
export const cell = (column: string): string => variable(`__data.fields.${column}`)

// Grafana fills in variables before the browser reads the address, so they must stand in it as they are.
const encodeAroundVariables = (text: string): string =>
  text
    .split(/(\$\{[^}]+\})/)
    .map((part, index) => (index % 2 === 1 ? part : encodeURIComponent(part)))
    .join('')

/** What a link shows: the dashboard's range, or the last minutes for a number that is about now. */
type Span = 'range' | 'now'

/** Address of Explore with a TraceQL query. */
export const exploreUrl = (query: string, span: Span = 'range'): string => {
  const datasource = { type: 'tempo', uid: variable('tempo') }
  const pane = {
    datasource: datasource.uid,
    queries: [{ refId: 'A', datasource, queryType: 'traceql', query, limit: 50, tableType: 'spans' }],
    range:
      span === 'now' ? { from: `now-${WINDOW.now}`, to: 'now' } : { from: variable('__from'), to: variable('__to') },
  }
  return `/explore?schemaVersion=1&orgId=1&panes=${encodeAroundVariables(JSON.stringify({ a: pane }))}`
}

/** A link from a series or a cell to its spans. */
export const toTraces = (title: string, conditions: readonly string[], span?: Span): DashboardLinkBuilder =>
  new DashboardLinkBuilder(title).url(exploreUrl(spans(...conditions), span)).targetBlank(true)

/** The columns of a table that a link to this dashboard sets as variables. */
type Filters = Partial<Record<'environment' | 'job' | 'operation', string>>

/** A link from a row to this dashboard: some variables set to its cells, the other choices and the range kept. */
export const toFilter = (title: string, filters: Filters): DashboardLinkBuilder => {
  const choices = ['datasource', 'tempo', 'environment', 'job', 'operation'].map((name) => {
    const column = filters[name as keyof Filters]
    // The braces and slashes of an operation need encoding; a column's value is not a variable that could carry over.
    return column === undefined
      ? variable(`${name}:queryparam`)
      : `var-${name}=${variable(`__data.fields.${column}:percentencode`)}`
  })
  return new DashboardLinkBuilder(title).url(
    `/d/${variable('__dashboard.uid')}?${variable('__url_time_range')}&${choices.join('&')}`,
  )
}
