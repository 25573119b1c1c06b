/** The queries of a panel as Grafana wants them. */
import {
  DataqueryBuilder as PrometheusQuery,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus'
import {
  MetricsQueryType,
  SearchTableType,
  DataqueryBuilder as TempoQuery,
} from '@grafana/grafana-foundation-sdk/tempo'
import { DATASOURCES } from './panels.ts'

/**
 * Data comes once a minute by default, while Grafana takes 15 s for granted: without this, `$__rate_interval` holds one
 * sample and every rate is "No data". It has an effect on the query only, not on the panel.
 */
const MIN_STEP = '1m'

const prometheus = (refId: string, expr: string): PrometheusQuery =>
  new PrometheusQuery()
    .refId(refId)
    .datasource(DATASOURCES.prometheus)
    .editorMode(QueryEditorMode.Code)
    .expr(expr)
    .interval(MIN_STEP)

/** One value for each series, at the end of the range. */
export const now = (refId: string, expr: string, legend: string): PrometheusQuery =>
  prometheus(refId, expr).instant().format(PromQueryFormat.TimeSeries).legendFormat(legend)

/** A value for each series at every step of the range. */
export const overTime = (refId: string, expr: string, legend: string): PrometheusQuery =>
  prometheus(refId, expr).range().format(PromQueryFormat.TimeSeries).legendFormat(legend)

/** One row for each series, at the end of the range. */
export const rows = (refId: string, expr: string): PrometheusQuery =>
  prometheus(refId, expr).instant().format(PromQueryFormat.Table)

/** Counts by bucket at every step of the range. */
export const buckets = (refId: string, expr: string): PrometheusQuery =>
  prometheus(refId, expr).range().format(PromQueryFormat.Heatmap).legendFormat('{{le}}')

/** A list of spans. */
export const spanList = (refId: string, query: string): TempoQuery =>
  new TempoQuery()
    .refId(refId)
    .datasource(DATASOURCES.tempo)
    .queryType('traceql')
    .query(query)
    .limit(50)
    .tableType(SearchTableType.Spans)
    .filters([])

/** A number computed from spans, over time. */
export const spanMetric = (refId: string, query: string): TempoQuery =>
  new TempoQuery()
    .refId(refId)
    .datasource(DATASOURCES.tempo)
    .queryType('traceql')
    .query(query)
    .metricsQueryType(MetricsQueryType.Range)
    // A count at each step is a number per minute then, the unit of the charts of the metrics.
    .step('1m')
    .filters([])
