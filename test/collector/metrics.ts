/** Metrics as a Collector exports them, as plain points. */
import type { Attributes } from '@opentelemetry/api'
import { attributesFromOtlp } from './spans.ts'

/** One point. */
export interface Point {
  name: string
  unit: string | undefined
  description: string | undefined
  scope: string
  resource: Attributes
  attributes: Attributes
  /** Of a histogram its count. */
  value: number
  /** Of a histogram: how many in each bucket, and the bounds. */
  buckets?: number[]
  bounds?: number[]
}

type Otlp = Parameters<typeof attributesFromOtlp>[0]
interface OtlpPoint {
  attributes?: Otlp
  asInt?: string
  asDouble?: number
  count?: string
  bucketCounts?: string[]
  explicitBounds?: number[]
}
interface OtlpMetrics {
  resourceMetrics: {
    resource: { attributes?: Otlp }
    scopeMetrics: {
      scope: { name: string; version?: string }
      metrics: {
        name: string
        unit?: string
        description?: string
        sum?: { dataPoints: OtlpPoint[] }
        gauge?: { dataPoints: OtlpPoint[] }
        histogram?: { dataPoints: OtlpPoint[] }
      }[]
    }[]
  }[]
}

/** Every point of an export. */
export function pointsIn(body: unknown): Point[] {
  return ((body as OtlpMetrics).resourceMetrics ?? []).flatMap(({ resource, scopeMetrics }) =>
    (scopeMetrics ?? []).flatMap(({ scope, metrics }) =>
      (metrics ?? []).flatMap(({ name, unit, description, sum, gauge, histogram }) =>
        [...(sum ?? gauge ?? histogram ?? { dataPoints: [] }).dataPoints].map((point) => ({
          name,
          unit,
          description,
          scope: scope.name,
          resource: attributesFromOtlp(resource.attributes),
          attributes: attributesFromOtlp(point.attributes),
          value: Number(point.asInt ?? point.asDouble ?? point.count ?? 0),
          ...(point.bucketCounts && { buckets: point.bucketCounts.map(Number), bounds: point.explicitBounds ?? [] }),
        })),
      ),
    ),
  )
}

/** A point's name and labels, as one text. */
export const keyOf = (name: string, attributes: Attributes): string =>
  `${name} ${JSON.stringify(Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)))}`
