/**
 * What the demo page, the docker demo, the one-shot proof and the simulated incidents play: one object per story. Pure
 * data and functions of time, so that live traffic and simulated hours are the same story. Rates are those of one
 * platform on Mangopay's default quota (2,300 / 4,500 / 8,800 / 105,600 calls); a demo that wants more calls per second
 * multiplies rate and quota alike.
 */

/** How a call is made: by Mangopay's own Node SDK, by axios, or by Node's `fetch`. */
export type Client = 'sdk' | 'axios' | 'fetch'

/** One kind of call and how often it is made relative to the others. */
export interface OperationShare {
  /** As in the attribute `mangopay.operation`. */
  operation: string
  weight: number
  client: Client
}

/**
 * What goes wrong with a call. All but `reused_key` are done by the mock Mangopay; `reused_key` is something the app
 * does (it sends an Idempotency-Key again), and a POST with it is answered 409.
 */
export type Fault =
  /** Mangopay's own JSON error with this status. */
  | { kind: 'status'; status: number }
  /** An HTML page of the edge in front of the API. */
  | { kind: 'edge'; status: 403 | 502 | 503 | 504 | 520 }
  /** API key revoked: 401 `invalid_credentials`, and 401 `invalid_client` for a new token. */
  | { kind: 'credentials' }
  /** 401 with `WWW-Authenticate: PendingUserAction`: the end user has to authenticate. */
  | { kind: 'sca' }
  /** The right answer, this late. */
  | { kind: 'slow'; milliseconds: number }
  /** No answer at all: the client gives up. */
  | { kind: 'hang' }
  /** Headers and half a body, then silence: the client gives up. */
  | { kind: 'stall' }
  /** Headers and half a body, then the connection ends, politely (`fin`) or not (`reset`). */
  | { kind: 'cut'; how: 'fin' | 'reset' }
  /** Connection reset before any answer. */
  | { kind: 'reset' }
  /** A redirect (307 when no status is given) to another spelling of the same path, which answers. */
  | { kind: 'redirect'; status?: 301 | 302 | 303 | 307 | 308 }
  /** 204, or 200 without a body: no failure, whatever a client thinks. */
  | { kind: 'empty'; status: 200 | 204 }
  /** The app sends an idempotency key it has used before. */
  | { kind: 'reused_key' }

/** A fault and whom it hits. Shares of one call's faults add up to at most 1; the rest is answered well. */
export interface FaultShare {
  /** 0 to 1, of the calls it can hit. */
  share: number
  fault: Fault
  /** Operations it can hit; all, and token calls, when absent. */
  only?: readonly string[]
}

/** What becomes of an object that a write makes: the status it is answered with, and the one it comes to later. */
export interface Fate {
  /** As Mangopay spells it: `CREATED`, `SUCCEEDED`, `FAILED`, … */
  status: string
  /** Result code; the usual one of the status when absent. */
  code?: string
  /** What it becomes, this much later. */
  later?: { milliseconds: number; status: string; code?: string }
}

/** A fate and whom it befalls. Of one operation's fates the first shares come first, up to 1; the rest is as usual. */
export interface FateShare {
  /** 0 to 1, of the writes it can befall. */
  share: number
  fate: Fate
  /** Operations it can befall. */
  only: readonly string[]
}

/** How the app treats Mangopay's notifications: it answers at once; after three seconds, which is too late; with 503. */
export type HookManner = 'answers' | 'dawdles' | 'refuses'

/** Alerts of `alerts/mangopay.rules.yml` that a scenario can raise. */
export type AlertName =
  | 'MangopayRateLimited'
  | 'MangopayRateLimitExhaustionPredicted'
  | 'MangopayRateLimitHeadroomLow'
  | 'MangopayNothingSucceeds'
  | 'MangopayFailing'
  | 'MangopayErrorBudgetBurn'
  | 'MangopayAccessRefused'
  | 'MangopayLatencyHigh'
  | 'MangopayTelemetryMissing'
  | 'MangopayUnknownOutcomes'
  | 'MangopayPayInsFailing'
  | 'MangopayPayoutsFailing'
  | 'MangopayThreeDsFailing'
  | 'MangopayWebhooksNotAcknowledged'

