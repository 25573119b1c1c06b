import type { Mock } from '../../mock/server.ts'

/** What an account has called on a usual day: so many calls per second, this many seconds ago. */
const USUAL_DAY = [
  { from: 86_400, to: 3_600, step: 60, rate: 0.5 },
  { from: 3_600, to: 1_800, step: 5, rate: 0.65 },
  { from: 1_800, to: 900, step: 5, rate: 0.8 },
  { from: 900, to: 0, step: 1, rate: 0.9 },
] as const

/**
 * Gives the account the past of a usual day: a story about a quota begins in the middle of a day, not on an account that
 * nobody has ever used.
 *
 * @param pace Multiplies the calls, as it does quota and traffic.
 */
export const fillQuota = (mock: Mock, pace: number): void => {
  let owed = 0
  for (const { from, to, step, rate } of USUAL_DAY) {
    for (let ago = from; ago > to; ago -= step) {
      owed += rate * pace * step
      const calls = Math.floor(owed)
      owed -= calls
      mock.spend(calls, undefined, ago)
    }
  }
}
