/** The incidents: what happens, when it could be known, and what the alerts have to make of it. */

import type { AlertName } from '../../../alerts/model.ts'
import { type FaultShare, type OperationShare, SCA_READS, scenarioNamed } from '../../../examples/scenarios.ts'
import type { ProcessPlan } from './process.ts'
import { DEFAULT_LIMITS } from './quota.ts'
import type { Story } from './simulate.ts'

/** An alert that has to come. */
interface Expected {
  alert: AlertName
  /** At the latest this many minutes after the incident began. */
  within: number
  /** Where calls are few: or eight minutes after this many calls have failed, when that is later. */
  failures?: number
  /** Or at least this many minutes before the first 429. */
  before429?: number
  /** Labels it must have, among others. */
  labels?: Record<string, string>
}

/** A story and what is expected of the alerts. */
export interface Incident {
  name: string
  title: string
  /** From which minute after the beginning on a person who saw every call could know, and why. */
  knowable: { after: number; why: string }
  /** Minute at which it begins. */
  begins: number
  /** What happens, and at which minute it is over; absent where nothing is wrong. */
  story: Story & { ends?: number }
  expected: readonly Expected[]
  /** The only alerts that may page (or fire, with severity warning) besides the expected ones. */
  tolerated?: readonly AlertName[]
}

const DAY = 86_400
const FOREVER = 40 * DAY
const minutes = (n: number): number => n * 60
const hours = (n: number): number => n * 60

const FEW: readonly OperationShare[] = [
  { operation: 'GET /users/{userId}', weight: 5, client: 'sdk' },
  { operation: 'GET /payins/{payInId}', weight: 3, client: 'sdk' },
  { operation: 'POST /payins/card/direct', weight: 2, client: 'sdk' },
  { operation: 'POST /transfers', weight: 1, client: 'sdk' },
]

const BACKGROUND: readonly FaultShare[] = scenarioNamed('normal').faults(0)
const all = (fault: FaultShare['fault']): readonly FaultShare[] => [{ share: 1, fault }]

/** A service of some equal processes that share its traffic, started long ago at different seconds of a minute. */
const service = (
  job: string,
  rate: number | ((second: number) => number),
  more: Partial<ProcessPlan> & { processes?: number } = {},
): ProcessPlan[] => {
  const { processes = 1, ...plan } = more
  const total = typeof rate === 'number' ? () => rate : rate
  return Array.from({ length: processes }, (_, i) => ({
    job,
    instance: `${job}-${i}`,
    environment: 'production',
    from: -DAY - 17 * i - 7 * job.length,
    to: FOREVER,
    rate: (second) => total(second) / processes,
    operations: FEW,
    faults: () => BACKGROUND,
    ...plan,
  }))
}

/** `after` from the beginning on, `before` until then. */
const step =
  <T>(begins: number, before: T, after: T) =>
  (second: number): T =>
    second < minutes(begins) ? before : after

const faultsFrom = (begins: number, faults: readonly FaultShare[]) => step(begins, BACKGROUND, faults)

/** Usual traffic with usual errors: half a day's quota. */
const shop = (more: Partial<ProcessPlan> & { processes?: number } = {}): ProcessPlan[] =>
  service('shop', 0.6, { processes: 2, ...more })

/** Three calls an hour, by a client of each of two processes that asks for its own token. */
const atNight = (more: Partial<ProcessPlan>): ProcessPlan[] => service('night', 3 / 3_600, { processes: 2, ...more })

const story = (seed: number, length: number, processes: readonly ProcessPlan[], more: Partial<Story> = {}): Story => ({
  seed,
  minutes: length,
  preload: DAY,
  processes,
  ...more,
})

/** Minutes after the end of an incident for which its story goes on: longer than any page may last. */
const AFTER = 110