/** One story. */
export interface Scenario {
  /** Identifier, kebab case. */
  name: string
  title: string
  /** Key that starts it on the demo page. */
  key: string
  /** What happens, and what shows it. */
  look: string
  /** What somebody on call does about it. */
  todo: string
  /** The alerts that tell this story, the first to be expected first; none where a healthy integration stays quiet. */
  alerts: readonly AlertName[]
  /** Calls per second wanted at this many seconds after the start, the token calls of the SDK not counted. */
  rate(seconds: number): number
  operations: readonly OperationShare[]
  /** What goes wrong at this many seconds after the start. */
  faults(seconds: number): readonly FaultShare[]
  /** What becomes of payments at this many seconds after the start; as usual when absent. */
  fates?(seconds: number): readonly FateShare[]
  /** How the app treats notifications at this many seconds after the start; it answers them when absent. */
  hook?(seconds: number): HookManner
}

/** The four reads that Mangopay may answer with a request for strong customer authentication. */
export const SCA_READS = [
  'GET /wallets/{walletId}',
  'GET /users/{userId}/wallets',
  'GET /users/{userId}/transactions',
  'GET /wallets/{walletId}/transactions',
] as const

/** The writes that the example app sends with an Idempotency-Key. */
export const KEYED_WRITES: readonly string[] = ['POST /payins/card/direct', 'POST /transfers', 'POST /payouts/bankwire']

/** A marketplace on a usual day. */
const EVERYDAY: readonly OperationShare[] = [
  { operation: 'GET /users/{userId}', weight: 16, client: 'sdk' },
  { operation: 'GET /wallets/{walletId}', weight: 16, client: 'sdk' },
  { operation: 'POST /payins/card/direct', weight: 12, client: 'sdk' },
  { operation: 'GET /payins/{payInId}', weight: 10, client: 'axios' },
  { operation: 'POST /transfers', weight: 8, client: 'sdk' },
  { operation: 'GET /users/{userId}/wallets', weight: 6, client: 'fetch' },
  { operation: 'GET /wallets/{walletId}/transactions', weight: 6, client: 'sdk' },
  { operation: 'POST /payouts/bankwire', weight: 5, client: 'axios' },
  { operation: 'GET /payouts/{payoutId}', weight: 5, client: 'fetch' },
  { operation: 'POST /users/natural', weight: 4, client: 'sdk' },
  { operation: 'POST /wallets', weight: 4, client: 'sdk' },
  { operation: 'POST /cardregistrations', weight: 3, client: 'sdk' },
  { operation: 'PUT /users/natural/{userId}', weight: 2, client: 'axios' },
  { operation: 'GET /users/{userId}/transactions', weight: 2, client: 'fetch' },
  { operation: 'GET /events', weight: 1, client: 'fetch' },
]

/** All but token calls, whose 400 would mean a locked account. */
const CALLS = EVERYDAY.map(({ operation }) => operation)

/** Calls that fail on any day: a wrong field, an id nobody knows. No alert may care. */
const BACKGROUND: readonly FaultShare[] = [
  { share: 0.004, fault: { kind: 'status', status: 400 }, only: CALLS },
  { share: 0.003, fault: { kind: 'status', status: 404 }, only: CALLS },
  { share: 0.0005, fault: { kind: 'status', status: 500 }, only: CALLS },
]

/** What becomes of payments on any day: some cards are refused, some people do not finish, payouts end later. */
const USUAL_FATES: readonly FateShare[] = [
  { share: 0.06, fate: { status: 'FAILED', code: '101101' }, only: ['POST /payins/card/direct'] },
  { share: 0.03, fate: { status: 'FAILED', code: '101301' }, only: ['POST /payins/card/direct'] },
  {
    share: 1,
    fate: { status: 'CREATED', later: { milliseconds: 3_000, status: 'SUCCEEDED' } },
    only: ['POST /payouts/bankwire'],
  },
]

