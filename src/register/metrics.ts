import { choicesFrom, type Env, positiveFrom, textFrom } from './env.ts'
import { type Find, otlpExporter } from './otlp.ts'
import { messageOf, type Say } from './say.ts'

/** A metric reader, as far as `register` handles one. */
export interface MetricReaderLike {
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** What `register` uses of the metrics SDK. */
export interface MetricsSdk {
  readonly PeriodicExportingMetricReader: new (options: object) => MetricReaderLike
  readonly ConsoleMetricExporter: new () => PushExporter
}

/** What the specification has for OTEL_METRIC_EXPORT_INTERVAL and OTEL_METRIC_EXPORT_TIMEOUT, in milliseconds. */
export const DEFAULT_PACE = { interval: 60_000, timeout: 30_000 }

const EXPORTERS = ['otlp', 'console', 'prometheus', 'none']

/**
 * The readers that export what OTEL_METRICS_EXPORTER asks for; the specification's default is OTLP, every minute.
 * All that push share one reader, since sdk-node took no more than one before its metricReaders option.
 */
export function metricReadersFrom(env: Env, sdk: MetricsSdk, find: Find, say: Say): MetricReaderLike[] {
  const names = choicesFrom(env, 'OTEL_METRICS_EXPORTER', EXPORTERS, 'otlp', say)
  const readers: MetricReaderLike[] = []
  const exporters: PushExporter[] = []
  if (names.includes('otlp')) {
    const exporter = otlpExporter('metrics', env, find, say)
    if (exporter !== undefined) exporters.push(exporter as PushExporter)
  }
  if (names.includes('console')) exporters.push(new sdk.ConsoleMetricExporter())
  const exporter = fanOut(exporters)
  if (exporter) readers.push(new sdk.PeriodicExportingMetricReader({ exporter, ...paceFrom(env, say) }))
  const pulled = names.includes('prometheus') ? prometheusReader(env, find, say) : undefined
  if (pulled) readers.push(pulled)
  return readers
}

/** The reader refuses a time-out above its interval; a shorter interval alone is a common wish, so the time-out yields. */
function paceFrom(env: Env, say: Say): { exportIntervalMillis: number; exportTimeoutMillis: number } {
  const exportIntervalMillis = positiveFrom(env, 'OTEL_METRIC_EXPORT_INTERVAL', DEFAULT_PACE.interval, say)
  const timeout = positiveFrom(env, 'OTEL_METRIC_EXPORT_TIMEOUT', DEFAULT_PACE.timeout, say)
  return { exportIntervalMillis, exportTimeoutMillis: Math.min(timeout, exportIntervalMillis) }
}

/** A pull exporter is a reader of its own. Up to SDK 2 it reads host and port itself. */
function prometheusReader(env: Env, find: Find, say: Say): MetricReaderLike | undefined {
  const name = '@opentelemetry/exporter-prometheus'
  const host = textFrom(env, 'OTEL_EXPORTER_PROMETHEUS_HOST')
  const port = positiveFrom(env, 'OTEL_EXPORTER_PROMETHEUS_PORT', 9464, say, 65_535)
  try {
    const classes = find(name)?.load() as { PrometheusExporter: new (options: object) => MetricReaderLike } | undefined
    if (classes) return new classes.PrometheusExporter({ ...(host && { host }), port })
    say(`OTEL_METRICS_EXPORTER=prometheus needs ${name}: npm install ${name}`)
  } catch (error) {
    say(`${name} cannot be used: ${messageOf(error)}`)
  }
  return undefined
}

/** A metric exporter that is handed what was collected, as every SDK line shapes it. */
export interface PushExporter {
  export(metrics: unknown, done: (result: { code: number }) => void): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
  /** Delta or cumulative, per kind of instrument. */
  selectAggregationTemporality?(kind: unknown): unknown
  /** Which histogram, per kind of instrument. */
  selectAggregation?(kind: unknown): unknown
}

/** One exporter out of several: each gets the same data; the first that has wishes about its shape decides it. */
export function fanOut(exporters: readonly PushExporter[]): PushExporter | undefined {
  if (exporters.length < 2) return exporters[0]
  const both: PushExporter = {
    export(metrics, done) {
      let left = exporters.length
      let result = { code: 0 }
      for (const exporter of exporters) {
        exporter.export(metrics, (answer) => {
          if (answer.code !== 0) result = answer
          left -= 1
          if (left === 0) done(result)
        })
      }
    },
    forceFlush: async () => void (await Promise.all(exporters.map((exporter) => exporter.forceFlush()))),
    shutdown: async () => void (await Promise.all(exporters.map((exporter) => exporter.shutdown()))),
  }
  const temporality = exporters.find((exporter) => exporter.selectAggregationTemporality)
  if (temporality) both.selectAggregationTemporality = (kind) => temporality.selectAggregationTemporality?.(kind)
  const aggregation = exporters.find((exporter) => exporter.selectAggregation)
  if (aggregation) both.selectAggregation = (kind) => aggregation.selectAggregation?.(kind)
  return both
}
