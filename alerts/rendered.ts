/** Which files are rendered, and how. */

import { readFileSync } from 'node:fs'
import { runbookPage } from '../examples/demo/page/runbook.ts'
import { renderAlertmanager } from './alertmanager.ts'
import { renderGrafana } from './grafana.ts'
import { renderRecords, renderRules } from './prometheus.ts'
import { THRESHOLDS, type Threshold } from './thresholds.ts'

const HEAD = '| number | value | reason |\n| --- | --- | --- |\n'

const VALUE: Record<Threshold['unit'], (value: number) => string> = {
  share: (value) => `${Math.round(value * 1000) / 10} %`,
  count: String,
  minutes: (value) => `${value} min`,
  factor: String,
}

/** `docs/alerts.md`, whose last part is the table of all numbers; what stands above it is written by hand. */
const renderNumbersPage = (): string => {
  const page = readFileSync('docs/alerts.md', 'utf8')
  const start = page.indexOf(HEAD)
  if (start === -1) throw new Error('docs/alerts.md has no table of numbers to write')
  const rows = Object.entries(THRESHOLDS).map(
    ([name, { value, unit, reason }]) => `| \`${name}\` | ${VALUE[unit](value)} | ${reason} |\n`,
  )
  return page.slice(0, start) + HEAD + rows.join('')
}

/** The demo in Docker has addresses of its own; Grafana serves the page from its public folder. */
const DOCKER = {
  runbookUrl: 'http://localhost:3000/public/mangopay-runbook.html',
  dashboardUrl: 'http://localhost:3000/d/mangopay-api-client',
}

/** The rendered files by their path from the root of the repository. */
export const RENDERED: Readonly<Record<string, () => string>> = {
  'alerts/mangopay.rules.yml': () => renderRules(),
  'alerts/mangopay.records.yml': () => renderRecords(),
  'alerts/grafana-alerting.yaml': () => renderGrafana(),
  'alerts/alertmanager.example.yml': renderAlertmanager,
  'docs/alerts.md': renderNumbersPage,
  'docker/mangopay.rules.yml': () => renderRules(DOCKER),
  'docker/grafana-alerting.yaml': () => renderGrafana(DOCKER),
  'docker/runbook.html': () => runbookPage('docs/runbook.md').replaceAll(/<link [^>]*>/g, ''),
}
