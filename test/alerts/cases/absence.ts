/**
 * Cases of the alert on missing data. A day is long for promtool, so all services live in one and are told apart by their
 * names.
 */

import { type AlertCase, calls, type Firing, later, type Series } from './case.ts'

const missing = (...jobs: string[]): Firing[] =>
  jobs.map((job) => ({ labels: { job, mangopay_environment: 'production', severity: 'warning' } }))

/** A service of 18 hours (or as long as told) with so many calls a minute. */
const service = (job: string, perMinute: number, more: { minutes?: number; environment?: string } = {}): Series =>
  calls(`0+${perMinute}x${more.minutes ?? 1_080}`, { job, ...(more.environment && { environment: more.environment }) })

const OFTEN = ['all-the-time', 'six-hundred-a-day', 'of-two-environments']
const SELDOM = ['four-hundred-a-day', 'sixty-a-day']

/** All cases of the alert on missing data. */
export const ABSENCE_CASES: readonly AlertCase[] = [
  {
    alert: 'MangopayTelemetryMissing',
    name: 'who reported for 18 hours is missed; who ran for 15, was restarted, or hardly ever calls is not',
    series: [
      service('still-there', 1, { minutes: 2_000 }),
      service('all-the-time', 1),
      service('of-two-environments', 1),
      service('of-two-environments', 1, { environment: 'sandbox', minutes: 2_000 }),
      service('six-hundred-a-day', 0.55),
      service('four-hundred-a-day', 0.4),
      service('sixty-a-day', 0.055),
      service('forty-a-day', 0.04),
      service('fifteen-hours', 1, { minutes: 900 }),
      service('restarted', 1),
      calls(later(1_092, '0+1x800'), { job: 'restarted', instance: 'again' }),
    ],
    at: [
      { minute: 920, firing: [] },
      { minute: 1_000, firing: [] },
      { minute: 1_094, firing: [] },
      { minute: 1_097, firing: missing(...OFTEN) },
      { minute: 1_200, firing: missing(...OFTEN) },
      { minute: 1_220, firing: missing(...OFTEN, ...SELDOM) },
      { minute: 1_440, firing: missing(...OFTEN, ...SELDOM) },
      { minute: 1_530, firing: [] },
    ],
  },
]
