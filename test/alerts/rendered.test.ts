/** The committed files are what the sources say, and Grafana's copy says the same as Prometheus'. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { PANEL_OF } from '../../alerts/grafana.ts'
import { INHIBIT_RULES } from '../../alerts/inhibition.ts'
import { ALERT_NAMES } from '../../alerts/model.ts'
import { DASHBOARD_BASE, RUNBOOK_BASE } from '../../alerts/prometheus.ts'
import { RENDERED } from '../../alerts/rendered.ts'
import { buildRules } from '../../alerts/rules.ts'
import { LABEL, SERIES, toPrometheus } from '../../alerts/spelling.ts'
import * as names from '../../src/names.ts'
import { have, pathOf } from '../stack/tools.ts'

interface PrometheusRule {
  alert?: string
  record?: string
  expr: string
  for?: string
  keep_firing_for?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}
interface GrafanaRule {
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

const read = (path: string): string => readFileSync(path, 'utf8')
const prometheusRules = (parse(read('alerts/mangopay.rules.yml')) as { groups: { rules: PrometheusRule[] }[] }).groups
const grafanaRules =
  (parse(read('alerts/grafana-alerting.yaml')) as { groups: { rules: GrafanaRule[] }[] }).groups[0]?.rules ?? []

test.each(Object.entries(RENDERED))('%s is what its source renders (npm run render)', (path, render) => {
  expect(read(path)).toBe(render())
})

test('every alert of the fixed set has a rule, and no other', () => {
  const alerts = new Set(prometheusRules.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? [])))
  expect([...alerts].sort()).toEqual([...ALERT_NAMES].sort())
})

test('every metric and label in an expression is one that the library writes', () => {
  const ours = Object.values(names).filter((name) => typeof name === 'string')
  const written = new Set([...ours.map(toPrometheus), ...Object.values(LABEL), ...Object.values(SERIES)])
  const seen = new Set(
    buildRules()
      .records.concat(buildRules().alerts.map(({ alert, expr }) => ({ record: alert, expr })))
      .flatMap(({ expr }) => expr.match(/(?<![:\w])(?:mangopay|http)_[a-z_0-9]+(?![:\w])/g) ?? []),
  )
  expect([...seen].filter((name) => !written.has(name))).toEqual([])
  expect(seen).toContain('mangopay_client_requests_total')
  expect(SERIES.durationBucketOtlp).toBe('mangopay_client_request_duration_seconds_bucket')
  expect(SERIES.durationBucketPull).toBe('mangopay_client_request_duration_bucket')
})

test('every category named in a rule is one that the library writes', () => {
  const known = Object.entries(names).flatMap(([key, value]) =>
    key.startsWith('MANGOPAY_ERROR_CATEGORY') ? [value] : [],
  )
  const named = buildRules()
    .alerts.flatMap(({ expr }) => [...expr.matchAll(/mangopay_error_category[!=~]+"([^"]*)"/g)])
    .flatMap(([, values = '']) => values.split('|'))
  expect(named.filter((category) => category !== '' && !known.includes(category))).toEqual([])
  expect(named.length).toBeGreaterThan(20)
})

describe('Grafana', () => {
  const alerts = prometheusRules.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined))

  test('has every alert of the Prometheus file: same expression, same times', () => {
    const pick = (expr: unknown, forTime: string | undefined, keep: string | undefined) => ({ expr, forTime, keep })
    const theirs = alerts.map((rule) => pick(rule.expr, rule.for ?? '0s', rule.keep_firing_for))
    const copies = grafanaRules.map((rule) => pick(rule.data[0]?.model['expr'], rule.for, rule.keepFiringFor))
    expect(copies.slice(0, -1)).toEqual(theirs)
    // The one more says that the recording rules are missing.
    expect(copies.at(-1)?.expr).toContain('unless on () mangopay_rules:evaluated')
  })

  test('doubles the dollar in labels, where one would be an environment variable, and only there', () => {
    for (const { labels, annotations } of grafanaRules) {
      for (const label of Object.values(labels)) expect(label).not.toMatch(/(?<!\$)\$(?!\$)/)
      for (const note of Object.values(annotations)) expect(note).not.toContain('$$')
    }
    expect(grafanaRules[0]?.labels['severity']).toBe(
      '{{ if eq $$labels.mangopay_environment "sandbox" }}warning{{ else }}critical{{ end }}',
    )
    expect(grafanaRules[0]?.annotations['summary']).toContain('$values.A.Value')
  })

  test('evaluates query, number and threshold, in this order', () => {
    for (const { condition, data } of grafanaRules) {
      expect(condition).toBe('C')
      expect(data.map(({ refId, datasourceUid }) => `${refId} ${datasourceUid}`)).toEqual([
        'A prometheus',
        'B __expr__',
        'C __expr__',
      ])
    }
  })

  test('points to panels that the dashboard has, by its uid', () => {
    interface Panel {
      id: number
      type: string
      title: string
      panels?: Panel[]
    }
    const dashboard = JSON.parse(read('dashboards/mangopay-api-client.json')) as { uid: string; panels: Panel[] }
    const all = (panels: Panel[]): Panel[] => panels.flatMap((panel) => [panel, ...all(panel.panels ?? [])])
    const titles = new Map(all(dashboard.panels).map(({ id, type, title }) => [id, `${type} ${title}`]))
    for (const rule of grafanaRules) {
      expect(rule.dashboardUid).toBe(dashboard.uid)
      expect(titles.get(rule.panelId), rule.title).toMatch(/^(timeseries|table) /)
    }
    expect(titles.get(PANEL_OF.MangopayRateLimited)).toContain('429')
    expect(titles.get(PANEL_OF.MangopayLatencyHigh)).toContain('Latency')
    expect(titles.get(PANEL_OF.MangopayUnknownOutcomes)).toContain('may have happened')
    expect(titles.get(PANEL_OF.MangopayRateLimitExhaustionPredicted)).toContain('forecast')
  })

  test('has uids that Grafana accepts, each once', () => {
    const uids = grafanaRules.map(({ uid }) => uid)
    expect(new Set(uids).size).toBe(uids.length)
    for (const uid of uids) expect(uid).toMatch(/^[A-Za-z0-9_-]{1,40}$/)
    const titles = grafanaRules.map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  })
})

test('a time scale shortens every duration and leaves every count alone', () => {
  const real = buildRules()
  const fast = buildRules({ scale: 1 / 30 })
  const durations = /\b(?:\d+(?:h|m|s|ms))+\b/g
  // Names of windows are no durations.
  const bare = (expr: string) => expr.replace(/"[^"]*"/g, '""')
  const text = (rules: typeof real) => [...rules.records, ...rules.alerts].map(({ expr }) => bare(expr)).join('\n')
  const pairs = (text(real).match(durations) ?? []).map((one, i) => [one, (text(fast).match(durations) ?? [])[i]])
  expect(new Set(pairs.map(([a, b]) => `${a} ${b}`))).toContain('5m 10s')
  for (const [a, b] of pairs) expect(b, `${a} is shortened`).not.toBe(a)
  const numbers = (rules: typeof real) =>
    rules.alerts.map(({ expr }) =>
      bare(expr)
        .replace(durations, '')
        .match(/[\d.]+/g),
    )
  expect(numbers(fast)).toEqual(numbers(real))
})

describe('the command that sets a team’s own links', () => {
  const command = /```sh\n(sed [^`]*)```/.exec(read('docs/alerts.md'))?.[1] ?? ''

  test('works as documented, on both files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mangopay-links-'))
    try {
      for (const file of ['mangopay.rules.yml', 'grafana-alerting.yaml'])
        writeFileSync(join(folder, file), read(`alerts/${file}`))
      execFileSync('sh', ['-c', command], { cwd: folder })
      for (const file of ['mangopay.rules.yml', 'grafana-alerting.yaml']) {
        const text = read(join(folder, file))
        expect(text).not.toContain(RUNBOOK_BASE)
        expect(text).not.toContain(DASHBOARD_BASE)
        expect(text).not.toMatch(/uid: prometheus$/im)
        expect(text).toContain('runbook_url: https://wiki.example.com/mangopay#mangopayratelimited')
        expect(text).toContain(
          'dashboard_url: https://grafana.example.com/d/mangopay-api-client?var-environment={{ $labels.mangopay_environment }}',
        )
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

test('the example for Alertmanager holds the inhibitions', () => {
  const { inhibit_rules } = parse(read('alerts/alertmanager.example.yml')) as { inhibit_rules: unknown }
  expect(inhibit_rules).toEqual(INHIBIT_RULES)
})

test.skipIf(!have('amtool'))('the example for Alertmanager passes its own check and wakes only for critical', () => {
  const amtool = (...args: string[]) => execFileSync(pathOf('amtool'), args, { encoding: 'utf8' })
  expect(amtool('check-config', 'alerts/alertmanager.example.yml')).toContain('SUCCESS')
  const route = (...labels: string[]) =>
    amtool('config', 'routes', 'test', '--config.file=alerts/alertmanager.example.yml', ...labels).trim()
  expect(route('alertname=MangopayFailing', 'severity=critical')).toBe('page')
  expect(route('alertname=MangopayFailing', 'severity=warning')).toBe('ticket')
})
