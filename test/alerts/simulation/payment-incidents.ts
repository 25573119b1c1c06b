/** Incidents of payments: what fails behind a 200, and hooks that nobody answers. */

import type { Incident } from './incidents.ts'
import type { PaymentPlan } from './payments.ts'
import type { ProcessPlan } from './process.ts'

const DAY = 86_400
const FOREVER = 40 * DAY
/** Ten in the morning of the first day: by then the alerts know what is usual. */
const B = 600
/** Minutes after the end of an incident for which its story goes on: longer than any page may last. */
const AFTER = 110

const MINUTE = 60
const perHour = (n: number): number => n / 3_600
/** The first second of a minute. */
const at = (minute: number): number => minute * MINUTE

/** Quiet at night, busy in the afternoon, on average this many an hour. */
const daily = (hourly: number) => (second: number) =>
  perHour(hourly) * (1 - 0.9 * Math.cos(((second % DAY) / DAY) * 2 * Math.PI - Math.PI / 4))

/** `usual` but from one minute to another. */
const between =
  <T>(begins: number, ends: number, usual: T, then: T) =>
  (second: number): T =>
    second >= at(begins) && second < at(ends) ? then : usual

type Shares = ReturnType<PaymentPlan['payInsFail']>

/** Of a usual shop one pay-in in eight fails. */
const USUAL: Shares = { bank_refused: 0.06, authentication: 0.03, abandoned: 0.03, technical: 0.002 }
/** More than half are refused, every day: the cards of its customers are of that kind. */
const ALWAYS_REFUSED: Shares = { bank_refused: 0.45, authentication: 0.06, abandoned: 0.04, technical: 0.002 }

const usual = (hourly: number, shares: Shares = USUAL): PaymentPlan => ({
  payIns: daily(hourly),
  payInsFail: () => shares,
  payouts: daily(hourly / 10),
  payoutsFail: () => 0.004,
  documents: daily(hourly / 20),
  documentsRefused: () => 0.3,
})

const BUSY = 600
const QUIET = 6

/** Some equal processes that share the payments of a service. Other calls are not counted: they have stories of their own. */
const shop = (payments: PaymentPlan, more: Partial<ProcessPlan> & { processes?: number } = {}): ProcessPlan[] => {
  const { processes = 2, ...plan } = more
  const part = (rate: ((second: number) => number) | undefined) => (second: number) => (rate?.(second) ?? 0) / processes
  return Array.from({ length: processes }, (_, i) => ({
    job: 'shop',
    instance: `shop-${i}`,
    environment: 'production',
    from: -17 * (i + 1),
    to: FOREVER,
    rate: () => 0,
    operations: [{ operation: 'GET /users/{userId}', weight: 1, client: 'sdk' }],
    faults: () => [],
    payments: {
      ...payments,
      payIns: part(payments.payIns),
      payouts: part(payments.payouts),
      documents: part(payments.documents),
    },
    ...plan,
  }))
}

/** A story from the day before on; what is wrong in it is over at `ends`. */
const story = (seed: number, processes: readonly ProcessPlan[], ends = B + 120): Incident['story'] => ({
  seed,
  minutes: ends + AFTER,
  processes,
  ends,
})

const NOTHING = { after: 0, why: 'nothing is wrong' }

/** One process after the other: a deploy every so many minutes, with a gap in which nobody listens. */
const deploys = (payments: PaymentPlan, every: number, gap: number): ProcessPlan[] =>
  Array.from({ length: Math.ceil((B + 230) / every) }, (_, i) => ({
    ...(shop(payments, { processes: 1 })[0] as ProcessPlan),
    instance: `shop-${i}`,
    from: at(i * every) + 7,
    to: at((i + 1) * every) + 7 - gap,
  }))

