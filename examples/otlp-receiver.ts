/**
 * A small OTLP/HTTP receiver for JSON, which is what the JS exporters send by default: enough of a backend to see what
 * really leaves a process. Keeps the newest spans and the last value of every metric series.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { listen, stop } from './mock/listen.ts'

/** An attribute value as OTLP/JSON unfolds to. */
export type AttributeValue = string | number | boolean | readonly AttributeValue[] | null

/** Attributes as a plain object. */
export type AttributeMap = Readonly<Record<string, AttributeValue>>

/** A span as it was exported. */
export interface ReceivedSpan {
  traceId: string
  spanId: string
  name: string
  /** OTLP's number: 1 internal, 2 server, 3 client. */
  kind: number
  /** Epoch milliseconds. */
  start: number
  milliseconds: number
  attributes: AttributeMap
  status: 'unset' | 'ok' | 'error'
  message: string
  events: readonly { name: string; attributes: AttributeMap }[]
}

/** The last value of one metric series: a number, or count and sum of a histogram. */
export interface ReceivedPoint {
  metric: string
  attributes: AttributeMap
  value: number
  /** Of histograms only. */
  sum?: number
  /** Of histograms only: upper bounds of the buckets, and how many values each holds, one more than there are bounds. */
  bounds?: readonly number[]
  buckets?: readonly number[]
  /** Of histograms only, where the exporter tells: the largest value. */
  max?: number
}

/** A running receiver. */
export interface OtlpReceiver {
  /** Base URL: what OTEL_EXPORTER_OTLP_ENDPOINT takes. */
  url: string
  /** The newest spans, oldest first. */
  spans: readonly ReceivedSpan[]
  /** Spans received since the start. */
  spanCount: number
  /** Requests received since the start, of both signals, and those that could not be read. */
  exports: { traces: number; metrics: number; refused: number }
  /** Last values of the series of this metric. */
  points(metric: string): readonly ReceivedPoint[]
  close(): Promise<void>
}

/** How the receiver behaves. */
export interface ReceiverOptions {
  /** Default: a free port. */
  port?: number
  /** How many spans to keep. Default 2,000. */
  keepSpans?: number
  /** Called with every batch of spans. */
  onSpans?: (spans: readonly ReceivedSpan[]) => void
  /** Called with every export of metrics. */
  onMetrics?: () => void
}

type Json = { readonly [key: string]: Json } & { readonly length?: never }

/** Starts a receiver on loopback. */
export const startReceiver = async (options: ReceiverOptions = {}): Promise<OtlpReceiver> => {
  const keep = options.keepSpans ?? 2_000
  const series = new Map<string, Map<string, ReceivedPoint>>()
  const spans: ReceivedSpan[] = []
  const exports = { traces: 0, metrics: 0, refused: 0 }

  const take: Record<string, (body: unknown) => void> = {
    '/v1/traces': (body) => {
      exports.traces++
      const batch = list(body, 'resourceSpans', 'scopeSpans', 'spans').map(toSpan)
      receiver.spanCount += batch.length
      spans.push(...batch)
      if (spans.length > keep) spans.splice(0, spans.length - keep)
      options.onSpans?.(batch)
    },
    '/v1/metrics': (body) => {
      exports.metrics++
      for (const metric of list(body, 'resourceMetrics', 'scopeMetrics', 'metrics')) {
        const name = String(metric['name'])
        const last = series.get(name) ?? new Map<string, ReceivedPoint>()
        series.set(name, last)
        for (const point of toPoints(name, metric)) last.set(JSON.stringify(point.attributes), point)
      }
      options.onMetrics?.()
    },
    '/v1/logs': () => {},
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const signal = take[request.url ?? '']
    const refuse = (status: number, message: string) => {
      exports.refused++
      response.writeHead(status, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify({ message }))
    }
    if (!signal || request.method !== 'POST') return refuse(404, `no OTLP signal at ${request.url}`)
    if (!request.headers['content-type']?.startsWith('application/json')) {
      return refuse(415, 'this receiver reads OTLP/HTTP in JSON only')
    }
    try {
      const body = Buffer.concat(chunks)
      signal(JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8')))
    } catch (error) {
      return refuse(400, String(error))
    }
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end('{}')
  }
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()))
  const port = await listen(server, options.port ?? 0, '127.0.0.1')
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${port}`,
    spans,
    spanCount: 0,
    exports,
    points: (metric) => [...(series.get(metric)?.values() ?? [])],
    close: () => stop(server),
  }
  return receiver
}

/** The innermost of three nested lists, whatever is missing on the way. */
const list = (root: unknown, ...keys: string[]): Json[] =>
  keys.reduce<Json[]>((level, key) => level.flatMap((item) => asList(item?.[key])), [root as Json])

const asList = (value: unknown): Json[] => (Array.isArray(value) ? value : [])

const toValue = (value: Json | undefined): AttributeValue => {
  if (value?.['arrayValue']) return asList(value['arrayValue']['values']).map(toValue)
  // 64-bit integers may come as text.
  if (value?.['intValue'] !== undefined) return Number(value['intValue'])
  const scalar: unknown = value?.['stringValue'] ?? value?.['doubleValue'] ?? value?.['boolValue'] ?? null
  return scalar as AttributeValue
}

const toAttributes = (holder: Json): AttributeMap =>
  Object.fromEntries(asList(holder['attributes']).map((pair) => [String(pair['key']), toValue(pair['value'])]))

const STATUS = ['unset', 'ok', 'error'] as const

const toSpan = (span: Json): ReceivedSpan => {
  const start = Number(span['startTimeUnixNano']) / 1e6
  return {
    traceId: String(span['traceId']),
    spanId: String(span['spanId']),
    name: String(span['name']),
    kind: Number(span['kind']),
    start,
    milliseconds: Number(span['endTimeUnixNano']) / 1e6 - start,
    attributes: toAttributes(span),
    status: STATUS[Number(span['status']?.['code'] ?? 0)] ?? 'unset',
    message: String(span['status']?.['message'] ?? ''),
    events: asList(span['events']).map((event) => ({ name: String(event['name']), attributes: toAttributes(event) })),
  }
}

const toPoints = (metric: string, data: Json): ReceivedPoint[] => {
  const numbers = asList((data['sum'] ?? data['gauge'])?.['dataPoints']).map((point) => ({
    metric,
    attributes: toAttributes(point),
    value: Number(point['asInt'] ?? point['asDouble']),
  }))
  const histograms = asList(data['histogram']?.['dataPoints']).map((point) => ({
    metric,
    attributes: toAttributes(point),
    value: Number(point['count']),
    sum: Number(point['sum']),
    bounds: asList(point['explicitBounds']).map(Number),
    buckets: asList(point['bucketCounts']).map(Number),
    ...(point['max'] === undefined ? {} : { max: Number(point['max']) }),
  }))
  return [...numbers, ...histograms]
}
