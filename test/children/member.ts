/**
 * One process of a platform that runs several on one Mangopay account. Its clock is its parent's, which says what to
 * do next and gets what this process exports.
 */
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'

/** What the parent gives it to start with. */
export interface MemberSettings {
  hostPort: string
  url: string
  token: string
}

/** What the parent tells it: the time, and how many calls to make side by side. */
export interface MemberOrder {
  now: number
  calls: number
}

/** What it exports then. */
export interface MemberReport {
  quota: { window: string; remaining: number; limit: number; timestamp: number }[]
  requests: number
}

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const { hostPort, url, token } = JSON.parse(process.argv[2] ?? '') as MemberSettings
let now = 0
const reader = new PullReader()
const mangopay = new MangopaySpanProcessor({
  hosts: { [hostPort]: 'shared' },
  clock: () => now,
  meterProvider: new MeterProvider({ readers: [reader] }),
})
const tracerProvider = new BasicTracerProvider({ spanProcessors: [mangopay], sampler: mangopay.sampler() })
const instrumentation = new UndiciInstrumentation({ responseHook: mangopay.responseHook })
instrumentation.setTracerProvider(tracerProvider)

const report = async (): Promise<MemberReport> => {
  const { resourceMetrics } = await reader.collect()
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  const points = (name: string) => metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
  const lastValue = (name: string, window: unknown) =>
    Number(points(name).find(({ attributes }) => attributes['mangopay.rate_limit.window'] === window)?.value)
  return {
    quota: points('mangopay.client.rate_limit.remaining').map(({ attributes, value }) => {
      const window = attributes['mangopay.rate_limit.window']
      return {
        window: String(window),
        remaining: Number(value),
        limit: lastValue('mangopay.client.rate_limit.limit', window),
        timestamp: lastValue('mangopay.client.rate_limit.reading_timestamp', window),
      }
    }),
    requests: points('mangopay.client.requests').reduce((sum, { value }) => sum + Number(value), 0),
  }
}

process.on('message', async (order: MemberOrder) => {
  now = order.now
  const call = async () => {
    const response = await fetch(`${url}/users`, { headers: { authorization: `Bearer ${token}` } })
    await response.text()
  }
  await Promise.all(Array.from({ length: order.calls }, call))
  process.send?.(await report())
})
process.send?.('ready')
