/** Grafana's copy of the alerts says the same as Prometheus'. */

import { describe, expect, test } from 'vitest'
import { grafanaRules, prometheusRules, read } from './files.ts'

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
    const texts = grafanaRules.flatMap(({ annotations }) => Object.values(annotations)).join('\n')
    expect(texts).toContain('{{ with $values.A }}{{ .Value | printf "%.0f" }}{{ end }}')
    expect(texts.replaceAll(/\{\{ with \$(values\.A|labels\.\w+) \}\}/g, '')).not.toMatch(/\$/)
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
