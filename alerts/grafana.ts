/**
 * Rules as Grafana-managed alert rules in the shape of file provisioning. They ask the same Prometheus for the same
 * expressions and need its recording rules, so `mangopay.records.yml` has to be loaded there.
 */

import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { DASHBOARD } from '../dashboards/palette.ts'
import type { AlertName, AlertRule, Quote } from './model.ts'
import { annotations, type LinkOptions, severity } from './prometheus.ts'
import { RECORDS } from './records.ts'
import { buildRules, type RuleOptions } from './rules.ts'
import { LABEL, SERIES } from './spelling.ts'

/** The uid of the Prometheus data source. The default is the one of `grafana/otel-lgtm` and of many set-ups. */
const DATASOURCE_UID = 'prometheus'

/** The panel that shows an alert’s cause: Grafana draws the alert’s states into it and links to it. */
export const PANEL_OF: Readonly<Record<AlertName, number>> = {
  MangopayRateLimited: 14,
  MangopayRateLimitExhaustionPredicted: 11,
  MangopayRateLimitHeadroomLow: 10,
  MangopayRateLimitNearlyEmpty: 10,
  MangopayNothingSucceeds: 20,
  MangopayFailing: 22,
  MangopayErrorBudgetBurn: 62,
  MangopayAccessRefused: 21,
  MangopayLatencyHigh: 30,
  MangopayUnknownOutcomes: 23,
  MangopayTelemetryMissing: 70,
}

/** In annotations a single `$` is right: they are taken as they are. */
const quote: Quote = {
  value: (format) => `{{ $values.A.Value | ${format} }}`,
  label: (name) => `{{ $labels.${name} }}`,
  where: () => `{{ $labels.${LABEL.environment} }}{{ with $labels.${LABEL.job} }}, service {{ . }}{{ end }}`,
}

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
  summary: () => 'The recording rules of the Mangopay alerts are not loaded in Prometheus',
  description: () =>
    'Calls to Mangopay are reported, but alerts/mangopay.records.yml is not evaluated in this data source. Until it is, no other Mangopay alert can fire.',
})

const HEADER = `# The alerts of mangopay.rules.yml as Grafana-managed rules, for /etc/grafana/provisioning/alerting. Generated from
# alerts/*.ts of the repository of opentelemetry-mangopay. Your Prometheus needs the recording rules, mangopay.records.yml.
# Load the alerts in one of the two places only, or each fires twice.
# In labels a dollar sign is doubled, since Grafana reads a single one as an environment variable.
`

/** The file for Grafana’s alert provisioning. */
export const renderGrafana = (options: RuleOptions & LinkOptions & { datasourceUid?: string } = {}): string => {
  const { alerts, context, intervalMinutes } = buildRules(options)
  const rules = [...alerts, recordsMissing()].map((rule) => ({
    uid: uidOf(titleOf(rule)),
    title: titleOf(rule),
    condition: 'C',
    data: dataOf(rule.expr, options.datasourceUid ?? DATASOURCE_UID),
    dashboardUid: DASHBOARD.uid,
    panelId: PANEL_OF[rule.alert],
    noDataState: 'OK',
    execErrState: 'OK',
    for: context.span(rule.forMinutes),
    ...(rule.keepFiringForMinutes > 0 && { keepFiringFor: context.span(rule.keepFiringForMinutes) }),
    missing_series_evals_to_resolve: 1,
    annotations: annotations(rule, quote, options),
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
  return HEADER + stringify({ apiVersion: 1, groups: [group] }, { lineWidth: 0, blockQuote: 'literal' })
}