/** The same after some usual seconds, with these before what is usual: the first that hits decides. */
const fatesFrom =
  (begins: number, fates: readonly FateShare[]) =>
  (seconds: number): readonly FateShare[] =>
    seconds < begins ? USUAL_FATES : [...fates, ...USUAL_FATES]

/** An evening at the checkout: half of all calls are pay-ins. */
const CHECKOUT: readonly OperationShare[] = [
  ...EVERYDAY,
  { operation: 'POST /payins/card/direct', weight: 80, client: 'sdk' },
]

/** About 0.9 calls per second, with a slow swell: 82 % of what the default 24 h quota sustains (1.22 per second). */
const everydayRate = (seconds: number): number => 0.9 + 0.2 * Math.sin(seconds / 47)

/** 0 before `from`, 1 after `to`, straight between. */
const ramp = (seconds: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (seconds - from) / (to - from)))

/** Usual traffic, next to no errors. */
const normal: Scenario = {
  name: 'normal',
  title: 'Normal traffic',
  key: '1',
  look: 'Almost every call succeeds. A few 400s, 404s and a rare 500 are part of any day. Most of the quota is left and no alert fires.',
  todo: 'Nothing.',
  alerts: [],
  rate: everydayRate,
  operations: EVERYDAY,
  faults: () => BACKGROUND,
  fates: () => USUAL_FATES,
}

/** A worker without back-off. The 429s are the quota's own doing: no fault is injected. */
const retryLoop: Scenario = {
  name: 'retry-loop',
  title: 'Retry loop (429 storm)',
  key: '2',
  look: 'One worker asks for a payout again and again without a pause: GET /payouts/{payoutId}. The 15 min quota is used up in a straight line, and the forecast warns before the first 429. Then nearly every call of the account is a 429, whoever makes it.',
  todo: 'Stop the worker that calls GET /payouts/{payoutId}, and make it wait between tries. The 15 min quota is back when the calls of the loop are 15 minutes old.',
  alerts: ['MangopayRateLimitExhaustionPredicted', 'MangopayRateLimited', 'MangopayRateLimitHeadroomLow'],
  rate: (seconds) => everydayRate(seconds) + 30 * ramp(seconds, 2, 4),
  operations: [...EVERYDAY, { operation: 'GET /payouts/{payoutId}', weight: 3_000, client: 'fetch' }],
  faults: () => BACKGROUND,
}

/** Payouts by the thousand, for two minutes of every hour. */
const paydayBatch: Scenario = {
  name: 'payday-batch',
  title: 'Payday batch',
  key: '3',
  look: 'Payouts by the thousand use up most of the 15 min quota in two minutes. The forecast warns, but the batch ends in time: no 429.',
  todo: 'Spread the batch over more time.',
  alerts: ['MangopayRateLimitExhaustionPredicted', 'MangopayRateLimitHeadroomLow'],
  rate: (seconds) => everydayRate(seconds) + (seconds % 3_600 >= 3 && seconds % 3_600 < 123 ? 9 : 0),
  operations: [
    ...EVERYDAY,
    { operation: 'POST /payouts/bankwire', weight: 600, client: 'sdk' },
    { operation: 'GET /wallets/{walletId}', weight: 200, client: 'sdk' },
    { operation: 'POST /transfers', weight: 100, client: 'axios' },
  ],
  faults: () => BACKGROUND,
}

