/** The service's OpenTelemetry: the SDK with its exporters and, if it takes part, this library. */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import type { ServiceSettings } from './service.ts'

const badCallbacks = {
  spike: { minimumCount: 1, ratio: 0.01 },
  onSpike: () => Promise.reject(new Error('of the callback')) as unknown as undefined,
  quota: { lowShare: 1 },
  onQuotaLow: () => {
    throw new Error('of the callback')
  },
}

/** Starts the SDK; `mangopay` is undefined when this library takes no part. */
export const startSdk = (settings: ServiceSettings) => {
  const mangopay = settings.ours
    ? new MangopaySpanProcessor({
        hosts: { [settings.hostPort]: 'lab' },
        ...(settings.end === 'bad callbacks' ? badCallbacks : {}),
        ...(settings.watches === true ? { onSpike: () => {} } : {}),
      })
    : undefined
  const hook = mangopay === undefined ? {} : { responseHook: mangopay.responseHook }
  const timeoutMillis = settings.patience ?? 5_000
  const queue = settings.queue ?? 2_048
  const sdk = new NodeSDK({
    autoDetectResources: true,
    spanProcessors: [
      ...(mangopay === undefined ? [] : [mangopay]),
      new BatchSpanProcessor(new OTLPTraceExporter({ url: `${settings.collector}/v1/traces`, timeoutMillis }), {
        maxQueueSize: queue,
        maxExportBatchSize: Math.min(512, queue),
        exportTimeoutMillis: timeoutMillis,
      }),
    ],
    ...(mangopay === undefined ? {} : { sampler: mangopay.sampler() }),
    metricReaders: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: `${settings.collector}/v1/metrics`, timeoutMillis }),
        exportIntervalMillis: settings.interval ?? 60_000,
        exportTimeoutMillis: Math.min(timeoutMillis, settings.interval ?? timeoutMillis),
      }),
    ],
    logRecordProcessors: [],
    instrumentations: [new HttpInstrumentation(hook), new UndiciInstrumentation(hook)],
  })
  sdk.start()
  return { sdk, mangopay }
}
