/** The committed rule files, as the tests read them. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A rule of the Prometheus file. */
export interface PrometheusRule {
  alert?: string
  record?: string
  expr: string
  for?: string
  keep_firing_for?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

/** A rule of the Grafana file. */
export interface GrafanaRule {
  uid: string
  title: string
  condition: string
  data: { refId: string; datasourceUid: string; model: Record<string, unknown> }[]
  dashboardUid: string
  panelId: number
  for: string
  keepFiringFor?: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

/** Text of a file of the repository. */
export const read = (path: string): string => readFileSync(path, 'utf8')
/** The groups of the Prometheus file. */
export const prometheusRules = (parse(read('alerts/mangopay.rules.yml')) as { groups: { rules: PrometheusRule[] }[] })
  .groups
/** The rules of the Grafana file. */
export const grafanaRules =
  (parse(read('alerts/grafana-alerting.yaml')) as { groups: { rules: GrafanaRule[] }[] }).groups[0]?.rules ?? []
