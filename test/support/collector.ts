/** A collector that behaves well or badly: keeps what it accepts, by the process that sent it. */
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { listen, stop } from '../../examples/mock/listen.ts'

/** What it does with an export. */
export type Manner = 'accept' | 'hang' | number

/** The parts of OTLP/JSON that are read here. */
interface Attribute {
  key: string
  value: { stringValue?: string; intValue?: number | string; boolValue?: boolean }
}
interface Point {
  attributes: Attribute[]
  timeUnixNano: string
  asInt?: number | string
  asDouble?: number
  count?: number | string
}
interface Batch {
  resource: { attributes: Attribute[] }
  scopeSpans?: { spans: { name: string; attributes: Attribute[] }[] }[]
  scopeMetrics?: {
    metrics: Record<'sum' | 'gauge' | 'histogram', { dataPoints: Point[] } | undefined>[]
  }[]
}

/** A running collector. */
export interface Collector {
  url: string
  /** How it treats exports from now on. */
  manner: Manner
  /** Exports that came in, whatever became of them. */
  received: number
  /** Names of the spans it accepted. */
  spans: string[]
  /** Everything it accepted, as it came. */
  bytes: string[]
  /** Sum over all processes of the newest value of each series of a metric. */
  sum(metric: string): number
  /** Processes that have sent that metric. */
  processes(metric: string): number
  close(): Promise<void>
}

/** Starts one on loopback. */
export const startCollector = async (manner: Manner = 'accept'): Promise<Collector> => {
  /** Newest value by metric, process and series. An export that is tried again may come after a newer one. */
  const values = new Map<string, Map<string, { value: number; time: bigint }>>()
  const senders = new Map<string, Set<string>>()
  const keep = (batch: Batch) => {
    const sender = textOf(batch.resource.attributes, 'service.instance.id') ?? 'the only one'
    for (const { spans } of batch.scopeSpans ?? []) collector.spans.push(...spans.map(({ name }) => name))
    for (const { metrics } of batch.scopeMetrics ?? []) {
      for (const metric of metrics) {
        const { name } = metric as unknown as { name: string }
        const points = (metric.sum ?? metric.gauge ?? metric.histogram)?.dataPoints ?? []
        for (const point of points) {
          const series = values.get(name) ?? new Map<string, { value: number; time: bigint }>()
          values.set(name, series)
          const key = `${sender} ${JSON.stringify(point.attributes)}`
          const time = BigInt(point.timeUnixNano)
          const value = Number(point.asInt ?? point.asDouble ?? point.count ?? 0)
          if (time >= (series.get(key)?.time ?? 0n)) series.set(key, { value, time })
          senders.set(name, (senders.get(name) ?? new Set()).add(String(sender)))
        }
      }
    }
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      collector.received++
      if (collector.manner === 'hang') return
      if (typeof collector.manner === 'number') {
        response.writeHead(collector.manner).end()
        return
      }
      const body = Buffer.concat(chunks)
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8')
      collector.bytes.push(text)
      const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(text) as Record<string, Batch[]>
      for (const batch of [...resourceSpans, ...resourceMetrics]) keep(batch)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  const port = await listen(server, 0, '127.0.0.1')
  const collector: Collector = {
    url: `http://127.0.0.1:${port}`,
    manner,
    received: 0,
    spans: [],
    bytes: [],
    sum: (metric) => [...(values.get(metric)?.values() ?? [])].reduce((sum, { value }) => sum + value, 0),
    processes: (metric) => senders.get(metric)?.size ?? 0,
    close: () => stop(server),
  }
  return collector
}

const textOf = (attributes: Attribute[], key: string) =>
  attributes.find((attribute) => attribute.key === key)?.value.stringValue
