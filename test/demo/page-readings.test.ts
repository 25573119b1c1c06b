/** The numbers of the demo page, as they are made of the metrics. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExportWatch } from '../../examples/demo/page/export-watch.ts'
import { bucketsBetween, countsBetween, quantile, takeReading } from '../../examples/demo/page/readings.ts'
import { Trend } from '../../examples/demo/page/trend.ts'
import type { ReceivedPoint } from '../../examples/otlp-receiver.ts'

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

describe('exports', () => {
  it('are shown once, when the totals beside them are newer', () => {
    const watch = new ExportWatch()
    const receiver = { exports: { traces: 0, metrics: 0, refused: 0 }, points: () => [point(7)] }
    watch.look(receiver, 1_000)
    expect(watch.coveredBy(2_000)).toBe(undefined)
    receiver.exports.metrics++
    watch.look(receiver, 3_000)
    watch.look(receiver, 3_100)
    expect(watch.coveredBy(2_999)).toBe(undefined)
    expect(watch.coveredBy(3_000)?.reading).toMatchObject({ time: 3_000, calls: 7 })
    expect(watch.coveredBy(4_000)).toBe(undefined)
  })
})
