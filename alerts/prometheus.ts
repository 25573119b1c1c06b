/** Rules as Prometheus reads them. */

import { Document, type YAMLMap, type YAMLSeq } from 'yaml'
import { fillInRules, type Own, whereToLook } from './fill-in.ts'
import { ALERTS, type AlertRule, type Quote } from './model.ts'
import { buildRules, type RuleOptions, type Rules } from './rules.ts'
import { LABEL } from './spelling.ts'

/** The runbook’s anchor of an alert. */
export const anchorOf = (alert: string): string => alert.toLowerCase()

/** `severity` as a template: in the sandbox no money moves and nobody is woken. `$` as the reader of the file wants it. */
export const severity = ({ urgency }: AlertRule, dollar = '$'): string =>
  urgency === 'ticket'
    ? 'warning'
    : `{{ if eq ${dollar}labels.${LABEL.environment} "sandbox" }}warning{{ else }}critical{{ end }}`

/** The annotations of an alert, as shipped. */
export const annotations = (rule: AlertRule, quote: Quote): Record<string, string> => ({
  summary: `${ALERTS[rule.alert].summary} ${whereToLook(rule.alert)}`,
  description: rule.description(quote),
})

const fill = (text: string): string => `{{ ${text} }}`
/** A text that is there only if the label is; inside, `.` is the label's value. */
const withLabel = (name: string, text: string): string => `${fill(`with $labels.${name}`)}${text}${fill('end')}`

/** How the templates of Prometheus and Grafana quote; they differ in where the value is. */
export const quoting = (value: (format: string) => string): Quote => ({
  value: (as) => value({ count: 'printf "%.0f"', share: 'humanizePercentage', duration: 'humanizeDuration' }[as]),
  label: (name) => withLabel(name, fill('.')),
  where: (...labels) =>
    [
      withLabel(LABEL.environment, ` of ${fill('.')}`),
      ...labels.map((name) => withLabel(LABEL[name], `, ${name === 'job' ? 'service' : name} ${fill('.')}`)),
    ].join(''),
})

const quote = quoting((format) => fill(`$value | ${format}`))

const HEADER = `# Alerts and recording rules for the metrics of opentelemetry-mangopay. Generated from alerts/*.ts of its repository.
# Prometheus 2.42 and later. Load it with \`rule_files\`. What each alert means: docs/runbook.md; its numbers and how to
# change them: docs/alerts.md. With your own links to runbook and dashboard: npx opentelemetry-mangopay rules --help
`

/** Comments of at most so many characters a line, as `yaml` wants them: a space after the `#` that it adds. */
const comment = (text: string, indent = 6): string => {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length + indent > 116) lines.push(` ${word}`)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines.join('\n')
}

/**
 * For pint, which asks a server for all that an expression names: what a rule may well not find there, and categories and
 * outcomes that nobody has met for a week.
 */
const forPint = ({ expr, mayBeAbsent = [] }: AlertRule): string =>
  [
    ...mayBeAbsent.map((name) => ` pint disable promql/series(${name})`),
    ...[LABEL.category, LABEL.outcome]
      .filter((label) => new RegExp(`${label}=`).test(expr))
      .map((label) => ` pint rule/set promql/series ignore/label-value ${label}`),
  ].join('\n')

/**
 * Rules as Prometheus’ YAML. One group: its rules are evaluated one after the other, so that an alert sees what was
 * recorded a moment ago; a group of its own would see it up to a minute late.
 */
export const renderGroup = ({ records, alerts, context, intervalMinutes }: Rules): string => {
  const rules = [
    ...records.map(({ record, expr }) => ({ record, expr })),
    ...alerts.map((rule) => ({
      alert: rule.alert,
      expr: rule.expr,
      ...(rule.forMinutes > 0 && { for: context.span(rule.forMinutes) }),
      ...(rule.keepFiringForMinutes > 0 && { keep_firing_for: context.span(rule.keepFiringForMinutes) }),
      labels: { severity: severity(rule), ...rule.labels },
      annotations: annotations(rule, quote),
    })),
  ]
  const groups = [{ name: 'mangopay', interval: context.span(intervalMinutes), rules }]
  const document = new Document({ groups })
  const comments = [...records.map(({ comment: text }) => comment(text)), ...alerts.map(forPint)]
  const nodes = document.getIn(['groups', 0, 'rules']) as YAMLSeq<YAMLMap>
  nodes.items.forEach((node, i) => {
    node.spaceBefore = i > 0
    if (comments[i]) node.commentBefore = comments[i]
  })
  return document.toString({ lineWidth: 0, blockQuote: 'literal' })
}

/**
 * The rules file of Prometheus.
 *
 * @param options Time scale and numbers, for tests; a team's own addresses.
 */
export const renderRules = (options: RuleOptions & Own = {}): string =>
  fillInRules(HEADER + renderGroup(buildRules(options)), options)

const RECORDS_HEADER = `# The recording rules of mangopay.rules.yml without its alerts: for those who alert with grafana-alerting.yaml. Load one of
# the two files, not both. Generated from alerts/*.ts of the repository of opentelemetry-mangopay.
`

/** The recording rules alone. */
export const renderRecords = (options: RuleOptions = {}): string =>
  RECORDS_HEADER + renderGroup({ ...buildRules(options), alerts: [] })
