/** The meter itself, and the list of what it makes. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as names from '../src/names.ts'
import { newCaller, newProvider } from './support/metered-calls.ts'

describe('the meter', () => {
  it('is named and versioned as the package', async () => {
    const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    const { provider, reader } = newProvider()
    const { call } = newCaller({ meterProvider: provider })
    call(200)
    const { resourceMetrics } = await reader.collect()
    expect(resourceMetrics.scopeMetrics.map(({ scope }) => scope)).toMatchObject([{ name, version }])
  })

  it('makes exactly the metrics that names.ts lists', async () => {
    const { provider, reader } = newProvider()
    const { call } = newCaller({ meterProvider: provider })
    const now = new Date()
    const headers = {
      date: now.toUTCString(),
      'x-ratelimit': '1',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': `${Math.floor(now.getTime() / 60_000) * 60 + 900}`,
    }
    call(200, '/v2.01/acme/users', { headers })
    const { resourceMetrics } = await reader.collect()
    const made = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name))
    const listed = Object.entries(names)
      .filter(([key]) => key.startsWith('METRIC_'))
      .map(([, value]) => value)
    expect(made.sort()).toEqual(listed.sort())
  })
})
