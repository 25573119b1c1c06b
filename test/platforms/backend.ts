/**
 * A vendor's OTLP endpoint: JSON and protobuf, delta and cumulative, and which process each count comes from. Counts are
 * added up as such a backend does: the last value of every cumulative series of every process, or every delta.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { listen, stop } from '../../examples/mock/listen.ts'

/** Attributes as a plain object. */
type Attributes = Readonly<Record<string, string | number | boolean>>

interface Point {
  metric: string
  resource: Attributes
  attributes: Attributes
  value: number
  delta: boolean
}

/** A running backend and what it knows. */
export interface Backend {
  url: string
  /** Calls by operation and status, such as `GET /users 200`, over all processes. */
  readonly counted: Readonly<Record<string, number>>
  /** The resources of the processes that counted. */
  readonly processes: readonly Attributes[]
  /** Of every export of metrics. */
  readonly requests: readonly { headers: IncomingHttpHeaders; path: string; temporality: 'delta' | 'cumulative' }[]
  /** Exported spans that carry an operation. */
  readonly tagged: number
  close(): Promise<void>
}

export async function startBackend(): Promise<Backend> {
  const series = new Map<string, Point>()
  const requests: Backend['requests'][number][] = []
  let tagged = 0
  const take = (point: Point): void => {
    const key = JSON.stringify([point.metric, point.resource, point.attributes])
    const before = series.get(key)
    series.set(key, { ...point, value: point.delta ? point.value + (before?.value ?? 0) : point.value })
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const sent = Buffer.concat(chunks)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
    const isJson = request.headers['content-type']?.startsWith('application/json') === true
    const path = request.url ?? ''
    if (path.endsWith('/v1/metrics')) {
      const points = pointsOf(isJson ? JSON.parse(body.toString()) : decode(body, METRICS))
      for (const point of points) take(point)
      const temporality = points.some(({ delta }) => delta) ? 'delta' : 'cumulative'
      if (points.length > 0) requests.push({ headers: request.headers, path, temporality })
    } else if (path.endsWith('/v1/traces')) {
      const text = isJson ? body.toString() : body.toString('latin1')
      tagged += text.split('mangopay.operation').length - 1
    }
    response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/json' })
    response.end(isJson ? '{}' : '')
  })
  const port = await listen(server, 0, '127.0.0.1')
  const calls = () => [...series.values()].filter(({ value }) => value > 0)
  return {
    url: `http://127.0.0.1:${port}`,
    get counted() {
      const counts: Record<string, number> = {}
      for (const { attributes, value } of calls()) {
        const key = `${attributes['mangopay.operation']} ${attributes['http.response.status_code'] ?? 'none'}`
        counts[key] = (counts[key] ?? 0) + value
      }
      return counts
    },
    get processes() {
      const all = calls().map(({ resource }) => [JSON.stringify(resource), resource] as const)
      return [...new Map(all).values()]
    },
    requests,
    get tagged() {
      return tagged
    },
    close: () => stop(server),
  }
}

type Json = { readonly [key: string]: Json } & { readonly length?: never }
const listed = (value: unknown): Json[] => (Array.isArray(value) ? value : [])

const attributesOf = (holder: Json | undefined): Attributes =>
  Object.fromEntries(
    listed(holder?.['attributes']).map(({ key, value }) => {
      const text = value?.['stringValue'] ?? value?.['boolValue'] ?? value?.['doubleValue']
      return [String(key), text === undefined ? Number(value?.['intValue']) : String(text)]
    }),
  )

function pointsOf(root: Json): Point[] {
  return listed(root['resourceMetrics']).flatMap((of) =>
    listed(of['scopeMetrics']).flatMap((scope) =>
      listed(scope['metrics'])
        .filter(({ name }) => String(name) === 'mangopay.client.requests')
        .flatMap(({ name, sum }) =>
          listed(sum?.['dataPoints']).map((point) => ({
            metric: String(name),
            resource: attributesOf(of['resource']),
            attributes: attributesOf(point),
            value: Number(point['asInt'] ?? point['asDouble']),
            delta: [1, 'AGGREGATION_TEMPORALITY_DELTA'].includes(sum?.['aggregationTemporality'] as unknown as number),
          })),
        ),
    ),
  )
}

/** Fields by number: a name, and for a message its own fields; `[]` marks a repeated one. */
interface Message {
  readonly [field: number]: readonly [name: string, type?: Message | 'text' | 'double' | 'int']
}
const VALUE: Message = { 1: ['stringValue', 'text'], 2: ['boolValue'], 3: ['intValue'], 4: ['doubleValue', 'double'] }
const ATTRIBUTE: Message = { 1: ['key', 'text'], 2: ['value', VALUE] }
const POINT: Message = { 4: ['asDouble', 'double'], 6: ['asInt', 'int'], 7: ['attributes[]', ATTRIBUTE] }
const SUM: Message = { 1: ['dataPoints[]', POINT], 2: ['aggregationTemporality'] }
const METRIC: Message = { 1: ['name', 'text'], 7: ['sum', SUM] }
const SCOPE: Message = { 2: ['metrics[]', METRIC] }
const RESOURCE: Message = { 1: ['attributes[]', ATTRIBUTE] }
const METRICS: Message = { 1: ['resourceMetrics[]', { 1: ['resource', RESOURCE], 2: ['scopeMetrics[]', SCOPE] }] }

/** As much of protobuf's wire format as OTLP metrics need; opentelemetry-proto's field numbers. */
function decode(bytes: Buffer, message: Message): Json {
  const result: Record<string, unknown> = {}
  let at = 0
  const varint = (): number => {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const [name, type] = message[Math.floor(tag / 8)] ?? []
    let value: unknown
    if (tag % 8 === 0) value = varint()
    else if (tag % 8 === 1) {
      value = type === 'double' ? bytes.readDoubleLE(at) : Number(bytes.readBigInt64LE(at))
      at += 8
    } else if (tag % 8 === 2) {
      const end = varint()
      const part = bytes.subarray(at, at + end)
      at += end
      value = type === 'text' ? part.toString() : typeof type === 'object' ? decode(part, type) : undefined
    } else at += 4
    if (name === undefined) continue
    if (name.endsWith('[]')) result[name.slice(0, -2)] = [...listed(result[name.slice(0, -2)]), value]
    else result[name] = value
  }
  return result as Json
}
