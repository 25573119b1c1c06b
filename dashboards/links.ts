/** Where a click leads: to the traces behind a number, or to this dashboard with one variable set. */
import { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_MANGOPAY_ENVIRONMENT,
  ATTR_MANGOPAY_ERROR_CATEGORY,
  ATTR_MANGOPAY_OPERATION,
  ATTR_MANGOPAY_OUTCOME,
  MANGOPAY_ERROR_CATEGORY_VALUE_CANCELLED as CANCELLED,
  MANGOPAY_ERROR_CATEGORY_VALUE_IDEMPOTENCY_CONFLICT,
  MANGOPAY_OUTCOME_VALUE_UNKNOWN,
  MANGOPAY_ERROR_CATEGORY_VALUE_NETWORK as NETWORK,
  MANGOPAY_ERROR_CATEGORY_VALUE_TIMEOUT as TIMEOUT,
  MANGOPAY_ERROR_CATEGORY_VALUE_UNEXPECTED_RESPONSE as UNEXPECTED,
} from '../src/names.ts'

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
  category: (value: string) => `${attribute(ATTR_MANGOPAY_ERROR_CATEGORY)} = "${value}"`,
  operation: (value: string) => `${attribute(ATTR_MANGOPAY_OPERATION)} = "${value}"`,
  /** Instrumentations older than the stable HTTP conventions spell the code differently; a link should find both. */
  status: (value: string) =>
    `(${attribute(ATTR_HTTP_RESPONSE_STATUS_CODE)} = ${value} || span.http.status_code = ${value})`,
  statusFrom: (least: number) =>
    `(${attribute(ATTR_HTTP_RESPONSE_STATUS_CODE)} >= ${least} || span.http.status_code >= ${least})`,
  /**
   * Categories of calls that mostly have no response. That an attribute is absent (`= nil`) is not what every Tempo
   * understands.
   */
  unanswered: `${attribute(ATTR_MANGOPAY_ERROR_CATEGORY)} =~ "${[TIMEOUT, NETWORK, CANCELLED, UNEXPECTED].join('|')}"`,
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

/** Address of Explore with a TraceQL query over the dashboard's range. */
export const exploreUrl = (query: string): string => {
  const datasource = { type: 'tempo', uid: variable('tempo') }
  const pane = {
    datasource: datasource.uid,
    queries: [{ refId: 'A', datasource, queryType: 'traceql', query, limit: 50, tableType: 'spans' }],
    range: { from: variable('__from'), to: variable('__to') },
  }
  return `/explore?schemaVersion=1&orgId=1&panes=${encodeAroundVariables(JSON.stringify({ a: pane }))}`
}

/** A link from a series or a cell to its spans. */
export const toTraces = (title: string, ...conditions: readonly string[]): DashboardLinkBuilder =>
  new DashboardLinkBuilder(title).url(exploreUrl(spans(...conditions))).targetBlank(true)

/**
 * For the line at zero of a chart of errors, which has no errors to show. An empty list would not do: Grafana then takes
 * the links of the other series.
 */
export const toAllCalls = (): DashboardLinkBuilder => toTraces('All calls', SPAN.environment, SPAN.operationChosen)

/** A link from a cell to this dashboard, one variable set to the cell's value, the other choices and the range kept. */
export const toFilter = (name: 'operation' | 'job', column: string): DashboardLinkBuilder => {
  const kept = ['datasource', 'tempo', 'environment', 'job', 'operation'].filter((other) => other !== name)
  const choices = kept.map((other) => variable(`${other}:queryparam`)).join('&')
  // The braces and slashes of an operation need encoding; a column's value is not a variable that could carry over.
  const value = variable(`__data.fields.${column}:percentencode`)
  return new DashboardLinkBuilder(`Show only this ${name === 'job' ? 'service' : name}`).url(
    `/d/${variable('__dashboard.uid')}?${variable('__url_time_range')}&${choices}&var-${name}=${value}`,
  )
}
