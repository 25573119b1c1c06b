/** Whatever is broken in the rules, some case notices: each number, each guard, each `for`, each alert in turn. */

import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import { have, pathOf } from '../stack/tools.ts'
import type { AlertCase } from './cases/case.ts'
import { ALERT_CASES, alertGroup, recordGroup } from './cases/groups.ts'
import { RECORD_CASES } from './cases/records.ts'
import { type Mutant, mutants, withoutOneSide } from './mutants.ts'
import { testRules } from './promtool.ts'
import { recordsOf, rulesOf } from './subset.ts'

/** Whether a case fails with the broken rules. */
const noticed = async ({ rules, alerts }: Mutant): Promise<boolean> => {
  const promtool = pathOf('promtool')
  if (alerts.length === 0) {
    const records = recordsOf(
      RECORD_CASES.map(({ expr }) => expr),
      rules,
    )
    if (!(await testRules(promtool, { rules: records, groups: RECORD_CASES.map(recordGroup) })).ok) return true
  }
  const concerned =
    alerts.length > 0 ? alerts : (['MangopayRateLimitExhaustionPredicted', 'MangopayRateLimited'] as const)
  for (const alert of concerned) {
    // Short days first: most mutants do not live to see a long one.
    const long = (one: AlertCase) => Math.max(...one.at.map(({ minute }) => minute)) > 130
    const cases = ALERT_CASES.filter((one) => one.alert === alert)
    for (const some of [cases.filter((one) => !long(one)), cases.filter(long)]) {
      const groups = some.map((one) => alertGroup(one, 3))
      if (groups.length > 0 && !(await testRules(promtool, { rules: rulesOf(alert, rules), groups })).ok) return true
    }
  }
  return false
}

test('the parser finds both sides of every set operator', () => {
  expect(withoutOneSide('a > 1 and b or c unless d').map(({ expr }) => expr)).toEqual([
    'a > 1 and b',
    'c unless d',
    'a > 1 or c unless d',
    'a > 1 and b or c',
  ])
})

describe.skipIf(!have('promtool'))('mutants', () => {
  test('none survives', { timeout: 7_200_000 }, async () => {
    const all = mutants().filter(({ name }) => new RegExp(process.env['MUTANT'] ?? '').test(name))
    const survivors: string[] = []
    const waiting = [...all]
    const worker = async (): Promise<void> => {
      for (let mutant = waiting.shift(); mutant; mutant = waiting.shift())
        if (!(await noticed(mutant))) {
          survivors.push(mutant.name)
          console.error(`survived: ${mutant.name}`)
        }
    }
    await Promise.all(Array.from({ length: availableParallelism() }, worker))
    expect(survivors).toEqual([])
    if (!process.env['MUTANT']) expect(all.length).toBeGreaterThan(150)
  })
})