/** The incidents of payments, in the order of the table. */
export const PAYMENT_INCIDENTS: readonly Incident[] = [
  {
    name: 'refusals-busy',
    title: 'Busy shop, 600 pay-ins an hour: one bank refuses, 12 % → 75 % fail',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: story(
      101,
      shop({ ...usual(BUSY), payInsFail: between(B, B + 120, USUAL, { ...USUAL, bank_refused: 0.7 }) }),
    ),
    expected: [{ alert: 'MangopayPayInsFailing', within: 20, labels: { severity: 'critical', job: 'shop' } }],
  },
  {
    name: 'refusals-small',
    title: 'Small shop, 60 pay-ins an hour: the same',
    knowable: { after: 13, why: 'ten failures' },
    begins: B,
    story: story(102, shop({ ...usual(60), payInsFail: between(B, B + 120, USUAL, { ...USUAL, bank_refused: 0.8 }) })),
    expected: [{ alert: 'MangopayPayInsFailing', within: 60 }],
  },
  {
    name: 'refusals-quiet',
    title: 'Quiet shop, 6 pay-ins an hour: all fail for two hours, also at night',
    knowable: { after: 0, why: 'by the panel: a dozen customers; too few for a page' },
    begins: B,
    story: story(103, shop({ ...usual(QUIET), payInsFail: between(B, B + 120, USUAL, { bank_refused: 1 }) })),
    expected: [],
  },
  {
    name: 'refusals-usual',
    title: 'A shop normally at 55 % refused: 62 % for two hours',
    knowable: { after: 0, why: 'a day like many' },
    begins: B,
    story: story(
      104,
      shop({
        ...usual(BUSY, ALWAYS_REFUSED),
        payInsFail: between(B, B + 120, ALWAYS_REFUSED, { ...ALWAYS_REFUSED, bank_refused: 0.52 }),
      }),
    ),
    expected: [],
  },
  {
    name: 'refusals-usual-wave',
    title: 'The same shop: 95 %',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: story(
      105,
      shop({
        ...usual(BUSY, ALWAYS_REFUSED),
        payInsFail: between(B, B + 120, ALWAYS_REFUSED, { ...ALWAYS_REFUSED, bank_refused: 0.85 }),
      }),
    ),
    expected: [{ alert: 'MangopayPayInsFailing', within: 25 }],
  },
  {
    name: '3ds-wave',
    title: '3-D Secure outage: 3 % → 70 % of the pay-ins fail to authenticate',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: story(
      106,
      shop({ ...usual(BUSY), payInsFail: between(B, B + 120, USUAL, { ...USUAL, authentication: 0.7 }) }),
    ),
    expected: [
      {
        alert: 'MangopayThreeDsFailing',
        within: 15,
        labels: { severity: 'critical', mangopay_environment: 'production' },
      },
      { alert: 'MangopayPayInsFailing', within: 20 },
    ],
  },
  {
    name: '3ds-some',
    title: '3-D Secure of one issuer: 3 % → 40 %, more pay-ins succeed than fail',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: story(107, shop({ ...usual(BUSY), payInsFail: between(B, B + 120, USUAL, { authentication: 0.4 }) })),
    expected: [{ alert: 'MangopayThreeDsFailing', within: 25 }],
  },
  {
    name: 'payouts',
    title: 'Payouts, 60 an hour: 40 % fail',
    knowable: { after: 5, why: 'the third failure' },
    begins: B,
    story: story(108, shop({ ...usual(BUSY), payoutsFail: between(B, B + 120, 0.004, 0.4) })),
    expected: [{ alert: 'MangopayPayoutsFailing', within: 40, labels: { severity: 'warning', job: 'shop' } }],
  },
  {
    name: 'technical',
    title: 'The processor has trouble: 0.2 % → 20 % technical failures',
    knowable: { after: 1, why: 'after one export' },
    begins: B,
    story: story(109, shop({ ...usual(BUSY), payInsFail: between(B, B + 120, USUAL, { ...USUAL, technical: 0.2 }) })),
    expected: [{ alert: 'MangopayPaymentsTechnical', within: 10, labels: { severity: 'critical' } }],
  },
  {
    name: 'kyc',
    title: 'A release uploads broken KYC documents: 30 % → 95 % refused, 30 an hour',
    knowable: { after: 25, why: 'the tenth refusal' },
    begins: B,
    story: story(110, shop({ ...usual(BUSY), documentsRefused: between(B, B + 240, 0.3, 0.95) }), B + 240),
    expected: [{ alert: 'MangopayKycRefused', within: 240, labels: { severity: 'warning', job: 'shop' } }],
  },
  {
    name: 'hook-busy',
    title: 'Busy shop: its hook answers 503 from a deploy on, and is disabled within minutes',
    knowable: { after: 11, why: 'the first repeats' },
    begins: B,
    story: story(111, shop({ ...usual(BUSY), hook: between(B, FOREVER, 'answers', 'refuses') })),
    expected: [{ alert: 'MangopayWebhooksNotAcknowledged', within: 32, labels: { severity: 'critical', job: 'shop' } }],
  },
  {
    name: 'hook-quiet',
    title: 'Quiet shop: its hook answers too late, until a deploy two hours later',
    knowable: { after: 60, why: 'five of one type, the repeats among them' },
    begins: B,
    story: story(112, shop({ ...usual(QUIET), hook: between(B, B + 120, 'answers', 'dawdles') })),
    expected: [{ alert: 'MangopayWebhooksNotAcknowledged', within: 90 }],
  },
  {
    name: 'hook-deploys',
    title: 'A deploy every half hour, two minutes of 503 each time; the repeats are acknowledged',
    knowable: NOTHING,
    begins: B,
    story: story(113, shop({ ...usual(BUSY), hook: (second) => (second % 1_800 < 120 ? 'refuses' : 'answers') })),
    expected: [],
  },
  {
    name: 'payments-deploys',
    title: 'A new process every half hour, a minute after the old one has gone: counters begin anew',
    knowable: NOTHING,
    begins: B,
    story: story(114, deploys(usual(BUSY), 30, 60)),
    expected: [],
  },
  {
    name: 'payments-nights',
    title: 'Two quiet shops and a busy one for three days: nights, refused documents, single failures of every kind',
    knowable: NOTHING,
    begins: 0,
    story: {
      seed: 115,
      minutes: 3 * 1_440,
      processes: [
        ...shop(usual(BUSY)),
        ...shop(usual(QUIET), { job: 'quiet', instance: 'quiet-0', processes: 1 }),
        ...shop(usual(2, ALWAYS_REFUSED), { job: 'tiny', instance: 'tiny-0', processes: 1 }),
      ],
    },
    expected: [],
  },
]
