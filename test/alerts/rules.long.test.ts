/** The rules on the oldest and the newest Prometheus: they load, and every case comes out exactly. */

import { describe, expect, test } from 'vitest'
import { ALERT_NAMES } from '../../alerts/model.ts'
import { renderRules } from '../../alerts/prometheus.ts'
import { have, pathOf } from '../stack/tools.ts'
import { ALERT_CASES, alertGroup, recordGroup } from './cases/groups.ts'
import { RECORD_CASES } from './cases/records.ts'
import { checkRules, testRules } from './promtool.ts'
import { recordsOf, rulesOf } from './subset.ts'

test('every alert is seen firing and seen silent', () => {
  for (const alert of ALERT_NAMES) {
    const moments = ALERT_CASES.filter((one) => one.alert === alert).flatMap(({ at }) => at)
    expect(
      moments.some(({ firing }) => firing.length > 0),
      `${alert} fires`,
    ).toBe(true)
    expect(
      moments.some(({ firing }) => firing.length === 0),
      `${alert} is silent`,
    ).toBe(true)
  }
})

describe.each([
  ['promtool', 3],
  ['distro-promtool', 2],
] as const)('%s', (tool, major) => {
  const there = have(tool)

  test.skipIf(!there)('the rules load', async () => {
    const { ok, output } = await checkRules(pathOf(tool), renderRules())
    expect(output).toContain('SUCCESS')
    expect(ok).toBe(true)
  })

  test.skipIf(!there)('a copy thirty times as fast loads', async () => {
    const { output } = await checkRules(pathOf(tool), renderRules({ scale: 1 / 30 }))
    expect(output).toContain('SUCCESS')
  })

  test.skipIf(!there).each(ALERT_NAMES)('%s in all its cases', { timeout: 120_000 }, async (alert) => {
    const groups = ALERT_CASES.filter((one) => one.alert === alert).map((one) => alertGroup(one, major))
    const { ok, output } = await testRules(pathOf(tool), { rules: rulesOf(alert), groups })
    expect(failuresIn(output)).toEqual([])
    expect(ok).toBe(true)
  })

  test.skipIf(!there)('the recording rules in all their cases', { timeout: 120_000 }, async () => {
    const rules = recordsOf(RECORD_CASES.map(({ expr }) => expr))
    const { ok, output } = await testRules(pathOf(tool), { rules, groups: RECORD_CASES.map(recordGroup) })
    expect(failuresIn(output)).toEqual([])
    expect(ok).toBe(true)
  })
})

/** What promtool complains about, without the lines that only frame it. */
const failuresIn = (output: string): string[] =>
  output.includes('FAILED')
    ? output
        .split('\n')
        .filter((line) => /name:|time:|exp|got|Labels|Annotations/.test(line))
        .map((line) => line.replace(/Annotations:\{(description=".*?"), summary=.*/, '$1'))
    : []