/** Mangopay is down: its own 500s, the edge's 502s, and calls that nobody answers. */
const outage: Scenario = {
  name: 'outage',
  title: 'Mangopay outage',
  key: '4',
  look: 'Mangopay is down. Nearly every call fails: a 502 from the servers in front of it, a 500, or no answer at all. Writes may have happened all the same: their outcome is unknown.',
  todo: 'Look at status.mangopay.com. Repeat a write only with its idempotency key.',
  alerts: [
    'MangopayFailing',
    'MangopayErrorBudgetBurn',
    'MangopayUnknownOutcomes',
    'MangopayNothingSucceeds',
    'MangopayLatencyHigh',
  ],
  rate: everydayRate,
  operations: EVERYDAY,
  faults: (seconds) => {
    const level = 0.4 + 0.55 * ramp(seconds, 3, 15)
    return [
      { share: 0.25 * level, fault: { kind: 'status', status: 500 } },
      { share: 0.4 * level, fault: { kind: 'edge', status: 502 } },
      { share: 0.1 * level, fault: { kind: 'edge', status: 520 } },
      { share: 0.25 * level, fault: { kind: 'hang' } },
    ]
  },
}

/** Somebody rotated the API key and forgot this service. */
const expiredCredentials: Scenario = {
  name: 'expired-credentials',
  title: 'Expired credentials',
  key: '5',
  look: 'Our API key is no longer valid: every call is answered 401, and so is every request for a new token. Mangopay itself is fine.',
  todo: 'Deploy the new key.',
  alerts: ['MangopayAccessRefused', 'MangopayNothingSucceeds'],
  rate: everydayRate,
  operations: EVERYDAY,
  faults: (seconds) => (seconds < 2 ? BACKGROUND : [{ share: 1, fault: { kind: 'credentials' } }]),
}

/** Many end users reach the end of their 180 days at once. */
const scaWave: Scenario = {
  name: 'sca-wave',
  title: 'SCA wave',
  key: '6',
  look: 'Many end users have to confirm who they are: 401s of category sca_required, on four reads only. Nothing is broken, so no alert fires.',
  todo: 'Send these users to the link in the answer.',
  alerts: [],
  rate: (seconds) => everydayRate(seconds) * 1.5,
  operations: [
    ...EVERYDAY,
    ...SCA_READS.map((operation): OperationShare => ({ operation, weight: 20, client: 'axios' })),
  ],
  faults: () => [...BACKGROUND, { share: 0.6, fault: { kind: 'sca' }, only: SCA_READS }],
}

/** Mangopay answers, and takes its time. */
const slowAnswers: Scenario = {
  name: 'slow-answers',
  title: 'Slow answers',
  key: '7',
  look: 'Mangopay answers, but late: p95 climbs to seconds while the error ratio stays low. Latency has an alert of its own.',
  todo: 'Look at status.mangopay.com. Let time-outs be longer than the answers take.',
  alerts: ['MangopayLatencyHigh'],
  rate: everydayRate,
  operations: EVERYDAY,
  faults: (seconds) => {
    const level = ramp(seconds, 0, 10)
    return [
      ...BACKGROUND,
      { share: 0.5, fault: { kind: 'slow', milliseconds: Math.round(400 + 2_000 * level) } },
      { share: 0.3, fault: { kind: 'slow', milliseconds: Math.round(800 + 3_000 * level) } },
    ]
  },
}

/** Something between us and Mangopay drops connections. */
const connectionResets: Scenario = {
  name: 'connection-resets',
  title: 'Connection resets',
  key: '8',
  look: 'Connections break on the way: no status code, or a 200 whose body is cut, both of category network. Reads can be repeated. Writes may have happened: their outcome is unknown.',
  todo: 'Look at the proxy and the network. Repeat a write only with its idempotency key.',
  alerts: ['MangopayFailing', 'MangopayErrorBudgetBurn', 'MangopayUnknownOutcomes'],
  rate: everydayRate,
  operations: EVERYDAY,
  faults: () => [
    ...BACKGROUND,
    { share: 0.25, fault: { kind: 'reset' } },
    { share: 0.05, fault: { kind: 'cut', how: 'reset' } },
    { share: 0.05, fault: { kind: 'cut', how: 'fin' } },
  ],
}

