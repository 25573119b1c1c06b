/** The metrics of calls and of the quota, as a reader collects them. */
import { metrics } from '@opentelemetry/api'
import { AggregationTemporality } from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import { DURATION_BUCKETS } from '../../src/metrics/instruments.ts'
import { newCaller, newProvider } from '../support/metered-calls.ts'

describe('mangopay.client.requests', () => {
  it('counts by operation, environment, code, category and outcome, with 429 and 500 at 0 from the first call', async () => {
    const { provider, points } = newProvider()
    const { call } = newCaller({ meterProvider: provider })
    call(200)
    call(404)
    call(404)
    const where = { 'mangopay.operation': 'GET /users', 'mangopay.environment': 'production' }
    expect(await points('mangopay.client.requests')).toEqual([
      {
        attributes: {
          ...where,
          'http.response.status_code': 429,
          'mangopay.error.category': 'rate_limit',
          'mangopay.outcome': 'failure',
        },
        value: 0,
      },
      {
        attributes: {
          ...where,
          'http.response.status_code': 500,
          'mangopay.error.category': 'server_error',
          'mangopay.outcome': 'failure',
        },
        value: 0,
      },
      { attributes: { ...where, 'http.response.status_code': 200, 'mangopay.outcome': 'success' }, value: 1 },
      {
        attributes: {
          ...where,
          'http.response.status_code': 404,
          'mangopay.error.category': 'not_found',
          'mangopay.outcome': 'failure',
        },
        value: 2,
      },
    ])
  })

  it('loses nothing that was counted before the MeterProvider was there', async () => {
    const { mangopay, call } = newCaller()
    call(200)
    call(429)
    const first = newProvider()
    metrics.setGlobalMeterProvider(first.provider)
    expect(await first.total()).toBe(0) // nobody has met it yet
    mangopay.snapshot()
    expect(await first.total()).toBe(2)
    call(200)
    expect(await first.total()).toBe(3)
  })

  it('meets a MeterProvider at shutdown, and keeps the last interval', async () => {
    const { traces, call } = newCaller()
    call(200)
    const { provider, total } = newProvider()
    metrics.setGlobalMeterProvider(provider)
    await traces.shutdown()
    expect(await total()).toBe(1)
  })

  it('gives a reader of deltas each call once', async () => {
    const { provider, total } = newProvider(AggregationTemporality.DELTA)
    const { call } = newCaller({ meterProvider: provider })
    call(200)
    call(429)
    expect(await total()).toBe(2)
    call(429)
    expect(await total()).toBe(1)
    expect(await total()).toBe(0)
  })
})

describe('mangopay.client.request.duration', () => {
  it('is in seconds, by operation and environment, with the documented buckets', async () => {
    const { provider, reader } = newProvider()
    const { call } = newCaller({ meterProvider: provider })
    call(200)
    const { resourceMetrics } = await reader.collect()
    const scope = resourceMetrics.scopeMetrics[0]
    const metric = scope?.metrics.find(({ descriptor }) => descriptor.name === 'mangopay.client.request.duration')
    expect(metric?.descriptor.unit).toBe('s')
    expect(metric?.dataPoints).toMatchObject([
      {
        attributes: { 'mangopay.operation': 'GET /users', 'mangopay.environment': 'production' },
        value: { count: 1, sum: 0.25, buckets: { boundaries: DURATION_BUCKETS } },
      },
    ])
    expect(DURATION_BUCKETS).toEqual([
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60,
    ])
  })
})

describe('mangopay.client.error_ratio', () => {
  it('is 0 without failures, and the share of the window with them', async () => {
    let now = 1e12
    const { provider, points } = newProvider()
    const { call } = newCaller({ meterProvider: provider, clock: () => now })
    call(200)
    const ratios = async () =>
      Object.fromEntries(
        (await points('mangopay.client.error_ratio')).map(({ attributes, value }) => [
          attributes['mangopay.error_ratio.kind'],
          value,
        ]),
      )
    expect(await ratios()).toEqual({ '429': 0, '500': 0, unavailable: 0 })
    call(429)
    call(500)
    call(502)
    expect(await ratios()).toEqual({ '429': 0.25, '500': 0.25, unavailable: 0.5 })
    now += 3_600_000
    expect(await ratios()).toEqual({ '429': 0, '500': 0, unavailable: 0 })
  })
})

// The metrics of the quota.

describe('the quota gauges', () => {
  const server = Date.UTC(2026, 10, 23, 12)
  const response = {
    headers: {
      date: new Date(server).toUTCString(),
      'x-ratelimit': '300, 5280',
      'x-ratelimit-remaining': '2000, 100320',
      'x-ratelimit-reset': `${server / 1000 + 900}, ${server / 1000 + 86_340}`,
    },
  }

  it('tell limit, used, remaining and when they were read, by window', async () => {
    let now = server + 600_000 // ten minutes fast
    const { provider, points } = newProvider()
    const { call } = newCaller({ meterProvider: provider, clock: () => now })
    call(200, '/v2.01/acme/users', response)
    const at = (window: string) => ({ 'mangopay.rate_limit.window': window, 'mangopay.environment': 'production' })
    const gauge = async (name: string) => points(`mangopay.client.rate_limit.${name}`)
    expect(await gauge('limit')).toEqual([
      { attributes: at('15m'), value: 2300 },
      { attributes: at('24h'), value: 105_600 },
    ])
    expect(await gauge('usage')).toEqual([
      { attributes: at('15m'), value: 300 },
      { attributes: at('24h'), value: 5280 },
    ])
    expect(await gauge('remaining')).toEqual([
      { attributes: at('15m'), value: 2000 },
      { attributes: at('24h'), value: 100_320 },
    ])
    expect(await gauge('reading_timestamp')).toEqual([
      { attributes: at('15m'), value: server / 1000 },
      { attributes: at('24h'), value: server / 1000 },
    ])
    now += 900_000
    expect(await gauge('usage')).toEqual([
      { attributes: at('15m'), value: 0 },
      { attributes: at('24h'), value: 5280 },
    ])
    expect(await gauge('remaining')).toEqual([
      { attributes: at('15m'), value: 2300 },
      { attributes: at('24h'), value: 100_320 },
    ])
  })

  it('have the account’s alias where there are aliases', async () => {
    const { provider, points } = newProvider()
    const { call } = newCaller({ meterProvider: provider, clock: () => server, accounts: { acme: 'fr', bolt: 'uk' } })
    call(200, '/v2.01/bolt/users', response)
    const used = await points('mangopay.client.rate_limit.usage')
    expect(used.map(({ attributes }) => attributes['mangopay.account'])).toEqual(['uk', 'uk'])
  })
})
