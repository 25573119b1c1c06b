/** Several processors of one process, on one MeterProvider. */
import { createRequire } from 'node:module'
import { SpanKind } from '@opentelemetry/api'
import { AggregationTemporality } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as names from '../../src/names.ts'
import { MangopaySpanProcessor } from '../../src/processor.ts'
import { newCaller, newProvider } from '../support/metered-calls.ts'

const USED = names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE

const quotaHeaders = (at: number, used: number) => ({
  date: new Date(at).toUTCString(),
  'x-ratelimit': `${used}`,
  'x-ratelimit-remaining': `${100 - used}`,
  'x-ratelimit-reset': `${Math.floor(at / 60_000) * 60 + 900}`,
})

describe('processors that share a meter', () => {
  it('are summed up, and stay so without traffic', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), async (calls) => {
        const { provider, total } = newProvider()
        for (const count of calls) {
          const { call } = newCaller({ meterProvider: provider })
          for (let i = 0; i < count; i++) call(i % 3 === 0 ? 429 : 200)
        }
        const sum = calls.reduce((all, count) => all + count, 0)
        for (let export_ = 0; export_ < 3; export_++) expect(await total()).toBe(sum)
      }),
      { numRuns: 20 },
    )
  })

  it('report each call once with delta temporality', async () => {
    const { provider, total } = newProvider(AggregationTemporality.DELTA)
    const [one, other] = [newCaller({ meterProvider: provider }), newCaller({ meterProvider: provider })]
    for (let i = 0; i < 5; i++) one.call(200)
    for (let i = 0; i < 7; i++) other.call(200)
    expect(await total()).toBe(12)
    expect(await total()).toBe(0)
    other.call(200)
    expect(await total()).toBe(1)
  })

  it('go on where one was shut down and another one made', async () => {
    const { provider, total } = newProvider()
    const first = newCaller({ meterProvider: provider })
    for (let i = 0; i < 100; i++) first.call(200)
    expect(await total()).toBe(100)
    await first.mangopay.shutdown()
    const second = newCaller({ meterProvider: provider })
    for (let i = 0; i < 3; i++) second.call(200)
    expect(await total()).toBe(103)
  })

  it('show the newer reading of the quota, and the ratio of all calls', async () => {
    const now = Date.UTC(2026, 10, 23, 12)
    const { provider, points } = newProvider()
    const options = { meterProvider: provider, clock: () => now }
    const [one, other] = [newCaller(options), newCaller(options)]
    one.call(200, undefined, { headers: quotaHeaders(now, 40) })
    other.call(429, undefined, { headers: quotaHeaders(now - 10_000, 30) })
    for (let i = 0; i < 8; i++) one.call(200)
    expect((await points(USED)).map(({ value }) => value)).toEqual([40])
    const ratios = await points(names.METRIC_MANGOPAY_CLIENT_ERROR_RATIO)
    expect(ratios.find(({ attributes }) => attributes['mangopay.error_ratio.kind'] === '429')?.value).toBe(0.1)
  })
})

const commonJs = createRequire(import.meta.url)('../../dist/cjs/index.js') as {
  MangopaySpanProcessor: typeof MangopaySpanProcessor
}

describe.each([
  ['of one copy of the package', MangopaySpanProcessor],
  ['of the ES module and the CommonJS copy', commonJs.MangopaySpanProcessor],
])('two processors %s', (_, Other) => {
  const attributes = { 'http.request.method': 'GET', 'server.address': 'api.mangopay.com' }
  const makeCalls = (count: number, ...spanProcessors: MangopaySpanProcessor[]) => {
    const tracer = new BasicTracerProvider({ spanProcessors }).getTracer('test')
    for (let i = 0; i < count; i++)
      tracer
        .startSpan('GET', { kind: SpanKind.CLIENT, attributes })
        .setAttribute('http.response.status_code', 429)
        .end()
  }

  it('are summed up where each sees calls of its own', async () => {
    const { provider: meterProvider, total } = newProvider()
    makeCalls(5, new MangopaySpanProcessor({ meterProvider }))
    makeCalls(7, new Other({ meterProvider }))
    for (let i = 0; i < 3; i++) expect(await total()).toBe(12)
  })

  it('count each call once where both see it', async () => {
    const { provider: meterProvider, total } = newProvider()
    makeCalls(5, new MangopaySpanProcessor({ meterProvider }), new Other({ meterProvider }))
    for (let i = 0; i < 3; i++) expect(await total()).toBe(5)
  })
})
