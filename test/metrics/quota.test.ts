/** The metrics of the quota. */
import { describe, expect, it } from 'vitest'
import { newCaller, newProvider } from '../support/metered-calls.ts'

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
