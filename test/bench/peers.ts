/** What a team would otherwise take: published processors at pinned versions, and one written by hand. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Counter, type Histogram, type MeterProvider, SpanKind } from '@opentelemetry/api'
import type { ReadableSpan, Sampler, Span, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base'
import { lab } from '../matrix/lab.ts'

/** Installed into a folder of their own: they bring a hundred packages that are none of ours. */
export const peerPackages = {
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/core': '2.12.0',
  '@opentelemetry/sdk-trace': '2.12.0',
  '@opentelemetry/sdk-trace-base': '2.12.0',
  '@opentelemetry/sdk-metrics': '2.12.0',
  '@opentelemetry/exporter-trace-otlp-http': '0.223.0',
  '@opentelemetry/baggage-span-processor': '0.5.0',
  '@langfuse/otel': '5.11.1',
  '@aws/aws-distro-opentelemetry-node-autoinstrumentation': '0.13.0',
} as const

const load = <T>(name: string): T => createRequire(join(lab(peerPackages), 'lab.js'))(name)

/** An exporter that takes everything and keeps nothing. */
export const nowhere: SpanExporter = {
  export: (_, done) => done({ code: 0 }),
  forceFlush: async () => {},
  shutdown: async () => {},
}

/** Adds the caller's baggage to each span. */
export function baggage(): SpanProcessor {
  const name = '@opentelemetry/baggage-span-processor'
  const { BaggageSpanProcessor } = load<{ BaggageSpanProcessor: new (keys: () => boolean) => SpanProcessor }>(name)
  return new BaggageSpanProcessor(() => true)
}

/** Langfuse's, with its own filter, into an exporter that does nothing. */
export function langfuse(): SpanProcessor {
  const { LangfuseSpanProcessor } = load<{ LangfuseSpanProcessor: new (options: object) => SpanProcessor }>(
    '@langfuse/otel',
  )
  return new LangfuseSpanProcessor({
    exporter: nowhere,
    publicKey: 'pk',
    secretKey: 'sk',
    baseUrl: 'http://127.0.0.1:9',
  })
}

/** AWS Application Signals: three histograms for each span. */
export function awsSpanMetrics(meters: MeterProvider): SpanProcessor {
  // Its package exports only the whole distribution; the processor is a file of it, behind a circle of imports that
  // must be entered here.
  const folder = join(
    lab(peerPackages),
    'node_modules/@aws/aws-distro-opentelemetry-node-autoinstrumentation/build/src',
  )
  load(join(folder, 'aws-span-processing-util.js'))
  interface Builder {
    AwsSpanMetricsProcessorBuilder: {
      create(meters: MeterProvider, resource: object, flush: () => Promise<void>): { build(): SpanProcessor }
    }
  }
  const { AwsSpanMetricsProcessorBuilder } = load<Builder>(join(folder, 'aws-span-metrics-processor-builder.js'))
  const resource = { attributes: { 'service.name': 'shop' } }
  return AwsSpanMetricsProcessorBuilder.create(meters, resource, async () => {}).build()
}

/** The SDK's sampler that records every dropped span. */
export function alwaysRecord(): Sampler {
  const { createAlwaysRecordSampler } = load<{ createAlwaysRecordSampler(root: Sampler): Sampler }>(
    '@opentelemetry/sdk-trace',
  )
  return createAlwaysRecordSampler(new AlwaysOffSampler())
}

/**
 * The least that our tags can cost: the same five attributes and the name, by the same two methods of the span, known
 * beforehand. No URL is looked at, nothing is counted.
 */
export class TagsAlone implements SpanProcessor {
  readonly #duration: Histogram
  readonly #tags = {
    'mangopay.environment': 'sandbox',
    'mangopay.operation': 'GET /users/{userId}/wallets',
    'mangopay.outcome': 'success',
    'mangopay.response.status_text': 'OK',
  }
  readonly #labels = {
    'mangopay.operation': 'GET /users/{userId}/wallets',
    'mangopay.environment': 'sandbox',
  }

  constructor(meters: MeterProvider) {
    this.#duration = meters.getMeter('tags').createHistogram('mangopay.client.request.duration', { unit: 's' })
  }

  onStart(): void {}

  onEnding(span: Span): void {
    span.setAttributes(this.#tags)
    span.setAttribute('url.template', '/v2.01/{clientId}/users/{userId}/wallets')
    span.updateName('GET /v2.01/{clientId}/users/{userId}/wallets')
    this.#duration.record(span.duration[0] + span.duration[1] / 1e9, this.#labels)
  }

  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

/** What one writes in an afternoon: parse the URL, cut the ids with a regular expression, count. */
export class HandWritten implements SpanProcessor {
  readonly #calls: Counter

  constructor(meters: MeterProvider) {
    this.#calls = meters.getMeter('mine').createCounter('mangopay.calls')
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (span.kind !== SpanKind.CLIENT) return
    const full = span.attributes['url.full']
    if (typeof full !== 'string') return
    const url = new URL(full)
    if (!url.hostname.endsWith('.mangopay.com')) return
    const route = url.pathname
      .replace(/\/v[0-9.]+\/[^/]+/, '')
      .replace(/\/[a-z]*_?[A-Za-z0-9_-]*\d[A-Za-z0-9_-]*/g, '/{id}')
    const status = span.attributes['http.response.status_code'] as number
    const labels = { operation: `${span.name} ${route}`, status, failed: status >= 400 }
    Object.assign(span.attributes, labels)
    this.#calls.add(1, labels)
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}
