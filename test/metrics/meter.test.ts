/** The meter itself, and the list of what it makes. */
import { readFileSync } from 'node:fs'
import { metrics } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import * as names from '../../src/names.ts'
import { newCaller, newProvider } from '../support/metered-calls.ts'

describe('the meter', () => {
  it('is named and versioned as the package', async () => {
    const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const { provider, reader } = newProvider()
    const { call } = newCaller({ meterProvider: provider })
    call(200)
    const { resourceMetrics } = await reader.collect()
    expect(resourceMetrics.scopeMetrics.map(({ scope }) => scope)).toMatchObject([{ name, version }])
  })

  it('of a provider that was replaced gets no more durations, even where the new one fails', async () => {
    const { provider, reader } = newProvider()
    const { call } = newCaller()
    metrics.setGlobalMeterProvider(provider)
    call(200)
    metrics.disable()
    metrics.setGlobalMeterProvider({
      getMeter() {
        throw new Error('broken')
      },
    })
    call(200)
    const { resourceMetrics } = await reader.collect()
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
    const durations = all.find(({ descriptor }) => descriptor.name === names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION)
    expect(durations?.dataPoints.map(({ value }) => (value as { count: number }).count)).toEqual([1])
  })

  it('makes exactly the metrics that names.ts lists', async () => {
    const { provider, reader } = newProvider()
    const { call, mangopay } = newCaller({ meterProvider: provider, results: true, webhooks: '/hooks/mangopay' })
    mangopay.recordResult({ Type: 'PAYIN', Status: 'FAILED' }, { operation: 'POST /payins/card/direct' })
    const now = new Date()
    const headers = {
      date: now.toUTCString(),
      'x-ratelimit': '1',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': `${Math.floor(now.getTime() / 60_000) * 60 + 900}`,
    }
    call(200, '/v2.01/acme/users', { headers })
    const { resourceMetrics } = await reader.collect()
    const descriptors = resourceMetrics.scopeMetrics.flatMap((scope) =>
      scope.metrics.map(({ descriptor }) => descriptor),
    )
    const made = descriptors.map(({ name }) => name)
    const listed = Object.entries(names)
      .filter(([key]) => key.startsWith('METRIC_'))
      .map(([, value]) => value)
    expect(made.sort()).toEqual(listed.sort())
    expect(descriptors.filter(({ description }) => description === '')).toEqual([])
  })
})
