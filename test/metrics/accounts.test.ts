/** Several client ids: with option `accounts` every number and every event says of which one it is. */
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestCounts } from '../../src/metrics/series.ts'
import type { SpikeEvent } from '../../src/rates/spikes.ts'
import { allOperations } from '../../src/request/route.ts'
import { newCaller, newProvider } from '../support/metered-calls.ts'
import { verdictOf } from '../support/verdicts.ts'

const accounts = { 'shop-id': 'shop', 'market-id': 'market' }
const pathOf = (clientId: string) => `/v2.01/${clientId}/users`
const METRICS = ['mangopay.client.requests', 'mangopay.client.request.duration', 'mangopay.client.error_ratio']

describe('with option accounts', () => {
  it('every metric says which one, _OTHER for the rest, and never the client id', async () => {
    const { provider, points } = newProvider()
    const { call, mangopay } = newCaller({ meterProvider: provider, accounts })
    for (const clientId of ['shop-id', 'market-id', 'market-id', 'unknown-id']) call(429, pathOf(clientId))
    call(200, '/v2.01/oauth/token')
    for (const metric of METRICS) {
      const labels = (await points(metric)).map(({ attributes }) => attributes['mangopay.account'])
      expect(new Set(labels), metric).toEqual(new Set(['_OTHER', 'shop', 'market']))
    }
    const refused = (await points('mangopay.client.requests')).filter(
      ({ attributes, value }) => attributes['http.response.status_code'] === 429 && value > 0,
    )
    expect(refused.map(({ attributes, value }) => [attributes['mangopay.account'], value]).sort()).toEqual([
      ['_OTHER', 1],
      ['market', 2],
      ['shop', 1],
    ])
    const { production } = mangopay.snapshot().environments
    expect(production).toMatchObject({ calls: 5, status429: 4, rates: { calls: 5, kinds: { '429': { ratio: 0.8 } } } })
    expect(production?.accounts).toMatchObject({
      shop: { calls: 1, status429: 1, failures: { rate_limit: 1 }, rates: { calls: 1 } },
      market: { calls: 2, status429: 2, rates: { kinds: { '429': { count: 2, ratio: 1 } } } },
      _OTHER: { calls: 2, status429: 1 },
    })
    expect(JSON.stringify([production, await points('mangopay.client.requests')])).not.toContain('-id')
  })

  it('a spike is that of the account which is refused', async () => {
    const events: SpikeEvent[] = []
    const { call, mangopay } = newCaller({
      meterProvider: new MeterProvider(),
      accounts,
      onSpike: (event) => void events.push(event),
    })
    for (let i = 0; i < 200; i++) call(200, pathOf('market-id'))
    for (let i = 0; i < 6; i++) call(429, pathOf('shop-id'))
    await new Promise(setImmediate)
    expect(events).toMatchObject([{ kind: '429', account: 'shop', environment: 'production', ratio: 1 }])
    expect(mangopay.snapshot().environments['production']?.spikes).toMatchObject([{ kind: '429', account: 'shop' }])
    await mangopay.shutdown()
  })

  it('loses nothing and stays below the limit of the SDK, however many accounts end in however many ways', () => {
    const operations = allOperations()
    const aliases = Array.from({ length: 100 }, (_, index) => `account ${index}`)
    const call = fc.record({
      alias: fc.constantFrom(...aliases),
      operation: fc.constantFrom(...operations),
      status: fc.integer({ min: 100, max: 599 }),
    })
    fc.assert(
      fc.property(fc.array(call, { minLength: 6000, maxLength: 8000 }), (calls) => {
        const tally = new RequestCounts(1)
        const others = tally.account('production', '_OTHER')
        const counts = new Map(aliases.map((alias) => [alias, tally.account('production', alias, others)]))
        for (const { alias, operation, status } of calls) {
          const of = counts.get(alias)
          if (of !== undefined) tally.count(of, operation, false, status, verdictOf({ status }))
        }
        expect(tally.series.length).toBeLessThanOrEqual(1900)
        expect(tally.series.reduce((sum, { count }) => sum + count, 0)).toBe(calls.length)
      }),
      { numRuns: 3 },
    )
  })
})

it('without the option nothing says anything of accounts', async () => {
  const { provider, points } = newProvider()
  const { call, mangopay } = newCaller({ meterProvider: provider })
  call(429, pathOf('shop-id'))
  for (const metric of METRICS) {
    for (const { attributes } of await points(metric)) expect(attributes).not.toHaveProperty('mangopay.account')
  }
  expect(JSON.stringify(mangopay.snapshot())).not.toContain('account')
})