/** A story whose incident is over after some minutes: from then on all goes as before it began, or calmer by a factor. */
const incident = (
  seed: number,
  ends: number,
  processes: readonly ProcessPlan[],
  { calmer = 1, ...more }: Partial<Story> & { calmer?: number } = {},
): Story & { ends: number } => {
  const then = (second: number): number => (second < minutes(ends) ? second : second - minutes(ends))
  const recovering = processes.map((plan) => ({
    ...plan,
    rate: (second: number) => plan.rate(then(second)) * (second < minutes(ends) ? 1 : calmer),
    // Not even what any day has: one stray failure would be a last bad call of its own.
    faults: (second: number) => (second < minutes(ends) ? plan.faults(second) : []),
    ...(plan.tokenFaults && {
      tokenFaults: (second: number) => (second < minutes(ends) ? (plan.tokenFaults?.(second) ?? []) : []),
    }),
    ...(plan.arrives && { arrives: (second: number) => plan.arrives?.(then(second)) !== false }),
  }))
  return { ...story(seed, ends + AFTER, recovering, more), ends }
}

const rise = (begins: number, from: number, to: number, over: number) => (second: number) =>
  from + (to - from) * Math.min(1, Math.max(0, (second - minutes(begins)) / minutes(over)))

/** Ten processes, one of which is replaced each minute. */
const rolling = (length: number, plan: Partial<ProcessPlan>): ProcessPlan[] =>
  Array.from({ length: length + 10 }, (_, i) => ({
    ...(service('api', 0)[0] as ProcessPlan),
    instance: `api-${i}`,
    from: minutes(i - 10) + 13,
    to: minutes(i) + 13,
    rate: () => 0.08,
    ...plan,
  }))

const QUOTA: readonly AlertName[] = [
  'MangopayRateLimitExhaustionPredicted',
  'MangopayRateLimitHeadroomLow',
  'MangopayRateLimitNearlyEmpty',
]
const UNAVAILABLE: readonly AlertName[] = ['MangopayFailing', 'MangopayErrorBudgetBurn', 'MangopayUnknownOutcomes']

const B = 120