/** A queue delivers its messages twice; the keys do their work. */
const reusedKeys: Scenario = {
  name: 'reused-keys',
  title: 'Reused idempotency keys',
  key: '9',
  look: 'A queue delivers its messages twice. The idempotency keys stop the second write: 409s of category idempotency_conflict, no money is moved twice, no alert fires.',
  todo: 'Find out who sends twice.',
  alerts: [],
  rate: (seconds) => everydayRate(seconds) * 1.5,
  operations: EVERYDAY,
  faults: () => [...BACKGROUND, { share: 0.5, fault: { kind: 'reused_key' }, only: KEYED_WRITES }],
}

/** One large bank refuses what it took yesterday. */
const refusalWave: Scenario = {
  name: 'refusal-wave',
  title: 'A bank refuses cards',
  key: 'b',
  look: 'One large bank refuses its cards: most pay-ins fail with code 101101. Every call is answered 200, so error ratio and latency show nothing. Only the payments do: category bank_refused.',
  todo: 'Nothing is broken here. Tell customers to try another card, and tell Mangopay if it goes on.',
  alerts: ['MangopayPayInsFailing'],
  rate: everydayRate,
  operations: CHECKOUT,
  faults: () => BACKGROUND,
  fates: fatesFrom(3, [
    { share: 0.75, fate: { status: 'FAILED', code: '101101' }, only: ['POST /payins/card/direct'] },
  ]),
}

/** The server that authenticates cardholders is down. Some payments fail at once, others when the user comes back. */
const secureOutage: Scenario = {
  name: '3ds-outage',
  title: '3-D Secure outage',
  key: 's',
  look: 'Cardholders cannot authenticate: pay-ins fail with 101301 and 101399, some at once, some after the redirect. Those answer CREATED, and only a notification tells how they end. Their category is authentication.',
  todo: 'After a deploy of ours: roll the checkout back, it may be the redirect. Else it is the issuers’ server: ask Mangopay, and tell customers to try later.',
  alerts: ['MangopayPayInsFailing', 'MangopayThreeDsFailing'],
  rate: everydayRate,
  operations: CHECKOUT,
  faults: () => BACKGROUND,
  fates: fatesFrom(3, [
    { share: 0.45, fate: { status: 'FAILED', code: '101301' }, only: ['POST /payins/card/direct'] },
    { share: 0.15, fate: { status: 'FAILED', code: '101399' }, only: ['POST /payins/card/direct'] },
    {
      share: 0.3,
      fate: { status: 'CREATED', later: { milliseconds: 4_000, status: 'FAILED', code: '101301' } },
      only: ['POST /payins/card/direct'],
    },
  ]),
}

/** Payouts are taken, and come to nothing a moment later. */
const payoutFailures: Scenario = {
  name: 'payout-failures',
  title: 'Payouts fail',
  key: 'o',
  look: 'Every payout is answered CREATED, and two in three fail later: the receiving bank refuses the wire. No answer of a call tells of it, only the notifications do, and they carry no code: the payout itself has it (121001). The money is back in the wallets.',
  todo: 'Check the bank accounts, tell the sellers, pay out again.',
  alerts: ['MangopayPayoutsFailing'],
  rate: everydayRate,
  operations: [...EVERYDAY, { operation: 'POST /payouts/bankwire', weight: 40, client: 'axios' }],
  faults: () => BACKGROUND,
  fates: fatesFrom(3, [
    {
      share: 0.65,
      fate: { status: 'CREATED', later: { milliseconds: 3_000, status: 'FAILED', code: '121001' } },
      only: ['POST /payouts/bankwire'],
    },
  ]),
}

