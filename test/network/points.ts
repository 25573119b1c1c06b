import type { Attributes } from '@opentelemetry/api'
import type { Histogram, ResourceMetrics } from '@opentelemetry/sdk-metrics'

/** One point of a metric. */
export interface Point {
  attributes: Attributes
  value: number
}

/** Points of one collection, by metric. */
export class Points {
  readonly #byName = new Map<string, Point[]>()
  /** The collection as it is. */
  readonly all: ResourceMetrics['scopeMetrics']

  /** @param metrics - what a reader collected */
  constructor(metrics: ResourceMetrics) {
    this.all = metrics.scopeMetrics
    for (const { metrics: all } of metrics.scopeMetrics) {
      for (const { descriptor, dataPoints } of all) {
        const points = dataPoints.map(({ attributes, value }) => ({
          attributes,
          value: typeof value === 'number' ? value : (value as Histogram).count,
        }))
        this.#byName.set(descriptor.name, points)
      }
    }
  }

  /** All points of a metric; the value of a histogram is its count. */
  of(name: string): Point[] {
    return this.#byName.get(name) ?? []
  }

  /** The one value with these attributes; undefined when there is none. */
  value(name: string, attributes: Attributes): number | undefined {
    const hits = this.of(name).filter((point) =>
      Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
    )
    if (hits.length > 1) throw new Error(`${hits.length} points of ${name} have ${JSON.stringify(attributes)}`)
    return hits[0]?.value
  }

  /** Sum over the points that a filter takes. */
  sum(name: string, filter: (attributes: Attributes) => boolean = () => true): number {
    return this.of(name)
      .filter(({ attributes }) => filter(attributes))
      .reduce((sum, { value }) => sum + value, 0)
  }
}
