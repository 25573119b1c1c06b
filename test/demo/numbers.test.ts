/** The numbers, events and lists of the demo page, as its server makes them. */
import fc from 'fast-check'
import type { Snapshot } from 'opentelemetry-mangopay'
import { describe, expect, it } from 'vitest'
import { ALERT_NAMES } from '../../alerts/model.ts'
import { fillQuota } from '../../examples/demo/page/account.ts'
import { Storyteller } from '../../examples/demo/page/events.ts'
import { type PaymentsLately, PaymentWatch, paymentsTile } from '../../examples/demo/page/payments.ts'
import { bucketsBetween, countsBetween, quantile, Trend, takeReading } from '../../examples/demo/page/readings.ts'
import { FailedCalls } from '../../examples/demo/page/recent.ts'
import { neverArrived, TruthWatch } from '../../examples/demo/page/truth.ts'
import type { Percentiles, Tiles } from '../../examples/demo/page/wire.ts'
import { RequestLog } from '../../examples/mock/log.ts'
import { DEFAULT_QUOTA } from '../../examples/mock/quota.ts'
import { startMock } from '../../examples/mock/server.ts'
import type { ReceivedPoint, ReceivedSpan } from '../../examples/otlp-receiver.ts'
import type { AppEvent, AppState } from '../../examples/traffic/messages.ts'

const point = (value: number, attributes: ReceivedPoint['attributes'] = {}): ReceivedPoint => ({
  metric: 'mangopay.client.requests',
  attributes: { 'mangopay.operation': 'GET /events', ...attributes },
  value,
})
const failed = (category: string, status: number | undefined, value: number): ReceivedPoint =>
  point(value, {
    'mangopay.error.category': category,
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
  })