/** A deploy breaks the endpoint of the notifications: first it is slow, then it answers 503. */
const dyingHook: Scenario = {
  name: 'dying-hook',
  title: 'A webhook dies',
  key: 'h',
  look: 'After a deploy our endpoint answers notifications too late, then with 503. Mangopay repeats them, here twenty times faster than in life, and after 100 failures in a row disables the hook: nothing comes any more, and nobody hears how payments end.',
  todo: 'Roll the deploy back, then enable the hook again at Mangopay.',
  alerts: ['MangopayWebhooksNotAcknowledged'],
  rate: everydayRate,
  operations: CHECKOUT,
  faults: () => BACKGROUND,
  fates: () => USUAL_FATES,
  hook: (seconds) => (seconds < 8 ? 'answers' : seconds < 16 ? 'dawdles' : 'refuses'),
}

/** Payments that are refused behind a 200, and payouts that end later. */
const REFUSALS: readonly FateShare[] = [
  { share: 0.1, fate: { status: 'FAILED', code: '101101' }, only: ['POST /payins/card/direct'] },
  { share: 0.05, fate: { status: 'FAILED', code: '101301' }, only: ['POST /payins/card/direct'] },
  { share: 0.03, fate: { status: 'FAILED', code: '009199' }, only: ['POST /payins/card/direct'] },
  { share: 0.1, fate: { status: 'FAILED', code: '001001' }, only: ['POST /transfers'] },
  {
    share: 0.6,
    fate: { status: 'CREATED', later: { milliseconds: 300, status: 'SUCCEEDED' } },
    only: ['POST /payouts/bankwire'],
  },
  {
    share: 0.4,
    fate: { status: 'CREATED', later: { milliseconds: 300, status: 'FAILED', code: '121001' } },
    only: ['POST /payouts/bankwire'],
  },
]

/** Every kind of trouble at once, for the proof on the terminal: is each of them counted? Not among the stories. */
const proof: Scenario = {
  name: 'proof',
  title: 'A bit of everything',
  key: '0',
  look: 'The library counts what the server says it answered, by status and by operation.',
  todo: 'Compare.',
  alerts: [],
  rate: () => 14,
  operations: EVERYDAY,
  faults: () => [
    { share: 0.03, fault: { kind: 'status', status: 400 }, only: CALLS },
    { share: 0.015, fault: { kind: 'status', status: 403 }, only: CALLS },
    { share: 0.02, fault: { kind: 'status', status: 404 }, only: CALLS },
    { share: 0.01, fault: { kind: 'status', status: 422 }, only: CALLS },
    { share: 0.05, fault: { kind: 'status', status: 500 } },
    { share: 0.03, fault: { kind: 'edge', status: 502 } },
    { share: 0.01, fault: { kind: 'edge', status: 520 } },
    { share: 0.1, fault: { kind: 'sca' }, only: SCA_READS },
    { share: 0.015, fault: { kind: 'hang' } },
    { share: 0.01, fault: { kind: 'stall' } },
    { share: 0.01, fault: { kind: 'cut', how: 'fin' } },
    { share: 0.01, fault: { kind: 'cut', how: 'reset' } },
    { share: 0.02, fault: { kind: 'reset' } },
    { share: 0.03, fault: { kind: 'redirect' } },
    { share: 0.02, fault: { kind: 'empty', status: 204 } },
    { share: 0.05, fault: { kind: 'slow', milliseconds: 300 } },
    { share: 0.15, fault: { kind: 'reused_key' }, only: KEYED_WRITES },
  ],
  fates: () => REFUSALS,
}

/** All stories, in the order of the demo page. */
export const SCENARIOS: readonly Scenario[] = [
  normal,
  retryLoop,
  paydayBatch,
  outage,
  expiredCredentials,
  scaWave,
  slowAnswers,
  connectionResets,
  reusedKeys,
  refusalWave,
  secureOutage,
  payoutFailures,
  dyingHook,
]

/** The scenario of that name, `proof` among them; throws, naming the known ones, when there is none. */
export const scenarioNamed = (name: string): Scenario => {
  const found = [...SCENARIOS, proof].find((scenario) => scenario.name === name)
  if (found) return found
  throw new RangeError(`no scenario "${name}"; there are: ${SCENARIOS.map((scenario) => scenario.name).join(', ')}`)
}
