/**
 * What the container plays, round and round: quiet, then a story, long enough for its alert to fire and to be read. The
 * retry loop comes last, since a quota that is spent stays spent for a quarter of an hour.
 */
import { type Scenario, scenarioNamed } from '../scenarios.ts'

/** A scenario and for how long. */
export interface Act {
  scenario: Scenario
  minutes: number
}

const ROUND: readonly (readonly [name: string, minutes: number])[] = [
  ['normal', 3],
  ['outage', 6],
  ['normal', 4],
  ['sca-wave', 4],
  ['connection-resets', 4],
  ['reused-keys', 3],
  ['slow-answers', 10],
  ['normal', 4],
  ['expired-credentials', 8],
  ['payday-batch', 6],
  ['normal', 10],
  ['refusal-wave', 16],
  ['normal', 20],
  ['3ds-outage', 16],
  ['payout-failures', 6],
  // Its alert waits until Mangopay's first repeats have failed as well.
  ['dying-hook', 32],
  ['normal', 10],
  ['retry-loop', 6],
  ['normal', 15],
]

/**
 * The round, or one scenario for ever.
 *
 * @param only Name of a scenario.
 * @throws When there is no scenario of this name.
 */
export const programme = (only?: string): readonly Act[] =>
  only === undefined || only === ''
    ? ROUND.map(([name, minutes]) => ({ scenario: scenarioNamed(name), minutes }))
    : [{ scenario: scenarioNamed(only), minutes: 60 }]
