import { randomUUID } from 'node:crypto'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor, type MangopaySpanProcessorOptions } from 'opentelemetry-mangopay'

/** Where telemetry goes and how much of it. */
export interface TelemetrySettings {
  serviceName: string
  /** Base URL of an OTLP/HTTP receiver. */
  otlpUrl: string
  /** Share of traces that are exported, 0 to 1. Counts are of all calls whatever it is. */
  sampleRatio: number
  /** Milliseconds between two exports of metrics. */
  exportInterval: number
}

/** What the app has of its telemetry. */
export interface Telemetry {
  mangopay: MangopaySpanProcessor
  /** Sends what is left and stops. */
  shutdown(): Promise<void>
}

/** Sets OpenTelemetry up as docs/setup.md says. Must run before a HTTP client is loaded. */
export const startTelemetry = (settings: TelemetrySettings, options: MangopaySpanProcessorOptions): Telemetry => {
  const mangopay = new MangopaySpanProcessor(options)
  const sdk = new NodeSDK({
    serviceName: settings.serviceName,
    autoDetectResources: false,
    // Two processes without it write into one series of a metrics backend.
    resource: resourceFromAttributes({ 'service.instance.id': randomUUID() }),
    spanProcessors: [
      mangopay,
      new BatchSpanProcessor(new OTLPTraceExporter({ url: `${settings.otlpUrl}/v1/traces` }), {
        scheduledDelayMillis: Math.min(500, settings.exportInterval),
      }),
    ],
    sampler: mangopay.sampler(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.sampleRatio) })),
    metricReaders: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: `${settings.otlpUrl}/v1/metrics` }),
        exportIntervalMillis: settings.exportInterval,
        exportTimeoutMillis: settings.exportInterval,
      }),
    ],
    logRecordProcessors: [],
    instrumentations: [
      new HttpInstrumentation({ responseHook: mangopay.responseHook }),
      new UndiciInstrumentation({ responseHook: mangopay.responseHook }),
    ],
  })
  sdk.start()
  return { mangopay, shutdown: () => sdk.shutdown() }
}
