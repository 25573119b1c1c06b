/** Calls as an instrumentation traces them, with the processor before an exporter that keeps the spans. */
import {
  type Attributes,
  type Context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
} from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach } from 'vitest'
import type { MangopaySpanProcessorOptions } from '../../src/options.ts'
import { MangopaySpanProcessor } from '../../src/processor.ts'

/** What the library said on the diagnostic logger in this test. */
export const said: string[] = []
beforeEach(() => {
  const say = (message: string) => void said.push(message)
  diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, DiagLogLevel.ALL)
  said.splice(0)
})
afterEach(() => diag.disable())

export const HOST = 'api.sandbox.mangopay.com'
export const URL_OF_USER = `https://${HOST}/v2.01/acme/users/user_m_01J82SPSKW53XZM936PDVN76W0?Email=jane@example.com`

export type Wrap = (processor: MangopaySpanProcessor) => SpanProcessor

/** @param wrap - what the provider gets instead of the processor itself */
export function setUp(options: MangopaySpanProcessorOptions = {}, wrap: Wrap = (processor) => processor, limits = {}) {
  const mangopay = new MangopaySpanProcessor(options)
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    spanProcessors: [wrap(mangopay), new SimpleSpanProcessor(exporter)],
    spanLimits: limits,
  })
  const tracer = provider.getTracer('@opentelemetry/instrumentation-http')
  const start = (attributes: Attributes = {}, parent: Context = ROOT_CONTEXT, name = 'GET') =>
    tracer.startSpan(
      name,
      {
        kind: SpanKind.CLIENT,
        attributes: { 'http.request.method': 'GET', 'server.address': HOST, 'url.full': URL_OF_USER, ...attributes },
      },
      parent,
    )
  const answer = (span: Span, status: number, error = status >= 400) => {
    span.setAttribute('http.response.status_code', status)
    if (error) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }
  const total = () => Object.values(mangopay.snapshot().environments).reduce((sum, { calls }) => sum + calls, 0)
  const spans = () => exporter.getFinishedSpans()
  return { mangopay, provider, tracer, start, answer, total, spans, last: () => spans().at(-1) as ReadableSpan }
}

/** The attributes that the processor sets. */
export const tagsOf = ({ attributes }: ReadableSpan) =>
  Object.fromEntries(
    Object.entries(attributes).filter(([key]) => key.startsWith('mangopay.') || key === 'url.template'),
  )