/** All incidents but the month, in the order of the table. */
export const INCIDENTS: readonly Incident[] = [
  {
    name: 'retry-loop',
    title: 'Retry loop, 1 → 20 calls/s',
    knowable: { after: 1, why: 'after one export; the quota is gone in 70 s, nobody can announce that' },
    begins: B,
    story: incident(1, B + 40, [...shop(), ...service('worker', step(B, 0.4, 19.4))]),
    expected: [{ alert: 'MangopayRateLimited', within: 4, labels: { severity: 'critical' } }],
    tolerated: QUOTA,
  },
  {
    name: 'ramp',
    title: 'Ramp, 1 → 4 calls/s in an hour',
    knowable: { after: 28, why: 'the pace passes 2.4 calls/s, which a quota of 8,800 an hour does not sustain' },
    begins: B,
    story: incident(2, B + 60, [...shop(), ...service('worker', rise(B, 0.4, 3.4, 60))]),
    expected: [
      { alert: 'MangopayRateLimitExhaustionPredicted', within: 45, before429: 5 },
      { alert: 'MangopayRateLimited', within: 60 },
    ],
    tolerated: QUOTA,
  },
  {
    name: 'leak',
    title: 'Leak, 1 → 3 calls/s at once',
    knowable: { after: 1, why: 'after one export; empty in 12 min' },
    begins: B,
    story: incident(3, B + 40, [...shop(), ...service('worker', step(B, 0.4, 2.4))]),
    expected: [
      { alert: 'MangopayRateLimitExhaustionPredicted', within: 4, before429: 5 },
      { alert: 'MangopayRateLimited', within: 20 },
    ],
    tolerated: QUOTA,
  },
  {
    name: 'payday-batch',
    title: 'Payday batch, +9 calls/s for 2 min of every hour',
    knowable: { after: 1, why: 'after one export; it ends at 85 % of the window and no 429 comes' },
    begins: B,
    story: story(4, B + 180, [
      ...shop(),
      ...service('payouts', (s) => (s >= minutes(B) && scenarioNamed('payday-batch').rate(s % 3_600) > 5 ? 9 : 0.2)),
    ]),
    expected: [],
    tolerated: ['MangopayRateLimitExhaustionPredicted', 'MangopayRateLimitHeadroomLow'],
  },
  {
    name: 'daily-batch',
    title: 'Daily batch that uses 85 % of the 15 min window for 20 min',
    knowable: { after: 0, why: 'it is legitimate: no 429 ever comes' },
    begins: B,
    story: story(5, B + 120, [
      ...shop(),
      ...service('batch', (s) => (s >= minutes(B) && s < minutes(B + 20) ? 1.57 : 0)),
    ]),
    expected: [],
  },
  {
    name: 'busy-day',
    title: 'Busy business day, 2.1 calls/s for 10 h after a quiet night',
    knowable: { after: 0, why: 'it is legitimate: 84 % of the shorter windows, 82 % of the day at its end' },
    begins: B,
    story: story(6, B + hours(12), [
      ...service('shop', (s) => (s < minutes(B) ? 0.1 : s < minutes(B + hours(10)) ? 2.1 : 0.1), { processes: 3 }),
    ]),
    expected: [],
    tolerated: ['MangopayRateLimitExhaustionPredicted'],
  },
  {
    name: 'day-window',
    title: '24 h window: 0.6 → 1.5 calls/s and it stays',
    knowable: { after: 60, why: 'after an hour it is no batch; the other windows never notice' },
    begins: B,
    // As many calls as before would take all that leaves.
    story: incident(7, B + hours(18), [...shop(), ...service('worker', step(B, 0, 0.9))], { calmer: 0.3 }),
    expected: [
      { alert: 'MangopayRateLimitExhaustionPredicted', within: hours(14), before429: 120 },
      { alert: 'MangopayRateLimitHeadroomLow', within: hours(16), before429: 60 },
      { alert: 'MangopayRateLimitNearlyEmpty', within: hours(17), before429: 5 },
      { alert: 'MangopayRateLimited', within: hours(18) },
    ],
  },
  {
    name: 'spent-at-night',
    title: 'Day quota gone (somebody without this library spent it), 3 calls an hour left',
    knowable: { after: 60, why: 'the third refusal' },
    begins: 0,
    // The first of those calls leave the day's window after seven hours.
    story: {
      ends: hours(7),
      ...story(8, hours(7) + AFTER, [
        ...service('night', (s) => (s < 0 ? 0 : 3 / 3_600)),
        ...service('other', (s) => (s > -minutes(hours(17)) && s < -minutes(30) ? 2.6 : 0), { arrives: () => false }),
      ]),
    },
    expected: [{ alert: 'MangopayRateLimited', within: 90, failures: 3 }],
    tolerated: QUOTA,
  },
  {
    name: 'outage',
    title: 'Mangopay outage by day: 500, 502, 520 and silence, 95 % of calls',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: incident(
      9,
      B + 60,
      shop({ faults: (s) => (s < minutes(B) ? BACKGROUND : scenarioNamed('outage').faults(s - minutes(B))) }),
    ),
    expected: [
      { alert: 'MangopayFailing', within: 6, labels: { severity: 'critical' } },
      { alert: 'MangopayUnknownOutcomes', within: 10, labels: { severity: 'warning' } },
    ],
    tolerated: [...UNAVAILABLE, 'MangopayNothingSucceeds'],
  },
  {
    name: 'total-outage',
    title: 'Total outage by day: nobody answers',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: incident(10, B + 60, [
      ...service('shop', 0.6, { processes: 2, faults: faultsFrom(B, all({ kind: 'hang' })) }),
      ...service('worker', 0.3, { faults: faultsFrom(B, all({ kind: 'hang' })) }),
    ]),
    expected: [
      { alert: 'MangopayFailing', within: 6 },
      { alert: 'MangopayNothingSucceeds', within: 9, labels: { severity: 'critical' } },
    ],
    tolerated: UNAVAILABLE,
  },
  {
    name: 'night-outage',
    title: 'Outage at night: 3 calls an hour, nobody answers',
    knowable: { after: 60, why: 'the fourth failure' },
    begins: B,
    story: incident(11, B + 240, service('night', 3 / 3_600, { faults: faultsFrom(B, all({ kind: 'hang' })) })),
    expected: [{ alert: 'MangopayNothingSucceeds', within: 100, failures: 4, labels: { severity: 'critical' } }],
    tolerated: UNAVAILABLE,
  },
  {
    name: 'night-outage-tokens',
    title: 'Night: 3 calls an hour of two processes, all answered 503; their hourly calls for a token work',
    knowable: { after: 60, why: 'the fourth failure' },
    begins: B,
    story: incident(
      35,
      B + 240,
      atNight({ faults: faultsFrom(B, all({ kind: 'edge', status: 503 })), tokenFaults: () => [] }),
    ),
    expected: [{ alert: 'MangopayNothingSucceeds', within: 100, failures: 4, labels: { severity: 'critical' } }],
    tolerated: UNAVAILABLE,
  },
  {
    name: 'revoked-permission-night',
    title: 'Night: a permission is revoked, the 3 calls an hour get 403; the hourly calls for a token work',
    knowable: { after: 60, why: 'the fourth refusal' },
    begins: B,
    story: incident(
      33,
      B + 240,
      atNight({ faults: faultsFrom(B, all({ kind: 'status', status: 403 })), tokenFaults: () => [] }),
    ),
    expected: [{ alert: 'MangopayNothingSucceeds', within: 100, failures: 4, labels: { severity: 'critical' } }],
    tolerated: ['MangopayAccessRefused'],
  },
  {
    name: 'no-token-night',
    title: 'Night: nobody answers, so that soon only calls for a token are made, 3 an hour',
    knowable: { after: 60, why: 'the fourth failure' },
    begins: B,
    story: incident(
      34,
      B + 240,
      atNight({ faults: faultsFrom(B, all({ kind: 'hang' })), tokenFaults: step(B, [], all({ kind: 'hang' })) }),
    ),
    expected: [{ alert: 'MangopayNothingSucceeds', within: 100, failures: 4, labels: { severity: 'critical' } }],
    tolerated: UNAVAILABLE,
  },
  {
    name: 'edge-503',
    title: 'Edge answers 503 to everything, 30 calls an hour',
    knowable: { after: 10, why: 'the fifth failure' },
    begins: B,
    story: incident(
      12,
      B + 180,
      service('shop', 30 / 3_600, { faults: faultsFrom(B, all({ kind: 'edge', status: 503 })) }),
    ),
    expected: [{ alert: 'MangopayNothingSucceeds', within: 33, failures: 5, labels: { severity: 'critical' } }],
    tolerated: UNAVAILABLE,
  },
  {
    name: 'time-outs',
    title: '20 % time-outs at 1 call/s',
    knowable: { after: 2, why: 'two dozen time-outs' },
    begins: B,
    story: incident(
      13,
      B + 60,
      service('shop', 1, { processes: 2, faults: faultsFrom(B, [{ share: 0.2, fault: { kind: 'hang' } }]) }),
    ),
    expected: [{ alert: 'MangopayFailing', within: 7, labels: { severity: 'critical' } }],
    tolerated: UNAVAILABLE,
  },
  {
    name: 'revoked-key',
    title: 'Revoked API key at 1 call/s',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: incident(
      14,
      B + 60,
      service('shop', 1, { processes: 2, faults: faultsFrom(B, all({ kind: 'credentials' })) }),
    ),
    expected: [{ alert: 'MangopayAccessRefused', within: 6, labels: { severity: 'critical' } }],
    tolerated: ['MangopayNothingSucceeds'],
  },
  {
    name: 'revoked-key-night',
    title: 'Revoked API key at 3 calls an hour',
    knowable: { after: 60, why: 'the fourth refusal' },
    begins: B,
    story: incident(15, B + 240, service('night', 3 / 3_600, { faults: faultsFrom(B, all({ kind: 'credentials' })) })),
    expected: [{ alert: 'MangopayNothingSucceeds', within: 100, failures: 4, labels: { severity: 'critical' } }],
    tolerated: ['MangopayAccessRefused'],
  },
  {
    name: 'ip-allowlist',
    title: 'IP allowlist: one of two services gets only 403',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: incident(16, B + 60, [
      ...service('shop', 0.8, { processes: 2 }),
      ...service('payouts', 0.1, { faults: faultsFrom(B, all({ kind: 'status', status: 403 })) }),
    ]),
    expected: [{ alert: 'MangopayAccessRefused', within: 7, labels: { severity: 'critical', job: 'payouts' } }],
    tolerated: ['MangopayNothingSucceeds'],
  },
  {
    name: 'bad-release',
    title: 'Bad release: one of two services gets only 400',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: incident(17, B + 60, [
      ...service('shop', 0.6, { processes: 2 }),
      ...service('checkout', 0.3, { faults: faultsFrom(B, all({ kind: 'status', status: 400 })) }),
    ]),
    expected: [{ alert: 'MangopayNothingSucceeds', within: 9, labels: { severity: 'critical', job: 'checkout' } }],
  },
  {
    name: 'sca-wave',
    title: 'SCA wave, seen as sca_required',
    knowable: { after: 0, why: 'nothing is wrong: end users have to act' },
    begins: B,
    story: story(
      18,
      B + 60,
      service('shop', (s) => scenarioNamed('sca-wave').rate(s) * 0.7, {
        processes: 2,
        operations: [...FEW, ...SCA_READS.map((operation) => ({ operation, weight: 3, client: 'axios' }) as const)],
        faults: (s) => (s < minutes(B) ? BACKGROUND : scenarioNamed('sca-wave').faults(s)),
      }),
    ),
    expected: [],
  },
  {
    name: 'sca-without-hook',
    title: 'SCA at 5 % of calls without the hook: plain 401s',
    knowable: { after: 0, why: 'nothing is wrong: end users have to act' },
    begins: B,
    story: story(
      19,
      B + 120,
      service('shop', 1, {
        processes: 2,
        faults: faultsFrom(B, [...BACKGROUND, { share: 0.05, fault: { kind: 'status', status: 401 } }]),
      }),
    ),
    expected: [],
  },
  {
    name: 'stale-token',
    title: 'One stale token: two 401s, then a new one',
    knowable: { after: 0, why: 'nothing is wrong: the client renews it' },
    begins: B,
    story: story(
      20,
      B + 60,
      service('shop', 0.02, {
        faults: (s) => (s >= minutes(B) && s < minutes(B) + 100 ? all({ kind: 'credentials' }) : []),
      }),
    ),
    expected: [],
  },
  {
    name: 'deploys',
    title: 'Rolling deploy: every minute one of ten processes is new',
    knowable: { after: 0, why: 'nothing is wrong' },
    begins: B,
    story: story(21, B + 60, rolling(B + 60, {}), { preload: 600 }),
    expected: [],
  },
  {
    name: 'deploys-limited',
    title: 'The same with the day quota gone: every series is born with errors',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: incident(
      22,
      B + 60,
      [
        ...service('seed', step(B, 0, 0.02)),
        ...Array.from({ length: 600 }, (_, i) => ({
          ...(service('api', 0)[0] as ProcessPlan),
          instance: `api-${i}`,
          from: minutes(B + Math.floor(i / 10)) + (i % 10) * 5,
          to: minutes(B + Math.floor(i / 10)) + (i % 10) * 5 + 55,
          rate: () => 0.04,
        })),
      ],
      { limits: { ...DEFAULT_LIMITS, '24h': 1 } },
    ),
    expected: [{ alert: 'MangopayRateLimited', within: 4 }],
    tolerated: QUOTA,
  },
  {
    name: 'first-errors',
    title: 'A new service whose very first calls fail: twelve 401s in its first minute, then it dies',
    knowable: { after: 1, why: 'after its one export' },
    begins: B,
    story: incident(23, B + 1, [
      ...shop(),
      ...service('refunds', 0.4, {
        from: minutes(B) + 5,
        to: minutes(B) + 45,
        faults: () => all({ kind: 'credentials' }),
      }),
    ]),
    expected: [{ alert: 'MangopayNothingSucceeds', within: 5, labels: { job: 'refunds' } }],
    tolerated: ['MangopayAccessRefused'],
  },
  {
    name: 'idle-worker',
    title: 'A worker idles for 3 h with an old reading of 85 %',
    knowable: { after: 0, why: 'nothing is wrong: the other processes know better' },
    begins: B,
    story: story(24, B + 240, [
      ...service('worker', (s) => (s > minutes(B - 30) && s < minutes(B) ? 1.9 : 0)),
      ...service('shop', 0.25, { processes: 2 }),
    ]),
    expected: [],
    tolerated: ['MangopayRateLimitExhaustionPredicted'],
  },
  {
    name: 'six-windows',
    title: 'Six windows: bursts hit the 200 calls of a minute again and again',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: incident(
      25,
      B + 60,
      [...shop(), ...service('worker', (s) => (s >= minutes(B) && s % 300 < 60 ? 5 : 0.05))],
      {
        limits: { '1m': 200, '5m': 900, ...DEFAULT_LIMITS },
      },
    ),
    expected: [{ alert: 'MangopayRateLimited', within: 4 }],
  },
  {
    name: 'sandbox-load-test',
    title: 'Load test in the sandbox, 20 calls/s, production beside it',
    knowable: { after: 1, why: 'it is the sandbox: nobody is to be woken' },
    begins: B,
    story: incident(26, B + 60, [...shop(), ...service('load-test', step(B, 0.1, 20), { environment: 'sandbox' })]),
    expected: [
      { alert: 'MangopayRateLimited', within: 5, labels: { severity: 'warning', mangopay_environment: 'sandbox' } },
    ],
    tolerated: QUOTA,
  },
  {
    name: 'finished-cron',
    title: 'A cron job of ten hours ends',
    knowable: { after: 0, why: 'nothing is wrong' },
    begins: hours(12),
    story: story(27, hours(14), [
      ...shop(),
      ...service('nightly', 0.2, { from: minutes(hours(2)), to: minutes(hours(12)) }),
    ]),
    expected: [],
  },
  {
    name: 'dead-telemetry',
    title: 'A service stops reporting, the calls go on',
    knowable: { after: 6, why: 'five minutes are a slow export or a restart' },
    begins: hours(18),
    story: incident(28, hours(19), [
      ...service('shop', 0.4),
      ...service('payouts', 0.1, { arrives: (s) => s < minutes(hours(18)) }),
    ]),
    expected: [{ alert: 'MangopayTelemetryMissing', within: 20, labels: { job: 'payouts', severity: 'warning' } }],
  },
  {
    name: 'collector-outage',
    title: 'The collector is down for two hours and comes back',
    knowable: { after: 0, why: 'nothing is wrong with Mangopay; old counts may not look like a burst' },
    begins: B,
    story: story(
      29,
      B + 240,
      service('shop', 1, {
        processes: 2,
        faults: () => [
          { share: 0.05, fault: { kind: 'status', status: 400 } },
          { share: 0.002, fault: { kind: 'status', status: 500 } },
        ],
        arrives: (s) => s < minutes(B) || s > minutes(B + 120),
      }),
    ),
    expected: [],
  },
  {
    name: 'slow-answers',
    title: 'Mangopay answers slowly',
    knowable: { after: 3, why: 'a quantile needs some calls' },
    begins: B,
    story: incident(
      30,
      B + 60,
      service('shop', 0.9, {
        durations: true,
        faults: (s) => (s < minutes(B) ? BACKGROUND : scenarioNamed('slow-answers').faults(s - minutes(B))),
      }),
    ),
    expected: [{ alert: 'MangopayLatencyHigh', within: 12, labels: { severity: 'warning', job: 'shop' } }],
  },
  {
    name: 'two-accounts',
    title: 'Two accounts in one environment: one leaks, the other is at 70 % of its day',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: incident(31, B + 40, [
      ...service('shop', 0.85, { account: 'main' }),
      ...service('tenant', step(B, 0.3, 3.2), { account: 'tenant-b' }),
    ]),
    expected: [
      {
        alert: 'MangopayRateLimitExhaustionPredicted',
        within: 5,
        before429: 5,
        labels: { mangopay_account: 'tenant-b' },
      },
      { alert: 'MangopayRateLimited', within: 20 },
    ],
    tolerated: QUOTA,
  },
]

