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
