/** What docs/limits.md tells teams to do in their Collector about personal data, done in a real one. */
import { readdirSync, readFileSync } from 'node:fs'
import { SpanKind } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Recording } from '../conformance/record.ts'
import { Stack } from './servers.ts'
import { type Sink, startSink } from './sink.ts'
import { have } from './tools.ts'

const page = readFileSync('docs/limits.md', 'utf8')
const recordings = readdirSync('test/conformance')
  .filter((file) => file.endsWith('.recorded.json'))
  .map((file) => JSON.parse(readFileSync(`test/conformance/${file}`, 'utf8')) as Recording)

/** What stands in the URLs of the recordings, or is put into them here. */
const PERSONAL = /user_m_|jane%40example\.com/

const stack = new Stack()
let sink: Sink | undefined
afterAll(async () => {
  await stack.stop()
  await sink?.close()
})

test.skipIf(!have('collector'))(
  'the page’s Collector lines leave no URL of a person on a span',
  async () => {
    const block = /```yaml\n([\s\S]*?)```/.exec(page)?.[1]
    const { processors } = parse(block ?? '') as { processors: object }
    sink = await startSink()
    const collector = await stack.collector(sink, sink.url, processors)
    const provider = new BasicTracerProvider({
      spanProcessors: [
        new MangopaySpanProcessor({ hosts: { '127.0.0.1': 'recorded', 'api.mangopay.invalid': 'recorded' } }),
        new BatchSpanProcessor(new OTLPTraceExporter({ url: `${collector.url}/v1/traces` }), { maxQueueSize: 100_000 }),
      ],
    })
    const tracer = provider.getTracer('test')
    const sent = { ours: 0, others: 0 }
    for (const { records } of recordings) {
      for (const { name, kind, attributes } of records.flatMap(({ spans }) => spans)) {
        if (kind !== SpanKind.CLIENT || !PERSONAL.test(JSON.stringify(attributes))) continue
        sent.ours++
        const query = attributes['url.query'] === undefined ? {} : { 'url.query': '?email=jane%40example.com' }
        tracer.startSpan(name, { kind, attributes: { ...attributes, ...query } }).end()
      }
    }
    for (const url of ['https://api.example.com/users/user_m_01', 'https://example.com/?email=jane%40example.com']) {
      sent.others++
      tracer
        .startSpan('GET', { kind: SpanKind.CLIENT, attributes: { 'http.request.method': 'GET', 'url.full': url } })
        .end()
    }
    await provider.forceFlush()

    type Span = { attributes: { key: string; value: unknown }[] }
    type Traces = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }
    const arrived = () =>
      (sink?.received ?? [])
        .filter(({ path }) => path === '/v1/traces')
        .flatMap(({ body }) => (body as Traces).resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans)
    expect(sent.ours).toBeGreaterThan(1_000)
    await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(sent.ours + sent.others)
    const isOurs = ({ attributes }: Span) => attributes.some(({ key }) => key === 'mangopay.operation')
    const [ours, others] = [arrived().filter(isOurs), arrived().filter((span) => !isOurs(span))]
    expect(ours.filter((span) => PERSONAL.test(JSON.stringify(span)))).toEqual([])
    expect(ours).toHaveLength(sent.ours)
    // Nobody else's spans are touched.
    expect(others.filter((span) => PERSONAL.test(JSON.stringify(span)))).toHaveLength(sent.others)
  },
  60_000,
)
