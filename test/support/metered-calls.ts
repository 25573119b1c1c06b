/** Calls of a processor, and a MeterProvider whose points can be read. */
import { metrics, SpanKind } from '@opentelemetry/api'
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { afterEach, expect } from 'vitest'
import * as names from '../../src/names.ts'
import type { MangopaySpanProcessorOptions } from '../../src/options.ts'
import { MangopaySpanProcessor } from '../../src/processor.ts'

class TestReader extends MetricReader {
  protected async onForceFlush() {}
  protected async onShutdown() {}
}

export function newProvider(temporality = AggregationTemporality.CUMULATIVE) {
  const reader = new TestReader({ aggregationTemporalitySelector: () => temporality })
  const provider = new MeterProvider({ readers: [reader] })
  /** Points of one metric, as attributes and value. */
  const points = async (name: string) => {
    const { resourceMetrics, errors } = await reader.collect()
    expect(errors).toEqual([])
    const metric = resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .find(({ descriptor }) => descriptor.name === name)
    return (metric?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value: value as number }))
  }
  const total = async () =>
    (await points(names.METRIC_MANGOPAY_CLIENT_REQUESTS)).reduce((sum, { value }) => sum + value, 0)
  return { provider, reader, points, total }
}

export function newCaller(options: MangopaySpanProcessorOptions = {}) {
  const mangopay = new MangopaySpanProcessor(options)
  const traces = new BasicTracerProvider({ spanProcessors: [mangopay] })
  const tracer = traces.getTracer('test')
  const call = (status: number, path = '/v2.01/acme/users', response?: object) => {
    const host = 'api.mangopay.com'
    const span = tracer.startSpan('GET', {
      kind: SpanKind.CLIENT,
      startTime: [100, 0],
      attributes: { 'http.request.method': 'GET', 'server.address': host, 'url.full': `https://${host}${path}` },
    })
    if (response !== undefined) mangopay.responseHook(span, response)
    span.setAttribute('http.response.status_code', status)
    span.end([100, 250_000_000])
  }
  return { mangopay, traces, call }
}

afterEach(() => metrics.disable())