describe('readings', () => {
  it('sum the series up by category, status and operation', () => {
    const failures = [
      ['rate_limit', 429, 5],
      ['server_error', 500, 2],
      ['server_error', 502, 1],
      ['timeout', undefined, 1],
      ['network', 200, 1],
      ['not_found', 404, 1],
    ] as const
    const other = point(200, { 'mangopay.operation': 'GET /users/{userId}' })
    const durations = { ...point(0), bounds: [0.1, 0.5, 1], buckets: [80, 10, 5, 5] }
    const reading = takeReading(
      0,
      [point(89), ...failures.map(([category, status, value]) => failed(category, status, value)), other],
      [durations],
    )
    expect(reading.categories).toEqual({ rate_limit: 5, server_error: 3, timeout: 1, network: 1, not_found: 1 })
    expect(reading.statuses).toEqual({ 429: 5, 500: 2, 502: 1, 'no response': 1, '200, body cut': 1, 404: 1 })
    expect(reading).toMatchObject({ calls: 300, buckets: [80, 10, 5, 5] })
    expect(reading.operations).toEqual([
      { operation: 'GET /users/{userId}', calls: 200, failures: 0, status429: 0, status500: 0 },
      { operation: 'GET /events', calls: 100, failures: 11, status429: 5, status500: 2, p95: 1 },
    ])
  })

  it('say what came between two counts', () => {
    expect(countsBetween({ a: 2, b: 3 }, { a: 5, b: 3, c: 1 })).toEqual({ a: 3, c: 1 })
    expect(bucketsBetween([1, 2], [4, 2, 7])).toEqual([3, 0, 7])
  })

  it('find the bucket that a quantile of the real values is in', () => {
    const bounds = [0.1, 0.5, 1, 5]
    const arbitrary = fc.array(fc.double({ min: 0.001, max: 5, noNaN: true }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(arbitrary, fc.constantFrom(0.5, 0.95, 0.99), (values, q) => {
        const bucketOf = (value: number) => bounds.findIndex((bound) => value <= bound)
        const buckets = [0, 0, 0, 0, 0]
        for (const value of values) buckets[bucketOf(value)] = (buckets[bucketOf(value)] ?? 0) + 1
        const exact = [...values].sort((a, b) => a - b)[Math.ceil(q * values.length - 1e-9) - 1] ?? 0
        expect(bucketOf(quantile(q, bounds, buckets) ?? 0)).toBe(bucketOf(exact))
      }),
    )
    expect(quantile(0.95, [1, 2], [0, 0, 0])).toBeUndefined()
    expect(quantile(0.95, [1, 2], [0, 0, 9])).toBe(2)
    // A client that gives up after 5 s has no calls of 9 s.
    expect(quantile(0.95, [1, 5, 10], [0, 0, 9, 0], 5.003)).toBe(5.003)
  })

  it('become a point of the charts with what is new in it, and tiles of what happened lately', () => {
    const trend = new Trend(0)
    const at = (second: number, calls: number, limited: number) => {
      const points = [point(calls - limited - 30), failed('rate_limit', 429, limited), failed('sca_required', 401, 30)]
      return trend.take(takeReading(second * 1_000, points, []), [])
    }
    expect(at(1, 40, 0)).toMatchObject({
      sample: { categories: { sca_required: 30 } },
      tiles: { calls: 40, errors: {}, leftOut: { sca_required: 30 } },
    })
    for (let second = 2; second <= 60; second++) at(second, 30 + second * 10, 0)
    expect(at(61, 640, 5)).toMatchObject({
      sample: { categories: { rate_limit: 5 }, statuses: { 429: 5 } },
      tiles: { seconds: 15, calls: 150, rateLimited: 5, errors: { rate_limit: 5 }, leftOut: {} },
    })
    const quota = [
      { window: '15m', used: 50, limit: 100, secondsToEmpty: 40 },
      { window: '24h', used: 90, limit: 100, secondsToEmpty: 9_000 },
    ]
    const { headroom } = new Trend(0).take(takeReading(1, [], []), quota).tiles
    expect(headroom).toEqual({ window: '24h', share: expect.closeTo(0.1), soonest: { window: '15m', seconds: 40 } })
  })
})

/** What of late is looked at. */
const lately = (errors: Record<string, number>, latency?: Percentiles): Tiles & PaymentsLately => ({
  ...{ seconds: 15, calls: 20, errors, leftOut: {}, rateLimited: 0, serverErrors: {}, acknowledged: {}, missed: {} },
  ...(latency ? { latency } : {}),
})

describe('events', () => {
  const quota = (state: 'started' | 'ended', window: string, remaining: number): AppEvent => ({
    kind: 'quota',
    at: 1,
    event: { window, environment: 'sandbox', state, remaining, limit: 100, secondsToEmpty: 30 },
  })
  const spike = (kind: '429' | '500' | 'unavailable'): AppEvent => ({
    kind: 'spike',
    at: 1,
    event: { kind, environment: 'sandbox', state: 'started', since: 1, count: 9, ratio: 0.5, operations: [] },
  })

  it.each([
    [quota('started', '15m', 60), 'MangopayRateLimitExhaustionPredicted', 'ticket'],
    [quota('started', '15m', 5), 'MangopayRateLimitHeadroomLow', 'ticket'],
    [quota('started', '24h', 2), 'MangopayRateLimitNearlyEmpty', 'page'],
    [spike('429'), 'MangopayRateLimited', 'page'],
    [spike('500'), 'MangopayErrorBudgetBurn', 'page'],
    [spike('unavailable'), 'MangopayFailing', 'page'],
  ] as const)('%j names %s', (event, alert, urgency) => {
    const told = new Storyteller().tell(event)
    expect(told).toMatchObject({ alert, urgency })
    expect(ALERT_NAMES).toContain(told.alert)
  })

  it.each([
    ['an outage', { server_error: 9, timeout: 3 }, ''],
    ['answers that come too late', { server_error: 1, timeout: 9 }, 'The latest are mostly time-outs'],
    ['a loop that is too busy for answers', { timeout: 9, rate_limit: 99 }, 'Mangopay is not down'],
    ['an outage in a loop', { timeout: 9, rate_limit: 99, server_error: 1 }, 'The latest are mostly time-outs'],
  ])('say where time-outs come from: %s', (_what, errors: Record<string, number>, why) => {
    const teller = new Storyteller()
    if (errors['rate_limit']) teller.tell(spike('429'))
    const { text } = teller.tell(spike('unavailable'), lately(errors))
    expect(text).toContain(why)
    expect(text.includes('time-outs:')).toBe(why !== '')
  })

  it('end with the alert they began with', () => {
    const teller = new Storyteller()
    teller.tell(quota('started', '15m', 60))
    expect(teller.tell(quota('ended', '15m', 5)).alert).toBe('MangopayRateLimitExhaustionPredicted')
    expect(teller.tell(quota('started', '15m', 5)).alert).toBe('MangopayRateLimitHeadroomLow')
  })

  it('come once when the condition of a rule begins to hold, and once when it ceases to', () => {
    const teller = new Storyteller()
    const look = (authorization: number, p95: number) =>
      teller
        .look(1, lately({ authorization }, { p50: 1, p95, p99: p95 }))
        .map(({ alert, state }) => `${alert} ${state}`)
    expect(look(4, 2)).toEqual([])
    expect(look(5, 2)).toEqual(['MangopayAccessRefused started'])
    expect(look(20, 3)).toEqual(['MangopayLatencyHigh started'])
    expect(look(20, 3)).toEqual([])
    expect(look(0, 1)).toEqual(['MangopayAccessRefused ended', 'MangopayLatencyHigh ended'])
  })
})

describe('events of payments', () => {
  const failed = (count: number, all: number) => ({ PAYIN_NORMAL_FAILED: count, PAYIN_NORMAL_SUCCEEDED: all - count })
  const payouts = (count: number, all: number) => ({
    PAYOUT_NORMAL_FAILED: count,
    PAYOUT_NORMAL_SUCCEEDED: all - count,
  })
  it.each([
    ['ten of nineteen pay-ins', failed(10, 19), {}, ['MangopayPayInsFailing']],
    ['nine of ten pay-ins', failed(9, 10), {}, []],
    ['half of the pay-ins', failed(20, 40), {}, []],
    ['three of ten payouts', payouts(3, 10), {}, ['MangopayPayoutsFailing']],
    ['two payouts', payouts(2, 2), {}, []],
    ['three of forty payouts', payouts(3, 40), {}, []],
    ['five notifications of a type missed', {}, { KYC_FAILED: 5 }, ['MangopayWebhooksNotAcknowledged']],
    ['four', {}, { KYC_FAILED: 4 }, []],
    ['five, and one was acknowledged', { KYC_FAILED: 1 }, { KYC_FAILED: 5 }, []],
    [
      'five, and one of another type was acknowledged',
      { KYC_CREATED: 1 },
      { KYC_FAILED: 5 },
      ['MangopayWebhooksNotAcknowledged'],
    ],
  ] as const)('%s', (_, acknowledged, missed, alerts) => {
    const told = new Storyteller().look(1, { ...lately({}), acknowledged, missed })
    expect(told.map(({ alert }) => alert)).toEqual(alerts)
  })
})

describe('payments on both sides', () => {
  const snapshot = (time: number, failed: number, acknowledged: number, late = 0) =>
    ({
      time,
      environments: {
        sandbox: { results: { pay_in: { statuses: { FAILED: failed, SUCCEEDED: 4 }, codes: { 101101: failed } } } },
        other: { results: { pay_in: { statuses: { SUCCEEDED: 1 }, codes: {} } } },
      },
      webhooks: { PAYIN_NORMAL_FAILED: { acknowledged, late } },
    }) as unknown as Snapshot
  const server = (failed: number, acknowledged: number, late = 0, isInvalid = false) => ({
    results: { 'pay_in FAILED 101101': failed, 'pay_in SUCCEEDED 000000': 5 },
    hooks: { events: {}, sent: { PAYIN_NORMAL_FAILED: { acknowledged, late, refused: 0 } }, waiting: 2, isInvalid },
  })

  it('are added up by kind, failure, delivery and what a notification tells', () => {
    expect(new PaymentWatch().look(snapshot(0, 3, 2, 1), server(3, 2, 1, true))).toEqual({
      results: [{ what: 'pay_in', library: 8, server: 8, failed: { what: 'failed', library: 3, server: 3 } }],
      deliveries: [
        { what: 'acknowledged', library: 2, server: 2 },
        { what: 'late', library: 1, server: 1 },
        { what: 'refused', library: 0, server: 0 },
      ],
      ends: [
        { what: 'PAYIN_NORMAL_FAILED', library: 2, server: 2 },
        { what: 'PAYOUT_NORMAL_FAILED', library: 0, server: 0 },
      ],
      why: { code: '101101', words: 'bank refuses, no reason given', count: 3 },
      waiting: 2,
      isInvalid: true,
      state: 'equal',
    })
  })

  it('agree when the library has what the server had at one of two looks or between them', () => {
    const watch = new PaymentWatch()
    watch.look(snapshot(0, 3, 2), server(3, 2))
    expect(watch.look(snapshot(1, 3, 3), server(5, 3)).state).toBe('explained')
    expect(watch.look(snapshot(2, 5, 3), server(5, 3)).state).toBe('equal')
  })

  it.each([
    ['missed a result', snapshot(0, 2, 2), server(3, 2)],
    ['counted one twice', snapshot(0, 4, 2), server(3, 2)],
    ['missed a notification', snapshot(0, 3, 1), server(3, 2)],
    ['took an acknowledged one for a late one', snapshot(0, 3, 1, 1), server(3, 2, 0)],
    ['missed a late one', snapshot(0, 3, 2, 0), server(3, 2, 1)],
  ])('differ when the library %s', (_, library, truth) => {
    const watch = new PaymentWatch()
    watch.look(snapshot(0, 3, 2, truth.hooks.sent.PAYIN_NORMAL_FAILED.late), truth)
    const states = [1, 2, 3].map(() => watch.look(library, truth).state)
    expect(states).toEqual(['settling', 'settling', 'differs'])
  })

  it('agree while no more results are missing than calls are in flight', () => {
    const watch = new PaymentWatch()
    const look = (inFlight: number) => watch.look(snapshot(0, 3, 2), server(5, 2), inFlight).state
    watch.look(snapshot(0, 3, 2), server(5, 2))
    expect([2, 2, 2].map(look)).toEqual(['explained', 'explained', 'explained'])
    expect([1, 1, 1].map(look)).toEqual(['settling', 'settling', 'differs'])
  })

  it('agree when an answer in time was late on its way: only the server can know', () => {
    const watch = new PaymentWatch()
    const states = [1, 2, 3].map((time) => watch.look(snapshot(time, 3, 3, 0), server(3, 2, 1)))
    expect(states).toEqual([1, 2, 3].map(() => expect.objectContaining({ state: 'explained', lateOnTheWay: 1 })))
  })

  it('the last half minute is told of both deliveries', () => {
    const watch = new PaymentWatch()
    for (let second = 0; second <= 60; second++)
      watch.look(snapshot(second * 1_000, 0, second, second < 40 ? 0 : 3), server(0, 0))
    expect(watch.lately()).toEqual({
      acknowledged: { PAYIN_NORMAL_FAILED: 30 },
      missed: { PAYIN_NORMAL_FAILED: 3 },
    })
    const tile = { what: 'pay-ins', failed: 30, all: 30, seconds: 30, urgency: 'page' }
    expect(paymentsTile(watch.lately(), false)).toEqual({ payments: tile })
    expect(paymentsTile(watch.lately(), true)).toEqual({ payments: 'hook disabled' })
  })
})

describe('the comparison of both sides', () => {
  const counts = { status429: 0, status500: 0, failures: {} }
  const state = (
    time: number,
    calls: number,
    inFlight: number,
    more: Partial<Record<keyof typeof counts, unknown>> = {},
  ) =>
    ({
      time,
      snapshot: { environments: { sandbox: { calls, ...counts, ...more } } },
      counts: { inFlight },
    }) as unknown as AppState
  const logOf = (count: number) => {
    const log = new RequestLog(1_000)
    return { log, entries: Array.from({ length: count }, () => log.begin(1_000, 'GET', '/')) }
  }

  it('is equal when the counts are, and explained while the rest is in flight', () => {
    const { log } = logOf(10)
    expect(new TruthWatch().look(state(1_000, 10, 0), log, 0)).toMatchObject({ state: 'equal', inFlight: 0 })
    expect(new TruthWatch().look(state(1_000, 7, 3), log, 0)).toMatchObject({ state: 'explained', inFlight: 3 })
    expect(new TruthWatch().look(state(1_000, 12, 0), log, 2)).toMatchObject({ state: 'equal', neverArrived: 2 })
    // What has arrived since the library was asked is left out.
    log.begin(2_000, 'GET', '/')
    expect(new TruthWatch().look(state(1_500, 10, 0), log, 0).state).toBe('equal')
  })

  it('has no more 429s under way than calls: both sides are of one moment', () => {
    const { log, entries } = logOf(10)
    // Six have been answered when the library is asked, which has heard of five; four more come while it tells.
    for (const [i, entry] of entries.entries()) log.status(entry, 429, i < 6 ? 1_000 : 1_001)
    const { lines, state: told } = new TruthWatch().look(state(1_000, 5, 5, { status429: 5 }), log, 0)
    expect(told).toBe('explained')
    expect(lines.slice(0, 2)).toEqual([
      { what: 'All calls', library: 5, server: 10 },
      { what: '429', library: 5, server: 6 },
    ])
  })

  it.each([
    ['missed a call', state(1_000, 9, 0)],
    ['counted one twice', state(1_000, 11, 3)],
    ['missed more than is in flight', state(1_000, 5, 4)],
    ['missed a 429', state(1_000, 10, 0, { status500: 1 })],
    ['took a 429 for a 500', state(1_000, 10, 0, { status500: 2 })],
  ])('differs when the library %s', (_, own) => {
    const { log, entries } = logOf(10)
    for (const [i, entry] of entries.entries()) log.status(entry, i === 0 ? 429 : i === 1 ? 500 : 200, 1_000)
    const watch = new TruthWatch()
    const states = [1, 2, 3, 4].map(() => watch.look(own, log, 0).state)
    expect(states).toEqual(['settling', 'settling', 'differs', 'differs'])
    expect(watch.look(state(1_000, 10, 0, { status429: 1, status500: 1 }), log, 0).state).toBe('equal')
  })

  it('waits for the spans of calls that failed on the network, and not for ever', () => {
    const { log } = logOf(10)
    const watch = new TruthWatch()
    watch.look(state(1_000, 10, 0), log, 0)
    const refused = state(1_000, 12, 0, { failures: { network: 2 } })
    expect([1, 2, 3].map(() => watch.look(refused, log, 0).state)).toEqual(['explained', 'explained', 'explained'])
    expect(watch.look(refused, log, 2).state).toBe('equal')
    expect([1, 2, 3].map(() => watch.look(refused, log, 0).state)).toEqual(['settling', 'settling', 'differs'])
  })

  it.each([
    ['Error', 'ECONNREFUSED', true],
    ['ENOTFOUND', '', true],
    ['ECONNRESET', 'ECONNRESET', false],
    ['500', '', false],
  ])('knows whether a call arrived: %s, %s', (type, exception, lost) => {
    const events = [{ name: 'exception', attributes: { 'exception.type': exception } }]
    const span = { attributes: { 'error.type': type }, message: '', events } as unknown as ReceivedSpan
    expect(neverArrived(span)).toBe(lost)
  })
})

it('failed calls of every category are kept through a storm of one, and no more than can be looked at', () => {
  const calls = new FailedCalls(['rate_limit', 'network'])
  const span = (category: string) =>
    ({ attributes: { 'mangopay.error.category': category } }) as unknown as ReceivedSpan
  calls.take([span('network')])
  const told = calls.take(Array.from({ length: 500 }, () => span('rate_limit')))
  expect(told.map(({ id }) => id)).toEqual([497, 498, 499, 500, 501])
  for (let i = 0; i < 300; i++) calls.take([span(`made up ${i}`)])
  expect(calls.newest.filter(({ category }) => category === 'network')).toHaveLength(1)
  expect(calls.newest.length).toBeLessThanOrEqual(75)
})

it('the account begins each story in the middle of a usual day', async () => {
  const mock = await startMock({ quota: DEFAULT_QUOTA })
  fillQuota(mock, 1)
  const shares = mock.used().map((used, i) => used / (DEFAULT_QUOTA[i]?.limit ?? 1))
  await mock.close()
  for (const share of shares) {
    expect(share).toBeGreaterThan(0.25)
    expect(share).toBeLessThan(0.5)
  }
})
