/** The sum of what is exported is the number of calls, however the app has set up its metrics SDK. */
import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  AggregationType,
  createAllowListAttributesProcessor,
  type IMetricReader,
  MeterProvider,
  MetricReader,
  type MetricReaderOptions,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import * as names from '../../src/names.ts'
import { allOperations } from '../../src/request/route.ts'
import { newCaller } from '../support/metered-calls.ts'
import { headersAt } from '../support/quota-headers.ts'

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const REQUESTS = names.METRIC_MANGOPAY_CLIENT_REQUESTS
const PATHS = [...new Set(allOperations().map(({ template }) => template?.replace(/\{[^}]*\}/g, 'x1') ?? ''))]

function metered({ reader: options, views = [] }: { reader?: MetricReaderOptions; views?: ViewOptions[] } = {}) {
  const reader = new Reader(options)
  const provider = new MeterProvider({ readers: [reader as IMetricReader], views })
  /** What it shows of one metric: of the calls their number, of the durations too. */
  const total = async (name = REQUESTS) => {
    const { resourceMetrics, errors } = await reader.collect()
    expect(errors).toEqual([])
    const metric = resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .find(({ descriptor }) => descriptor.name === name)
    return (metric?.dataPoints ?? []).reduce(
      (sum, { value }) => sum + (typeof value === 'number' ? value : (value as { count: number }).count),
      0,
    )
  }
  return { provider, total }
}

describe('the sum stays whole', () => {
  it.each<[how: string, setting: Parameters<typeof metered>[0]]>([
    ['with the SDK as it is', {}],
    ['under a limit of the reader', { reader: { cardinalitySelector: () => 10 } }],
    ['under a limit of a View', { views: [{ instrumentName: 'mangopay.*', aggregationCardinalityLimit: 10 }] }],
    [
      'in a View that takes labels away',
      {
        views: [
          {
            instrumentName: 'mangopay.client.*',
            attributesProcessors: [createAllowListAttributesProcessor(['mangopay.environment'])],
          },
        ],
      },
    ],
    [
      'where a View drops another metric',
      { views: [{ instrumentName: 'mangopay.client.error_ratio', aggregation: { type: AggregationType.DROP } }] },
    ],
    ['with delta temporality', { reader: { aggregationTemporalitySelector: () => AggregationTemporality.DELTA } }],
  ])('%s', async (_, setting) => {
    const { provider, total } = metered(setting)
    const { call } = newCaller({ meterProvider: provider })
    const isDelta = setting?.reader?.aggregationTemporalitySelector !== undefined
    let expected = 0
    for (const statuses of [[200, 404], [502], [], [200]]) {
      for (const path of PATHS) for (const status of statuses) call(status, path)
      const calls = PATHS.length * statuses.length
      expected = isDelta ? calls : expected + calls
      expect(await total()).toBe(expected)
    }
    expect(await total(names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION)).toBe(isDelta ? 0 : expected)
  })

  it.each<[how: string, setting: Parameters<typeof metered>[0], folded: string[]]>([
    [
      'under a limit of the reader',
      { reader: { cardinalitySelector: () => 4 } },
      ['client.requests', 'client.request.duration', 'client.rate_limit.remaining'],
    ],
    [
      'under a limit of a View',
      { views: [{ instrumentName: '*.duration', aggregationCardinalityLimit: 4 }] },
      ['client.request.duration'],
    ],
    [
      'but not in a View that takes labels away',
      {
        views: [
          {
            instrumentName: 'mangopay.*',
            aggregationCardinalityLimit: 5,
            attributesProcessors: [createAllowListAttributesProcessor(['mangopay.environment'])],
          },
        ],
      },
      [],
    ],
    ['nor under a limit that is high enough', { reader: { cardinalitySelector: () => 100 } }, []],
  ])('and a line says which labels are lost %s', async (_, setting, folded) => {
    const { provider, total } = metered(setting)
    const { call, mangopay } = newCaller({ meterProvider: provider })
    const { used, remaining, reset, date } = headersAt(Date.now(), {
      '15m': [1, 9],
      '30m': [1, 9],
      '1h': [1, 9],
      '24h': [1, 9],
    })
    const headers = { date, 'x-ratelimit': used, 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': reset }
    const response = { headers, complete: true }
    for (const path of ['users', 'wallets/1', 'users/1', 'cards/1', 'events']) call(200, `/v2.01/a/${path}`, response)
    expect(await total()).toBe(5)
    await total()
    const problems = mangopay.snapshot().health
    expect(problems.map(({ message }) => / of mangopay\.(\S+), which is too few/.exec(message)?.[1]).sort()).toEqual(
      [...folded].sort(),
    )
    for (const { code } of problems) expect(code).toBe('MANGOPAY_TELEMETRY_SERIES')
  })

  it('of several processors that have more attribute sets than the SDK holds', async () => {
    const { provider, total } = metered()
    let calls = 0
    for (const first of [400, 420, 500]) {
      const { call } = newCaller({ meterProvider: provider })
      for (const path of PATHS) for (let status = first; status < first + 9; status++) call(status, path)
      calls += PATHS.length * 9
      expect(await total()).toBe(calls)
    }
  })
})

describe.each([AggregationTemporality.DELTA, AggregationTemporality.CUMULATIVE])(
  'a MeterProvider that is replaced, %s',
  (temporality) => {
    it('and the new one together show each call once', async () => {
      const setting = { reader: { aggregationTemporalitySelector: () => temporality } }
      const [first, second, third] = [metered(setting), metered(setting), metered(setting)]
      const { call } = newCaller()
      const make = (count: number) => {
        for (let i = 0; i < count; i++) call(i === 0 ? 429 : 200)
      }
      make(5) // before there is any
      metrics.setGlobalMeterProvider(first.provider)
      make(30)
      const shown = [await first.total()]
      make(7)
      metrics.disable()
      metrics.setGlobalMeterProvider(second.provider)
      make(11)
      shown.push(await second.total(), await first.total()) // its last interval
      metrics.disable()
      make(13) // nobody
      metrics.setGlobalMeterProvider(third.provider)
      make(17)
      shown.push(await third.total(), await second.total(), await first.total())
      metrics.disable()
      expect(shown).toEqual(
        temporality === AggregationTemporality.DELTA ? [35, 11, 7, 17, 13, 0] : [35, 11, 42, 17, 24, 42],
      )
    })
  },
)
