import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALERT_NAMES } from '../alerts/model.ts'
import { fillQuota } from '../examples/demo/page/account.ts'
import { FailedCalls } from '../examples/demo/page/failed-calls.ts'
import { bucketsBetween, countsBetween, quantile, takeReading } from '../examples/demo/page/readings.ts'
import { Ring } from '../examples/demo/page/ring.ts'
import { runbookPage } from '../examples/demo/page/runbook.ts'
import { Storyteller } from '../examples/demo/page/stories.ts'
import { Stream } from '../examples/demo/page/stream.ts'
import { Trend } from '../examples/demo/page/trend.ts'
import { neverArrived, TruthWatch } from '../examples/demo/page/truth.ts'
import { RequestLog } from '../examples/mock/log.ts'
import { DEMO_CLIENT } from '../examples/mock/options.ts'
import { DEFAULT_QUOTA } from '../examples/mock/quota.ts'
import { startMock } from '../examples/mock/server.ts'
import type { ReceivedPoint, ReceivedSpan } from '../examples/otlp-receiver.ts'
import type { AppEvent, AppState } from '../examples/traffic/messages.ts'

const point = (value: number, attributes: ReceivedPoint['attributes'] = {}): ReceivedPoint => ({
  metric: 'mangopay.client.requests',
  attributes,
  value,
})
const failed = (category: string, status: number | undefined, value: number): ReceivedPoint =>
  point(value, {
    'mangopay.error.category': category,
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
  })
const durations = (buckets: number[]): ReceivedPoint => ({ ...point(0), bounds: [0.1, 0.5, 1], buckets })

