/** A MeterProvider that comes late, is replaced or missing loses no call, and shutdown keeps the last interval. */
import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Lab, startLab } from './lab.ts'
import { Points } from './points.ts'
import { expectTruth, tallyOfLog } from './truth.ts'

let lab: Lab
beforeEach(() => metrics.disable())
afterEach(() => lab.close())

const call = (method: 'GET' | 'POST' = 'GET') =>
  lab.call('fetch', {
    method,
    url: lab.url(method === 'GET' ? '/users' : '/transfers'),
    ...(method === 'POST' && { body: {} }),
  })

/** A provider that exports to memory when it is flushed. */
const memory = (temporality = AggregationTemporality.CUMULATIVE) => {
  const exporter = new InMemoryMetricExporter(temporality)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  return { exporter, provider: new MeterProvider({ readers: [reader] }) }
}
const last = (exporter: InMemoryMetricExporter) => {
  const exported = exporter.getMetrics().at(-1)
  if (exported === undefined) throw new Error('nothing was exported')
  return new Points(exported)
}
const requests = (points: Points) => points.sum('mangopay.client.requests')

it('one that is set late gets every call since the start, and durations from then on', async () => {
  lab = await startLab({ meterProvider: 'global' })
  await call()
  lab.mock.failNext({ kind: 'status', status: 500 })
  await call('POST')
  const { exporter, provider } = memory()
  metrics.setGlobalMeterProvider(provider)
  await call()
  await provider.forceFlush()
  await expectTruth(lab, { metrics: last(exporter), noDurations: true })
  expect(last(exporter).sum('mangopay.client.request.duration')).toBe(1)
  await provider.shutdown()
})

it.each(['snapshot', 'forceFlush', 'shutdown'] as const)(
  '%s() looks for it too, without a further call',
  async (how) => {
    lab = await startLab({ meterProvider: 'global' })
    await call()
    const { exporter, provider } = memory()
    metrics.setGlobalMeterProvider(provider)
    await lab.mangopay[how]()
    await provider.forceFlush()
    await expectTruth(lab, { metrics: last(exporter), noDurations: true })
    await provider.shutdown()
  },
)

it('one that is replaced and the new one together have every call once, and the first its last interval', async () => {
  lab = await startLab({ meterProvider: 'global' })
  const first = memory()
  metrics.setGlobalMeterProvider(first.provider)
  await call()
  await call()
  const second = memory()
  metrics.disable()
  metrics.setGlobalMeterProvider(second.provider)
  await call()
  await second.provider.forceFlush()
  await first.provider.shutdown()
  expect([requests(last(first.exporter)), requests(last(second.exporter))]).toEqual([2, 1])
  metrics.disable()
  metrics.setGlobalMeterProvider(second.provider)
  await call()
  await second.provider.forceFlush()
  expect(requests(last(second.exporter))).toBe(2)
  // Each duration went to the provider of its time, and none to both.
  expect(last(first.exporter).sum('mangopay.client.request.duration')).toBe(2)
  expect(last(second.exporter).sum('mangopay.client.request.duration')).toBe(2)
  await second.provider.shutdown()
})

it('none at all: the snapshot has every call', async () => {
  lab = await startLab({ meterProvider: 'global' })
  await call()
  lab.mock.failNext({ kind: 'status', status: 429 })
  await call()
  const { environments } = lab.mangopay.snapshot()
  expect(environments['lab']).toMatchObject({ calls: 2, status429: 1, failures: { rate_limit: 1 } })
  expect(lab.said.filter((line) => !line.includes('sampler'))).toEqual([])
})

it('with delta temporality the intervals add up to the log', async () => {
  const { exporter, provider } = memory(AggregationTemporality.DELTA)
  lab = await startLab({ meterProvider: provider })
  for (let interval = 0; interval < 3; interval++) {
    for (let i = 0; i <= interval; i++) await call()
    await provider.forceFlush()
  }
  const each = exporter.getMetrics().map((metric) => requests(new Points(metric)))
  expect(each).toEqual([1, 2, 3])
  expect(tallyOfLog(lab.mock.log.entries)).toEqual({ 'get /users 200': 6 })
  await provider.shutdown()
})

it('the 429 and the 500 of an operation are there at 0 from its first call', async () => {
  lab = await startLab()
  await call('POST')
  const points = await lab.metrics()
  for (const status of [429, 500]) {
    const of = { 'mangopay.operation': 'POST /transfers', 'http.response.status_code': status }
    expect(points.value('mangopay.client.requests', of)).toBe(0)
  }
  await expectTruth(lab)
})

it('shutdown of a whole NodeSDK, which ends the traces first, keeps the last interval', async () => {
  lab = await startLab({ meterProvider: 'global' })
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const sdk = new NodeSDK({
    autoDetectResources: false,
    spanProcessors: [lab.mangopay],
    metricReaders: [reader],
    logRecordProcessors: [],
  })
  sdk.start()
  await call()
  await call('POST')
  await sdk.shutdown()
  await expectTruth(lab, { metrics: last(exporter) })
})
