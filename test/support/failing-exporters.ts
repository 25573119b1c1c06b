/** Two exporters of metrics, delta and cumulative, that fail when told to. */
import { AggregationTemporality, PeriodicExportingMetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { Points } from '../network/points.ts'

/** The exporters behind their readers, which export when they are flushed; `accepted` has each export's sum of a metric. */
export const failingExporters = (metric: string) => {
  const accepted: Record<string, number[]> = { delta: [], cumulative: [] }
  const failing = { now: false }
  const exporterOf = (temporality: AggregationTemporality, name: string) => ({
    selectAggregationTemporality: () => temporality,
    export: (metrics: ResourceMetrics, done: (result: { code: number; error?: Error }) => void) => {
      if (!failing.now) accepted[name]?.push(new Points(metrics).sum(metric))
      done(failing.now ? { code: 1, error: new Error('no collector') } : { code: 0 })
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  })
  const kinds = { delta: AggregationTemporality.DELTA, cumulative: AggregationTemporality.CUMULATIVE }
  const readers = Object.entries(kinds).map(
    ([name, temporality]) =>
      new PeriodicExportingMetricReader({ exporter: exporterOf(temporality, name), exportIntervalMillis: 3_600_000 }),
  )
  return { accepted, failing, readers }
}
