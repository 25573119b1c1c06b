/** What the stack is given: dashboard, alerts, Alertmanager and the stories of the demo. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { INHIBIT_RULES } from '../../alerts/alertmanager.ts'
import { ALERT_NAMES } from '../../alerts/model.ts'
import { LABEL } from '../../alerts/spelling.ts'
import { programme } from '../../examples/docker/programme.ts'
import { SCENARIOS } from '../../examples/scenarios.ts'
import { PROVIDERS_SCHEMA, type Service } from './compose.ts'
import { lgtm, mounts, mountsOf, overlay, problems, read, sourceOf } from './files.ts'

describe('what the stack is given', () => {
  it('a dashboard that its provider finds and that is the home page', () => {
    const path = sourceOf('/otel-lgtm/grafana/conf/provisioning/dashboards/mangopay.yaml')
    const provided = parse(readFileSync(path ?? '', 'utf8')) as { providers: { options: { path: string } }[] }
    expect(problems(PROVIDERS_SCHEMA, provided)).toEqual([])
    const home = lgtm.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? ''
    expect(home.startsWith(`${provided.providers[0]?.options.path}/`)).toBe(true)
    expect(JSON.parse(readFileSync(sourceOf(home) ?? '', 'utf8'))).toMatchObject({ uid: 'mangopay-api-client' })
  })

  it('alerts of Grafana, where it looks for them', () => {
    expect(sourceOf('/otel-lgtm/grafana/conf/provisioning/alerting/mangopay.yaml')).toMatch(
      /docker\/grafana-alerting\.yaml$/,
    )
  })

  it('alerts whose links lead to this Grafana: its dashboard, and a section of the runbook that it serves', () => {
    const page = readFileSync(sourceOf('/otel-lgtm/grafana/public/mangopay-runbook.html') ?? '', 'utf8')
    for (const target of [
      '/otel-lgtm/rules/mangopay.rules.yml',
      '/otel-lgtm/grafana/conf/provisioning/alerting/mangopay.yaml',
    ]) {
      const text = readFileSync(sourceOf(target) ?? '', 'utf8')
      const sections = [
        ...text.matchAll(/runbook_url: http:\/\/localhost:3000\/public\/mangopay-runbook\.html#(\w+)$/gm),
      ]
      expect(sections.length).toBeGreaterThanOrEqual(ALERT_NAMES.length)
      for (const [, section] of sections) expect(page).toContain(`<section id="${section}">`)
      expect(text.match(/dashboard_url: "?http:\/\/localhost:3000\/d\/mangopay-api-client\{\{/g)).toHaveLength(
        sections.length,
      )
    }
  })

  it('an Alertmanager that Prometheus finds with the overlay only', () => {
    const { alerting } = parse(read('prometheus.yaml')) as {
      alerting: { alertmanagers: { file_sd_configs: { files: string[] }[] }[] }
    }
    const [pattern = ''] = alerting.alertmanagers[0]?.file_sd_configs[0]?.files ?? []
    const inFolder = ({ target }: { target: string }) => target.startsWith(pattern.replace('*.yaml', ''))
    expect(mounts.filter(inFolder)).toEqual([])
    const [added] = mountsOf(overlay.services['lgtm'] as Service).filter(inFolder)
    const [group] = parse(readFileSync(added?.source ?? '', 'utf8')) as { targets: string[] }[]
    expect(group?.targets).toEqual(['alertmanager:9093'])
    expect(overlay.services['alertmanager']?.ports).toEqual(['127.0.0.1:9093:9093'])
  })

  it('inhibitions and grouping that are those of the alerts', () => {
    const { inhibit_rules, route } = parse(read('alertmanager.yaml')) as {
      inhibit_rules: unknown
      route: { group_by: string[] }
    }
    expect(inhibit_rules).toEqual(INHIBIT_RULES)
    expect(route.group_by).toContain(LABEL.environment)
  })

  it('a round of all stories but the proof, each with the time its alerts need', () => {
    const played = new Set(programme().map(({ scenario }) => scenario.name))
    expect([...played].sort()).toEqual(
      SCENARIOS.map(({ name }) => name)
        .filter((name) => name !== 'proof')
        .sort(),
    )
    for (const { scenario, minutes } of programme()) expect(minutes, scenario.name).toBeGreaterThanOrEqual(2)
    expect(programme('outage').map(({ scenario }) => scenario.name)).toEqual(['outage'])
    expect(() => programme('no-such')).toThrow('no-such')
  })
})