describe('readings', () => {
  it('sums the series up by category and status', () => {
    const reading = takeReading(
      0,
      [
        point(90),
        failed('rate_limit', 429, 5),
        failed('server_error', 500, 2),
        failed('server_error', 502, 1),
        failed('timeout', undefined, 1),
        failed('not_found', 404, 1),
      ],
      [durations([80, 10, 5, 5]), durations([1, 0, 0, 0])],
    )
    expect(reading).toMatchObject({ calls: 100, rateLimited: 5, serverErrors: 3, broken: 9 })
    expect(reading.categories).toEqual({ rate_limit: 5, server_error: 3, timeout: 1, not_found: 1 })
    expect(reading.statuses).toEqual({ 429: 5, 500: 2, 502: 1, 'no response': 1, 404: 1 })
    expect(reading.buckets).toEqual([81, 10, 5, 5])
  })

  it('says what came between two counts', () => {
    expect(countsBetween({ a: 2, b: 3 }, { a: 5, b: 3, c: 1 }, 10)).toEqual({ a: 30, c: 10 })
    expect(bucketsBetween([1, 2], [4, 2, 7])).toEqual([3, 0, 7])
    expect(bucketsBetween([], [4])).toEqual([4])
  })

  it('finds the bucket that a quantile of the real values is in', () => {
    const bounds = [0.1, 0.5, 1, 5]
    const arbitrary = fc.array(fc.double({ min: 0.001, max: 5, noNaN: true }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(arbitrary, fc.constantFrom(0.5, 0.95, 0.99), (values, q) => {
        const bucketOf = (value: number) => bounds.findIndex((bound) => value <= bound)
        const buckets = [0, 0, 0, 0, 0]
        for (const value of values) buckets[bucketOf(value)] = (buckets[bucketOf(value)] ?? 0) + 1
        const exact = [...values].sort((a, b) => a - b)[Math.ceil(q * values.length - 1e-9) - 1] ?? 0
        const found = quantile(q, bounds, buckets) ?? 0
        expect(bucketOf(found)).toBe(bucketOf(exact))
      }),
    )
  })

  it('knows no quantile of nothing, and nothing beyond the last bound', () => {
    expect(quantile(0.95, [], [0])).toBeUndefined()
    expect(quantile(0.95, [1, 2], [0, 0, 0])).toBeUndefined()
    expect(quantile(0.95, [1, 2], [0, 0, 9])).toBe(2)
  })

  it('makes rates of counters, over what there is at first', () => {
    const trend = new Trend()
    const at = (second: number, calls: number, limited: number) =>
      trend.take(takeReading(second * 1_000, [point(calls - limited), failed('rate_limit', 429, limited)], []), [])
    expect(at(0, 100, 0).sample.calls).toBe(0)
    expect(at(1, 110, 0).sample.calls).toBe(10)
    for (let second = 2; second <= 60; second++) at(second, 100 + second * 10, 0)
    const { sample, tiles } = at(61, 710, 5)
    expect(sample.calls).toBe(10)
    expect(sample.categories).toEqual({ rate_limit: 60 })
    expect(tiles).toMatchObject({ calls: 10, rateLimited: 5, errorRatio: 5 / 300 })
  })

  it('finds the lowest headroom and the soonest end', () => {
    const quota = [
      { window: '15m', used: 50, limit: 100, secondsToEmpty: 40 },
      { window: '24h', used: 90, limit: 100, secondsToEmpty: 9_000 },
    ]
    const { tiles } = new Trend().take(takeReading(0, [], []), quota)
    expect(tiles.headroom).toEqual({ window: '24h', share: expect.closeTo(0.1), secondsToEmpty: 40 })
    expect(tiles.errorRatio).toBeUndefined()
  })
})

const state = (
  time: number,
  calls: number,
  inFlight: number,
  counts: { status429?: number; status500?: number; failures?: Record<string, number> } = {},
) =>
  ({
    time,
    snapshot: { environments: { sandbox: { calls, status429: 0, status500: 0, failures: {}, ...counts } } },
    counts: { inFlight },
  }) as unknown as AppState

describe('the truth strip', () => {
  const logOf = (count: number, time = 1_000) => {
    const log = new RequestLog(1_000)
    const entries = Array.from({ length: count }, () => log.begin(time, 'GET', '/'))
    return { log, entries }
  }

  it('is equal when the counts are, and explained while the rest is in flight', () => {
    const { log } = logOf(10)
    expect(new TruthWatch().look(state(1_000, 10, 0), log, 0)).toMatchObject({ state: 'equal', inFlight: 0 })
    expect(new TruthWatch().look(state(1_000, 7, 3), log, 0)).toMatchObject({ state: 'explained', inFlight: 3 })
    expect(new TruthWatch().look(state(1_000, 12, 0), log, 2)).toMatchObject({ state: 'equal', neverArrived: 2 })
  })

  it('leaves out what has arrived since the library was asked', () => {
    const { log } = logOf(10)
    log.begin(2_000, 'GET', '/')
    expect(new TruthWatch().look(state(1_500, 10, 0), log, 0).state).toBe('equal')
  })

  it.each([
    ['missed a call', state(1_000, 9, 0)],
    ['counted one twice', state(1_000, 11, 3)],
    ['missed more than is in flight', state(1_000, 5, 4)],
    ['missed a 429', state(1_000, 10, 0, { status429: 0, status500: 1 })],
    ['took a 429 for a 500', state(1_000, 10, 0, { status429: 0, status500: 2 })],
  ])('differs when the library %s', (_, own) => {
    const { log, entries } = logOf(10)
    for (const [i, entry] of entries.entries()) log.status(entry, i === 0 ? 429 : i === 1 ? 500 : 200)
    const watch = new TruthWatch()
    expect([1, 2, 3, 4].map(() => watch.look(own, log, 0).state)).toEqual([
      'settling',
      'settling',
      'differs',
      'differs',
    ])
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

  it('tells calls that never arrived by the way they ended', () => {
    const span = (attributes: ReceivedSpan['attributes'], exception = '') =>
      ({
        attributes,
        message: '',
        events: [{ name: 'exception', attributes: { 'exception.type': exception } }],
      }) as unknown as ReceivedSpan
    expect(neverArrived(span({ 'error.type': 'Error' }, 'ECONNREFUSED'))).toBe(true)
    expect(neverArrived(span({ 'error.type': 'ENOTFOUND' }))).toBe(true)
    expect(neverArrived(span({ 'error.type': 'ECONNRESET' }, 'ECONNRESET'))).toBe(false)
    expect(neverArrived(span({ 'error.type': '500' }))).toBe(false)
  })
})

describe('the stories', () => {
  const quota = (state: 'started' | 'ended', window: string, remaining: number): AppEvent => ({
    kind: 'quota',
    at: 1,
    event: { window, environment: 'sandbox', state, remaining, limit: 100, secondsToEmpty: 30 },
  })
  const spike = (kind: '429' | '500' | 'unavailable', state: 'started' | 'ended' = 'started'): AppEvent => ({
    kind: 'spike',
    at: 1,
    event: { kind, environment: 'sandbox', state, since: 1, count: 9, ratio: 0.5, operations: [] },
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

  it('ends with the alert it began with', () => {
    const teller = new Storyteller()
    expect(teller.tell(quota('started', '15m', 60)).alert).toBe('MangopayRateLimitExhaustionPredicted')
    expect(teller.tell(quota('ended', '15m', 5)).alert).toBe('MangopayRateLimitExhaustionPredicted')
    expect(teller.tell(quota('started', '15m', 5)).alert).toBe('MangopayRateLimitHeadroomLow')
  })
})

describe('memory', () => {
  it('keeps the newest of a ring', () => {
    const ring = new Ring<number>(3)
    for (let i = 0; i < 100; i++) ring.push(i)
    expect(ring.entries).toEqual([97, 98, 99])
  })

  it('keeps failed calls of every category through a storm of one, and bounded', () => {
    const calls = new FailedCalls(['rate_limit', 'network'])
    const span = (category: string) =>
      ({ attributes: { 'mangopay.error.category': category } }) as unknown as ReceivedSpan
    calls.take([span('network')])
    const told = calls.take(Array.from({ length: 500 }, () => span('rate_limit')))
    expect(told).toHaveLength(5)
    expect(told.at(-1)?.id).toBe(501)
    for (let i = 0; i < 300; i++) calls.take([span(`made up ${i}`)])
    expect(calls.newest.filter(({ category }) => category === 'network')).toHaveLength(1)
    expect(calls.newest.length).toBeLessThanOrEqual(75)
  })

  it('lets go of a tab that does not listen', () => {
    const stream = new Stream()
    const written: string[] = []
    let destroyed = false
    const slow = {
      writableLength: 0,
      on: () => {},
      writeHead: () => {},
      write: (text: string) => written.push(text),
      end: () => {},
      destroy: () => {
        destroyed = true
      },
    }
    stream.add(slow as unknown as Parameters<Stream['add']>[0], {} as Parameters<Stream['add']>[1])
    stream.publish('problem', 'one\ntwo')
    expect(written.at(-1)).toBe('event: problem\ndata: "one\\ntwo"\n\n')
    slow.writableLength = 10_000_000
    stream.publish('problem', 'three')
    expect(destroyed).toBe(true)
    stream.end()
  })
})

describe('the account', () => {
  it('begins each story in the middle of a usual day, whatever was before', async () => {
    const mock = await startMock({ quota: DEFAULT_QUOTA })
    mock.spend(2_300)
    fillQuota(mock, DEMO_CLIENT.clientId, 1)
    const shares = mock.used().map((used, i) => used / (DEFAULT_QUOTA[i]?.limit ?? 1))
    await mock.close()
    for (const share of shares) {
      expect(share).toBeGreaterThan(0.25)
      expect(share).toBeLessThan(0.5)
    }
  })
})

describe('the runbook', () => {
  it('is text with headings to link to', async () => {
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const { join } = await import('node:path')
    const folder = mkdtempSync(join(tmpdir(), 'runbook-'))
    writeFileSync(join(folder, 'a.md'), '# Runbook\n\n## MangopayFailing\n<script>x</script>\n```\n# no heading\n```\n')
    const html = runbookPage(join(folder, 'a.md'))
    rmSync(folder, { recursive: true })
    expect(html).toContain('<h2 id="mangopayfailing">MangopayFailing</h2>')
    expect(html).toContain('&lt;script&gt;')
    expect(html).toContain('# no heading')
    expect(html).not.toContain('<script')
    expect(runbookPage('/nowhere.md')).toContain('is not there')
  })
})
