/** The example for Alertmanager: who is woken, and what mutes what. */

import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { INHIBIT_RULES } from '../../alerts/alertmanager.ts'
import { read } from './files.ts'

test('the example for Alertmanager holds the inhibitions', () => {
  const { inhibit_rules } = parse(read('alerts/alertmanager.example.yml')) as { inhibit_rules: unknown }
  expect(inhibit_rules).toEqual(INHIBIT_RULES)
})

test('no alert that is muted mutes another: of one trouble somebody hears', () => {
  // An alert's own form for low traffic is not muted by anything.
  const others = INHIBIT_RULES.filter(({ source_matchers }) => !source_matchers.includes('traffic = "low"'))
  expect(INHIBIT_RULES.flatMap(({ target_matchers }) => target_matchers)).not.toContain('traffic = "low"')
  const named = (matchers: string[]) =>
    matchers.flatMap((matcher) => /^alertname =~? "?([\w|]+)"?$/.exec(matcher)?.[1]?.split('|') ?? [])
  const sources = new Set(others.flatMap(({ source_matchers }) => named(source_matchers)))
  const targets = others.flatMap(({ target_matchers }) => named(target_matchers))
  expect(sources).toContain('MangopayNothingSucceeds')
  expect(targets).toContain('MangopayFailing')
  expect(targets.filter((alert) => sources.has(alert))).toEqual([])
})
