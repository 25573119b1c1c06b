/**
 * Rules as Grafana-managed alert rules in the shape of file provisioning. They ask the same Prometheus for the same
 * expressions and need its recording rules, so `mangopay.records.yml` has to be loaded there.
 */

import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { DASHBOARD, PANELS } from '../dashboards/palette.ts'
import { DATASOURCE_UID, fillInRules, type Own } from './fill-in.ts'
import { ALERTS, type AlertRule } from './model.ts'
import { annotations, quoting, severity } from './prometheus.ts'
import { RECORDS } from './records.ts'
import { buildRules, type RuleOptions } from './rules.ts'
import { LABEL, SERIES } from './spelling.ts'

/** Without data there is no value, and a template that asks for one is an error in Grafana's log. */
const quote = quoting((format) => `{{ with $values.A }}{{ .Value | ${format} }}{{ end }}`)

const expression = (refId: string, model: Record<string, unknown>): Record<string, unknown> => ({
  refId,
  datasourceUid: '__expr__',
  model: { refId, datasource: { type: '__expr__', uid: '__expr__' }, ...model },
})

/**
 * Grafana’s own conversion of a Prometheus rule: a series that the query returns fires, whatever its value. The query has
 * no offset: the recording rules write at the moment of their evaluation, nothing arrives late.
 */
const dataOf = (expr: string, datasourceUid: string): Record<string, unknown>[] => [
  {
    refId: 'A',
    relativeTimeRange: { from: 600, to: 0 },
    datasourceUid,
    model: { refId: 'A', datasource: { type: 'prometheus', uid: datasourceUid }, expr, instant: true, range: false },
  },
  expression('B', { type: 'math', expression: 'is_number($A) || is_nan($A) || is_inf($A)' }),
  expression('C', {
    type: 'threshold',
    expression: 'B',
    conditions: [{ evaluator: { type: 'gt', params: [0] } }],
  }),
]

/** Stable: a rule keeps its uid, and with it its state and its silences, from release to release. */
const uidOf = (title: string): string => `mangopay-${createHash('sha256').update(title).digest('hex').slice(0, 16)}`

const titleOf = ({ alert, labels }: AlertRule): string =>
  labels ? `${alert} (${Object.values(labels).join(', ')})` : alert

/** Without the recording rules every other rule here is silent for ever: that has to be heard. */
const recordsMissing = (): AlertRule => ({
  alert: 'MangopayTelemetryMissing',
  labels: { reason: 'recording-rules' },
  urgency: 'ticket',
  expr: `group by (${LABEL.environment}) (${SERIES.requests}) unless on () ${RECORDS.evaluated}`,
  forMinutes: 10,
  keepFiringForMinutes: 0,
  description: ({ where }) =>
    `Calls to Mangopay${where()} are reported, but alerts/mangopay.records.yml is not evaluated in this data source. Until it is, no other Mangopay alert can fire.`,
})

const HEADER = `# The alerts of mangopay.rules.yml as Grafana-managed rules, for /etc/grafana/provisioning/alerting. Generated from
# alerts/*.ts of the repository of opentelemetry-mangopay. Your Prometheus needs the recording rules, mangopay.records.yml.
# Load the alerts in one of the two places only, or each fires twice.
# In labels a dollar sign is doubled, since Grafana reads a single one as an environment variable.
`

/** The file for Grafana’s alert provisioning. In annotations a single `$` is right: they are taken as they are. */
export const renderGrafana = (options: RuleOptions & Own = {}): string => {
  const { alerts, context, intervalMinutes } = buildRules(options)
  const rules = [...alerts, recordsMissing()].map((rule) => ({
    uid: uidOf(titleOf(rule)),
    title: titleOf(rule),
    condition: 'C',
    data: dataOf(rule.expr, DATASOURCE_UID),
    dashboardUid: DASHBOARD.uid,
    panelId: PANELS[ALERTS[rule.alert].panel].id,
    noDataState: 'OK',
    execErrState: 'OK',
    for: context.span(rule.forMinutes),
    ...(rule.keepFiringForMinutes > 0 && { keepFiringFor: context.span(rule.keepFiringForMinutes) }),
    missing_series_evals_to_resolve: 1,
    annotations: annotations(rule, quote),
    labels: { severity: severity(rule, '$$'), ...rule.labels },
    isPaused: false,
  }))
  const group = {
    orgId: 1,
    name: 'mangopay-alerts',
    folder: 'Mangopay',
    interval: context.span(intervalMinutes),
    rules,
  }
  return fillInRules(
    HEADER + stringify({ apiVersion: 1, groups: [group] }, { lineWidth: 0, blockQuote: 'literal' }),
    options,
  )
}
