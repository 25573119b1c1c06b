/** The committed files are what the sources say, in the names that the library writes; Grafana's copy says the same. */

import { describe, expect, test } from 'vitest'
import { ALERT_NAMES, ALERTS } from '../../alerts/model.ts'
import { RENDERED } from '../../alerts/rendered.ts'
import { buildRules } from '../../alerts/rules.ts'
import { LABEL, SERIES, toPrometheus } from '../../alerts/spelling.ts'
import * as names from '../../src/names.ts'
import { grafanaRules, prometheusRules, read } from './files.ts'

test.each(Object.entries(RENDERED))('%s is what its source renders (npm run render)', (path, render) => {
  expect(read(path)).toBe(render())
})

test('every alert of the fixed set has a rule, and no other', () => {
  const alerts = new Set(prometheusRules.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? [])))
  expect([...alerts].sort()).toEqual([...ALERT_NAMES].sort())
})

test('every recording rule is named level:metric:operation, and says in the file what it is', () => {
  for (const { record, comment } of buildRules().records) {
    expect(record).toMatch(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/)
    expect(comment).toMatch(/^[A-Z].{20,}\.$/)
  }
  expect(read('alerts/mangopay.rules.yml')).toContain('# Forecast 1 of 5. ')
})

test('a summary is one headline, whatever fires; numbers are whole, and a label that is missing prints nothing', () => {
  for (const { summary } of Object.values(ALERTS)) expect(summary).toMatch(/^[A-Z][^{}]*\.$/)
  const texts = [...prometheusRules.flatMap(({ rules }) => rules), ...grafanaRules].flatMap(({ annotations = {} }) =>
    Object.values(annotations),
  )
  expect(texts.length).toBeGreaterThan(40)
  for (const text of texts) {
    expect(text).not.toMatch(/\bhumanize\b/)
    const values =
      /\{\{ (?:with \$values\.A \}\}\{\{ \.Value|\$value) \| (?:printf "%\.0f"|humanizePercentage|humanizeDuration) \}\}/g
    expect(text.replaceAll(values, '').replaceAll(/\{\{ with \$labels\.\w+ \}\}/g, '')).not.toMatch(/\$/)
  }
})

test('every metric and label in an expression is one that the library writes', () => {
  const ours = Object.values(names).filter((name) => typeof name === 'string')
  const written = new Set([...ours.map(toPrometheus), ...Object.values(LABEL), ...Object.values(SERIES)])
  const seen = new Set(
    buildRules()
      .records.map(({ expr }) => ({ expr }))
      .concat(buildRules().alerts)
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

test('a time scale shortens every duration and leaves every count alone', () => {
  const real = buildRules()
  const fast = buildRules({ scale: 1 / 30 })
  const durations = /\b(?:\d+(?:h|m|s|ms))+\b/g
  // Names of windows are no durations; an age is one, in seconds.
  const bare = (expr: string) => expr.replace(/"[^"]*"/g, '""').replace(/(?<=time\(\) - \S+ < )\d+/g, '$&s')
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

describe('Grafana', () => {
  const alerts = prometheusRules.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined))

  test('has every alert of the Prometheus file: same expression, same times', () => {
    const pick = (expr: unknown, forTime: string | undefined, keep: string | undefined) => ({ expr, forTime, keep })
    const theirs = alerts.map((rule) => pick(rule.expr, rule.for ?? '0s', rule.keep_firing_for))
    const copies = grafanaRules.map((rule) => pick(rule.data[0]?.model['expr'], rule.for, rule.keepFiringFor))
    expect(copies.slice(0, -1)).toEqual(theirs)
    // The one more says that the recording rules are missing.
    expect(copies.at(-1)?.expr).toContain('unless on () global:mangopay_rules:evaluated')
  })

  test('doubles the dollar in labels, where one would be an environment variable, and only there', () => {
    for (const { labels, annotations } of grafanaRules) {
      for (const label of Object.values(labels)) expect(label).not.toMatch(/(?<!\$)\$(?!\$)/)
      for (const note of Object.values(annotations)) expect(note).not.toContain('$$')
    }
    expect(grafanaRules[0]?.labels['severity']).toBe(
      '{{ if eq $$labels.mangopay_environment "sandbox" }}warning{{ else }}critical{{ end }}',
    )
    // Without data there is no value, and asking for one is an error in Grafana's log.
    expect(grafanaRules[0]?.annotations['description']).toContain(
      '{{ with $values.A }}{{ .Value | printf "%.0f" }}{{ end }}',
    )
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
  })

  test('has uids that Grafana accepts, each once', () => {
    const uids = grafanaRules.map(({ uid }) => uid)
    expect(new Set(uids).size).toBe(uids.length)
    for (const uid of uids) expect(uid).toMatch(/^[A-Za-z0-9_-]{1,40}$/)
    const titles = grafanaRules.map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  })
})
