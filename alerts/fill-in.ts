/**
 * Puts a team's own addresses into the shipped files. It works on their text and imports nothing, so that the package's
 * command can do it where no YAML library is installed.
 */

/** What only the user knows. What is not given stays as shipped: the summary of each alert says where to look. */
export interface Own {
  /**
   * Address of the runbook. `{alert}` in it stands for the alert's name in lower case; without it `#` and that name are
   * appended: `https://wiki.example.com/runbook` gives `https://wiki.example.com/runbook#mangopayfailing`.
   */
  runbookUrl?: string
  /** Address of the dashboard, `https://grafana.example.com/d/mangopay-api-client`; the environment is appended. */
  dashboardUrl?: string
  /** Uid of the Prometheus data source, in Grafana's rules. As shipped: `prometheus`. */
  datasourceUid?: string
}

/** Where the runbook is until somebody has said it; in the summary of an alert and in the dashboard. */
export const RUNBOOK = 'docs/runbook.md of the npm package opentelemetry-mangopay'
const DASHBOARD = 'the dashboard "Mangopay API client"'
/** The data source as shipped: its uid in `grafana/otel-lgtm` and in many set-ups. */
export const DATASOURCE_UID = 'prometheus'

/** The end of a summary as shipped. */
export const whereToLook = (alert: string): string => `See ${alert} in ${RUNBOOK} and ${DASHBOARD}.`

/** The address of an alert's section. */
const runbookUrlOf = (runbookUrl: string, alert: string): string => {
  const anchor = alert.toLowerCase()
  return runbookUrl.includes('{alert}') ? runbookUrl.replaceAll('{alert}', anchor) : `${runbookUrl}#${anchor}`
}

/** A shipped rules file, Prometheus' or Grafana's, with a team's own addresses in it. */
export const fillInRules = (file: string, { runbookUrl, dashboardUrl, datasourceUid }: Own): string =>
  file
    .replace(
      /^( +)(summary: .*?) See (\w+) in docs\/runbook\.md of .*$/gm,
      (_, indent: string, summary, alert: string) => {
        const places = [
          ...(runbookUrl === undefined ? [`${alert} in ${RUNBOOK}`] : []),
          ...(dashboardUrl === undefined ? [DASHBOARD] : []),
        ]
        const lines = [places.length === 0 ? summary : `${summary} See ${places.join(' and ')}.`]
        if (runbookUrl !== undefined) lines.push(`runbook_url: ${runbookUrlOf(runbookUrl, alert)}`)
        if (dashboardUrl !== undefined) {
          const parameter = `${dashboardUrl.includes('?') ? '&' : '?'}var-environment={{ . | urlquery }}`
          lines.push(`dashboard_url: ${dashboardUrl}{{ with $labels.mangopay_environment }}${parameter}{{ end }}`)
        }
        return lines.map((line) => indent + line).join('\n')
      },
    )
    .replace(/^( +(?:datasourceUid|uid): )prometheus$/gm, (line, key: string) =>
      datasourceUid === undefined ? line : key + datasourceUid,
    )

/** The shipped dashboard with the address of a team's own runbook in it: where it is named, and as a link in the bar. */
export const fillInDashboard = (file: string, { runbookUrl }: Own): string => {
  if (runbookUrl === undefined) return file
  const dashboard = JSON.parse(file.replaceAll(RUNBOOK, runbookUrl)) as { links: Record<string, unknown>[] }
  const [first] = dashboard.links
  const url = runbookUrl.replaceAll('{alert}', '')
  dashboard.links.unshift({
    ...first,
    title: 'Runbook',
    tooltip: 'What each alert means and what to do',
    url,
    icon: 'doc',
  })
  return `${JSON.stringify(dashboard, null, 2)}\n`
}
