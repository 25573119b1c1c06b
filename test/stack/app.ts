/**
 * A small service that calls Mangopay, run by the chain tests as a process of its own: the real SDK, the real
 * instrumentations and exporters, and this library between them. It is told what to do line by line, and says so when
 * an export has been acknowledged: what a killed process got out is known to nobody else.
 */
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  type DataPoint,
  type IMetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { METRIC_MANGOPAY_CLIENT_REQUESTS } from 'opentelemetry-mangopay/names'
import type { AppCommand, AppConfig, AppEvent } from './app-protocol.ts'

const config = JSON.parse(process.argv[2] ?? '{}') as AppConfig
const say = (event: AppEvent) => process.stdout.write(`${JSON.stringify(event)}\n`)

/** Calls counted in what is about to be exported. */
const countOf = ({ scopeMetrics }: ResourceMetrics): number =>
  scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .filter(({ descriptor }) => descriptor.name === METRIC_MANGOPAY_CLIENT_REQUESTS)
    .flatMap(({ dataPoints }) => dataPoints as DataPoint<number>[])
    .reduce((sum, { value }) => sum + value, 0)

/** Reports each export when it begins and when the other side has acknowledged it. */
const reporting = (exporter: PushMetricExporter): PushMetricExporter => {
  const send = exporter.export.bind(exporter)
  exporter.export = (metrics, done) => {
    const collection = { calls: countOf(metrics), collected: Date.now() }
    say({ event: 'exporting', ...collection })
    send(metrics, (result) => {
      if (result.code === 0) say({ event: 'exported', ...collection })
      done(result)
    })
  }
  return exporter
}

const mangopay = new MangopaySpanProcessor({ hosts: config.hosts })
const spanProcessors: SpanProcessor[] = [mangopay]
const metricReaders: IMetricReader[] = []
if (config.otlp !== undefined) {
  const exporter = reporting(new OTLPMetricExporter({ url: `${config.otlp}/v1/metrics` }))
  const interval = { exportIntervalMillis: config.exportMilliseconds, exportTimeoutMillis: config.exportMilliseconds }
  metricReaders.push(new PeriodicExportingMetricReader({ exporter, ...interval }))
  spanProcessors.push(new BatchSpanProcessor(new OTLPTraceExporter({ url: `${config.otlp}/v1/traces` })))
}
if (config.pullPort !== undefined) {
  metricReaders.push(new PrometheusExporter({ host: '127.0.0.1', port: config.pullPort }))
}
const sdk = new NodeSDK({
  autoDetectResources: false,
  resource: resourceFromAttributes({ 'service.name': config.service, 'service.instance.id': config.instance }),
  sampler: mangopay.sampler(),
  spanProcessors,
  metricReaders,
  instrumentations: [
    new HttpInstrumentation({ responseHook: mangopay.responseHook }),
    new UndiciInstrumentation({ responseHook: mangopay.responseHook }),
  ],
})
sdk.start()
// Only now: what loads node:http before the instrumentation does is not seen by it.
const { default: axios } = await import('axios')

/** One call; how it ends is not this program's business, only that it has. */
async function call({ client, method, url, timeoutMilliseconds: timeout = 20_000 }: AppCommand & { do: 'calls' }) {
  const body = method === 'GET' ? undefined : '{}'
  const headers = { 'content-type': 'application/json' }
  try {
    if (client === 'axios') {
      await axios.request({ method, url, timeout, headers, data: body, validateStatus: () => true })
    } else {
      const response = await fetch(url, {
        method,
        headers,
        signal: AbortSignal.timeout(timeout),
        ...(body !== undefined && { body }),
      })
      await response.arrayBuffer()
    }
  } catch {
    // Counted by the library, and seen by the server.
  }
}

/** Starts calls at a steady pace, as a service does, and waits for all of them. */
async function calls(command: AppCommand & { do: 'calls' }): Promise<void> {
  const { id, perSecond, seconds } = command
  const all: Promise<void>[] = []
  const started = performance.now()
  for (let i = 0; i < Math.round(perSecond * seconds); i++) {
    const wait = started + (i * 1_000) / perSecond - performance.now()
    if (wait > 0) await delay(wait)
    all.push(call(command))
  }
  await Promise.all(all)
  say({ event: 'done', id })
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const command = JSON.parse(line) as AppCommand
  if (command.do === 'calls') return calls(command)
  // Exports what is left, then ends.
  await sdk.shutdown()
  process.exit(0)
})
say({ event: 'ready' })
