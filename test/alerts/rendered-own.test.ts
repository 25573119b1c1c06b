/** What a team makes its own: the links of the alerts, and the example for Alertmanager. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { INHIBIT_RULES } from '../../alerts/inhibition.ts'
import { DASHBOARD_BASE, RUNBOOK_BASE } from '../../alerts/prometheus.ts'
import { read } from './files.ts'

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

test('no alert that is muted mutes another: of one trouble somebody hears', () => {
  const named = (matchers: string[]) =>
    matchers.flatMap((matcher) => /^alertname =~? "?([\w|]+)"?$/.exec(matcher)?.[1]?.split('|') ?? [])
  const sources = new Set(INHIBIT_RULES.flatMap(({ source_matchers }) => named(source_matchers)))
  const targets = INHIBIT_RULES.flatMap(({ target_matchers }) => named(target_matchers))
  expect(sources).toContain('MangopayNothingSucceeds')
  expect(targets).toContain('MangopayFailing')
  expect(targets.filter((alert) => sources.has(alert))).toEqual([])
})