/** Seconds since midnight of day 0, whose first sample is at midnight. */
const clock = (second: number): number => ((second % DAY) + DAY) % DAY

/** Quiet at night, busy in the afternoon. */
const daily = (low: number, high: number) => (second: number) =>
  low + ((high - low) * (1 - Math.cos(((clock(second) - 3 * 3_600) / DAY) * 2 * Math.PI))) / 2

/** What goes wrong on any day, and nobody is to be woken for: now and then a time-out, a hiccup of the edge, SCA. */
const quietFaults = (second: number): readonly FaultShare[] => [
  ...BACKGROUND,
  { share: 0.001, fault: { kind: 'hang' } },
  { share: 0.001, fault: { kind: 'reset' } },
  { share: 0.01, fault: { kind: 'sca' }, only: ['GET /users/{userId}'] },
  // Twenty seconds of 502 in the morning.
  ...(clock(second) >= 34_200 && clock(second) < 34_220
    ? [{ share: 0.6, fault: { kind: 'edge', status: 502 } } as const]
    : []),
]

/**
 * Days on which nothing is wrong: 35,000 calls a day, quiet nights, a batch at six in the morning, a deploy at noon, a
 * night service of three calls an hour, some errors of every kind.
 */
export const quietDays = (days: number, seed: number): Incident => {
  const daysOf = (job: string, rate: (second: number) => number, more: Partial<ProcessPlan> = {}): ProcessPlan[] =>
    Array.from({ length: days + 2 }, (_, i) => ({
      ...(service(job, rate, { faults: quietFaults, ...more })[0] as ProcessPlan),
      instance: `${job}-${i}`,
      from: (i - 1) * DAY + 43_200 + 11 * job.length,
      to: i * DAY + 43_200 + 11 * job.length + 30,
    }))
  return {
    name: `quiet-${days}-days`,
    title: `${days} quiet days: 35,000 calls each, a batch, a deploy, errors of every kind`,
    knowable: { after: 0, why: 'nothing is wrong' },
    begins: 0,
    story: {
      seed,
      minutes: days * 1_440,
      preload: DAY,
      processes: [
        ...daysOf('shop', daily(0.05, 0.5)),
        ...daysOf('worker', (s) => daily(0.02, 0.1)(s) + (clock(s) >= 21_600 && clock(s) < 22_800 ? 1.3 : 0)),
        ...daysOf('night', () => 3 / 3_600),
        ...daysOf('staging', () => 0.02, { environment: 'sandbox' }),
      ],
    },
    expected: [],
    // Once in weeks five pay-ins of an hour really are of unknown outcome: a ticket, and a right one.
    tolerated: ['MangopayUnknownOutcomes'],
  }
}
