/** Rules as Prometheus reads them. */

import { stringify } from 'yaml'
import type { AlertRule, Quote } from './model.ts'
import { buildRules, type RuleOptions, type Rules } from './rules.ts'
import { LABEL } from './spelling.ts'

/** Where the runbook is; `#` and the alert’s name in lower case follow. The default is the path inside the package. */
export const RUNBOOK_BASE = 'node_modules/opentelemetry-mangopay/docs/runbook.md'

/** Where the dashboard is; the variables follow. The default is the path inside the package. */
export const DASHBOARD_BASE = 'node_modules/opentelemetry-mangopay/dashboards/mangopay-api-client.json'

/** Where the annotations of all alerts point to. */
export interface LinkOptions {
  /** @default RUNBOOK_BASE */
  runbookBase?: string
  /** @default DASHBOARD_BASE */
  dashboardBase?: string
}

/** The runbook’s anchor of an alert. */
export const anchorOf = (alert: string): string => alert.toLowerCase()

/** `severity` as a template: in the sandbox no money moves and nobody is woken. `$` as the reader of the file wants it. */
export const severity = ({ urgency }: AlertRule, dollar = '$'): string =>
  urgency === 'ticket'
    ? 'warning'
    : `{{ if eq ${dollar}labels.${LABEL.environment} "sandbox" }}warning{{ else }}critical{{ end }}`

/** The annotations of an alert. */
export const annotations = (rule: AlertRule, quote: Quote, links: LinkOptions): Record<string, string> => ({
  summary: rule.summary(quote),
  description: rule.description(quote),
  runbook_url: `${links.runbookBase ?? RUNBOOK_BASE}#${anchorOf(rule.alert)}`,
  dashboard_url: `${links.dashboardBase ?? DASHBOARD_BASE}?var-environment=${quote.label(LABEL.environment)}`,
})

const quote: Quote = {
  value: (format) => `{{ $value | ${format} }}`,
  label: (name) => `{{ $labels.${name} }}`,
  where: () => `{{ $labels.${LABEL.environment} }}{{ with $labels.${LABEL.job} }}, service {{ . }}{{ end }}`,
}

const HEADER = `# Alerts and recording rules for the metrics of opentelemetry-mangopay. Generated from alerts/*.ts of its repository.
# Prometheus 2.42 and later. Load it with \`rule_files\`. What each alert means: docs/runbook.md; its numbers and how to
# change them, and the one command that puts your own runbook and dashboard links in: docs/alerts.md.
`

/**
 * Rules as Prometheus’ YAML. One group: its rules are evaluated one after the other, so that an alert sees what was
 * recorded a moment ago; a group of its own would see it up to a minute late.
 */
export const renderGroup = ({ records, alerts, context, intervalMinutes }: Rules, links: LinkOptions = {}): string => {
  const rules = [
    ...records,
    ...alerts.map((rule) => ({
      alert: rule.alert,
      expr: rule.expr,
      ...(rule.forMinutes > 0 && { for: context.span(rule.forMinutes) }),
      ...(rule.keepFiringForMinutes > 0 && { keep_firing_for: context.span(rule.keepFiringForMinutes) }),
      labels: { severity: severity(rule), ...rule.labels },
      annotations: annotations(rule, quote, links),
    })),
  ]
  const groups = [{ name: 'mangopay', interval: context.span(intervalMinutes), rules }]
  return stringify({ groups }, { lineWidth: 0, blockQuote: 'literal' })
}

/**
 * The rules file of Prometheus.
 *
 * @param options Time scale and numbers, for tests; links.
 */
export const renderRules = (options: RuleOptions & LinkOptions = {}): string =>
  HEADER + renderGroup(buildRules(options), options)

const RECORDS_HEADER = `# The recording rules of mangopay.rules.yml without its alerts: for those who alert with grafana-alerting.yaml. Load one of
# the two files, not both. Generated from alerts/*.ts of the repository of opentelemetry-mangopay.
`

/** The recording rules alone. */
export const renderRecords = (options: RuleOptions = {}): string =>
  RECORDS_HEADER + renderGroup({ ...buildRules(options), alerts: [] })
