/** Every incident, played and evaluated: the right alert, in time, and nothing else. The table in the docs says the same. */

import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { renderRules } from '../../alerts/prometheus.ts'
import { have, pathOf } from '../stack/tools.ts'
import { evaluate } from './simulation/evaluate.ts'
import { INCIDENTS, type Incident, quietDays } from './simulation/incidents.ts'
import { PAYMENT_INCIDENTS } from './simulation/payment-incidents.ts'
import { play } from './simulation/simulate.ts'
import { rowOf, tableIn } from './simulation/table.ts'
import { judge, type Verdict } from './simulation/verdict.ts'

const DOCS = 'docs/alerts-simulated.md'
const update = process.env['UPDATE_SIMULATIONS'] !== undefined
const seeds = Number(process.env['SIMULATION_SEEDS'] ?? 1)
const days = Number(process.env['SIMULATION_DAYS'] ?? 2)
const pieces = Number(process.env['SIMULATION_PIECES'] ?? 1)
const rules = renderRules()

const simulate = async (incident: Incident, seed = 0): Promise<Verdict> => {
  const played = play({ ...incident.story, seed: incident.story.seed + 1_000 * seed })
  return judge(incident, played, await evaluate(pathOf('promtool'), rules, played.series, incident.story.minutes))
}

const keep = (row: { name: string; text: string }): void => {
  const { text, replace } = tableIn(readFileSync(DOCS, 'utf8'), row.name)
  if (update) writeFileSync(DOCS, replace(row.text))
  else expect(text, `${DOCS} is out of date: npm run simulate`).toBe(row.text)
}

describe.skipIf(!have('promtool'))('incidents', () => {
  test.each([...INCIDENTS, ...PAYMENT_INCIDENTS])('$name: $title', { timeout: 300_000 }, async (incident) => {
    const verdict = await simulate(incident)
    expect(verdict.complaints).toEqual([])
    keep(rowOf(verdict))
    for (let seed = 1; seed < seeds; seed++) {
      const other = await simulate(incident, seed)
      expect(other.complaints, `seed ${seed}`).toEqual([])
    }
  })

  // A month in pieces: a process that has ended costs promtool as much as one that runs.
  test.each(Array.from({ length: pieces }, (_, i) => i))('quiet days, piece %i', { timeout: 3_600_000 }, async (i) => {
    const verdict = await simulate(quietDays(days, 100 + i))
    expect(verdict.complaints).toEqual([])
    expect(verdict.fired.filter(({ labels }) => labels['severity'] !== 'warning')).toEqual([])
  })
})
