/** Which files are rendered, and how. */

import { renderAlertmanager } from './alertmanager.ts'
import { renderGrafana } from './grafana.ts'
import { renderNumbersPage } from './numbers-page.ts'
import { renderRecords, renderRules } from './prometheus.ts'

/** The rendered files by their path from the root of the repository. */
export const RENDERED: Readonly<Record<string, () => string>> = {
  'alerts/mangopay.rules.yml': () => renderRules(),
  'alerts/mangopay.records.yml': () => renderRecords(),
  'alerts/grafana-alerting.yaml': () => renderGrafana(),
  'alerts/alertmanager.example.yml': renderAlertmanager,
  'docs/alerts.md': renderNumbersPage,
}
