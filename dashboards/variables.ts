/** The choices on top of the dashboard, what is drawn over its charts, and the links beside. */
import type { AnnotationQuery, DashboardLink, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import { buildRules } from '../alerts/rules.ts'
import { LABEL, SERIES } from '../alerts/spelling.ts'
import { exploreUrl, SPAN, spans } from './links.ts'
import { LEVEL_COLOURS } from './palette.ts'
import { DATASOURCES } from './panels.ts'
import { SCOPE } from './promql.ts'

const datasource = (name: string, label: string, type: string, description: string): VariableModel =>
  new dashboard.DatasourceVariableBuilder(name).label(label).description(description).type(type).build()

/**
 * A list of values that series have in the range. All means `.*`, not `.+`: a value that is missing is no reason to hide
 * a series, and a plus sign would not survive in the address of a link.
 */
const values = (
  name: string,
  label: string,
  description: string,
  series: string,
  key: string,
): dashboard.QueryVariableBuilder => {
  const query = `label_values(${series}, ${key})`
  return (
    new dashboard.QueryVariableBuilder(name)
      .label(label)
      .description(description)
      .datasource(DATASOURCES.prometheus)
      .definition(query)
      // 1: label_values, the kind of query that Grafana's editor shows for it.
      .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
      .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
      .sort(dashboard.VariableSort.AlphabeticalCaseInsensitiveAsc)
      .multi(true)
      .includeAll(true)
      .allValue('.*')
      .current({ selected: true, text: ['All'], value: ['$__all'] })
  )
}

const of = (matchers: readonly string[]): string => `${SERIES.requests}{${matchers.join(', ')}}`

/** Data sources, then whose calls. */
export const variables = (): VariableModel[] => [
  datasource('datasource', 'Data Source', 'prometheus', 'Prometheus, Mimir or anything that speaks PromQL'),
  datasource(
    'tempo',
    'Tempo',
    'tempo',
    'Where the traces are; everything but the trace panels and links works without',
  ),
  values(
    'environment',
    'Environment',
    'Production, sandbox, or the name given with the hosts option',
    SERIES.requests,
    LABEL.environment,
  ).build(),
  values(
    'job',
    'Service',
    'Job of the series: service.namespace/service.name',
    of(SCOPE.environments),
    LABEL.job,
  ).build(),
  values('operation', 'Operation', 'Method and route of the API', of(SCOPE.services), LABEL.operation).build(),
]

/** Grafana's own, which every dashboard has: its alerts draw themselves into the panels they name. */
const builtIn: AnnotationQuery = {
  builtIn: 1,
  datasource: { type: 'grafana', uid: '-- Grafana --' },
  enable: true,
  hide: true,
  iconColor: LEVEL_COLOURS.plain,
  name: 'Annotations & Alerts',
  type: 'dashboard',
}

const annotation = (name: string, enable: boolean, iconColor: string, expr: string, title: string, text: string) =>
  ({
    datasource: DATASOURCES.prometheus,
    enable,
    expr,
    hide: false,
    iconColor,
    name,
    step: '60s',
    target: { expr, interval: '1m', refId: 'Anno' } as unknown as NonNullable<AnnotationQuery['target']>,
    textFormat: text,
    titleFormat: title,
  }) satisfies AnnotationQuery

/** An alert may be about no environment in particular; it concerns everybody. */
const firing = (...matchers: readonly string[]): string =>
  `ALERTS{${[...matchers, 'alertstate="firing"', `${LABEL.environment}=~"$environment|"`].join(', ')}}`

/**
 * Only the minutes in which alerts began, each with one label that says what it is about: a region would tint all that is
 * drawn under it for as long as the alert lasts, and Grafana writes the name of a label that is missing.
 */
const began = (alerts: string): string => `label_replace(
  label_join(${alerts} unless ${alerts} offset 1m, "about", ", ", "${LABEL.environment}", "${LABEL.job}"),
  "about", "$1", "about", "(.*), "
)`

/** Alerts that page in production, by name: their severity is a lower one in the sandbox, which one looks at as well. */
const pages = ((): string => {
  const { alerts } = buildRules()
  const urgent = alerts.filter(({ urgency }) => urgency === 'page')
  const named = `alertname=~"${[...new Set(urgent.map(({ alert }) => alert))].join('|')}"`
  // Where an alert of that name also has a mild form, its labels tell them apart.
  const mild = alerts.filter((rule) => rule.urgency === 'ticket' && urgent.some(({ alert }) => alert === rule.alert))
  const others = mild.flatMap(({ labels = {} }) => Object.entries(labels).map(([name, value]) => `${name}!="${value}"`))
  return firing(named, ...others)
})()

const version = (offset: string): string =>
  `group by (${LABEL.job}, service_version) (${SERIES.requests}{${SCOPE.services.join(', ')}, service_version!=""}${offset})`

/** Marks over the charts. Only what pages is shown from the start. */
export const annotations = (): AnnotationQuery[] => [
  builtIn,
  annotation('Alerts that page', true, LEVEL_COLOURS.bad, began(pages), '{{alertname}} begins', '{{about}}'),
  annotation(
    'Other alerts',
    false,
    LEVEL_COLOURS.warn,
    began(`(${firing('alertname=~"Mangopay.*"')} unless ${pages})`),
    '{{alertname}} begins',
    '{{about}}',
  ),
  annotation(
    'Deployments',
    false,
    LEVEL_COLOURS.plain,
    // Empty unless Prometheus promotes service.version to a label.
    `${version('')} unless ${version(' offset 10m')}`,
    'New version',
    `{{${LABEL.job}}} {{service_version}}`,
  ),
]

const link = (title: string, tooltip: string, url: string, icon: string): DashboardLink => ({
  ...new dashboard.DashboardLinkBuilder(title).url(url).tooltip(tooltip).icon(icon).targetBlank(true).build(),
  type: dashboard.DashboardLinkType.Link,
})

/** Links in the bar. */
export const links = (): DashboardLink[] => [
  link('Failing calls', 'Traces of failing calls in Explore', exploreUrl(spans(SPAN.environment, SPAN.failed)), 'bolt'),
  link('Mangopay status', 'What Mangopay says about itself', 'https://status.mangopay.com', 'external link'),
]
