/** A team's own addresses in the shipped files: what the package's command does. */

import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { fillInDashboard, fillInRules, RUNBOOK } from '../../alerts/fill-in.ts'
import { ALERT_NAMES, ALERTS } from '../../alerts/model.ts'
import { type GrafanaRule, type PrometheusRule, read } from './files.ts'

const own = {
  runbookUrl: 'https://wiki.example.com/mangopay',
  dashboardUrl: 'https://grafana.example.com/d/mangopay-api-client?orgId=1',
  datasourceUid: 'my-prometheus',
}
const rulesOf = (text: string): (PrometheusRule | GrafanaRule)[] =>
  (parse(text) as { groups: { rules: PrometheusRule[] }[] }).groups.flatMap(({ rules }) => rules)
const alertsOf = (text: string) => rulesOf(text).filter((rule) => 'annotations' in rule)

test.each(['mangopay.rules.yml', 'grafana-alerting.yaml'])(
  '%s as shipped says where to look, and links nowhere',
  (file) => {
    const alerts = alertsOf(read(`alerts/${file}`))
    expect(alerts.length).toBeGreaterThanOrEqual(ALERT_NAMES.length)
    for (const { annotations } of alerts) {
      expect(Object.keys(annotations ?? {})).toEqual(['summary', 'description'])
      expect(annotations?.['summary']).toContain(RUNBOOK)
      expect(annotations?.['summary']).toContain('the dashboard "Mangopay API client"')
    }
  },
)

test.each(['mangopay.rules.yml', 'grafana-alerting.yaml'])(
  '%s with addresses: links that work, bare headlines',
  (file) => {
    const shipped = read(`alerts/${file}`)
    const filled = fillInRules(shipped, own)
    const [before, after] = [rulesOf(shipped), rulesOf(filled)]
    expect(filled).not.toContain('docs/runbook.md of')
    expect(filled).not.toMatch(/uid: prometheus$/im)
    after.forEach(({ annotations, ...rule }, i) => {
      // Nothing else has changed.
      const { annotations: old, ...was } = before[i] as PrometheusRule
      const uid = /("(?:datasourceUid|uid)":)"prometheus"/g
      expect(rule).toEqual(JSON.parse(JSON.stringify(was).replaceAll(uid, '$1"my-prometheus"')))
      if (annotations === undefined) return
      const name = Object.keys(ALERTS).find((one) => old?.['summary']?.includes(`See ${one} `)) as keyof typeof ALERTS
      expect(annotations).toEqual({
        summary: ALERTS[name].summary,
        runbook_url: `https://wiki.example.com/mangopay#${name.toLowerCase()}`,
        dashboard_url:
          'https://grafana.example.com/d/mangopay-api-client?orgId=1{{ with $labels.mangopay_environment }}&var-environment={{ . | urlquery }}{{ end }}',
        description: old?.['description'],
      })
    })
  },
)

test('what is not given stays: half of the summary, the data source', () => {
  const filled = fillInRules(read('alerts/grafana-alerting.yaml'), {
    runbookUrl: 'https://wiki.example.com/{alert}.html',
  })
  const [first] = alertsOf(filled)
  expect(first?.annotations).toMatchObject({
    summary: `${ALERTS.MangopayRateLimited.summary} See the dashboard "Mangopay API client".`,
    runbook_url: 'https://wiki.example.com/mangopayratelimited.html',
  })
  expect(first?.annotations).not.toHaveProperty('dashboard_url')
  expect(filled).toMatch(/uid: prometheus$/m)
  expect(fillInRules(filled, {})).toBe(filled)
})

test('the dashboard names the runbook where it is, and links to it', () => {
  const shipped = read('dashboards/mangopay-api-client.json')
  expect(fillInDashboard(shipped, {})).toBe(shipped)
  const filled = fillInDashboard(shipped, own)
  expect(filled).not.toContain(RUNBOOK)
  const { links } = JSON.parse(filled) as { links: { title: string; url: string; type: string }[] }
  expect(links[0]).toMatchObject({ title: 'Runbook', url: own.runbookUrl, type: 'link' })
})
