/** Spans that an instrumentation ends before it makes their request, since they are not sampled. */
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { MangopaySpanProcessor } from '../../src/processor.ts'
import { said } from '../support/traced-calls.ts'

const ATTRIBUTES = {
  'http.request.method': 'POST',
  'server.address': 'api.mangopay.com',
  'url.full': 'https://api.mangopay.com/v2.01/acme/transfers',
}

const setUp = (scope: string) => {
  const mangopay = new MangopaySpanProcessor()
  const sampler = mangopay.sampler(new AlwaysOffSampler())
  const tracer = new BasicTracerProvider({ spanProcessors: [mangopay], sampler }).getTracer(scope)
  const start = (parent = ROOT_CONTEXT) =>
    tracer.startSpan('POST', { kind: SpanKind.CLIENT, attributes: ATTRIBUTES }, parent)
  return { mangopay, start, calls: () => mangopay.snapshot().environments['production']?.calls }
}

describe('a span that is not sampled and ends with nothing on it', () => {
  it('is no call, says so once, and the counts are not said to be exact', () => {
    const { mangopay, start, calls } = setUp('@vercel/otel/fetch')
    start().setAttribute('http.response.status_code', 200).end()
    expect(mangopay.snapshot().samplerInUse).toBe(true)
    start().end()
    start().end()
    expect(calls()).toBe(1)
    expect(mangopay.snapshot().samplerInUse).toBe(false)
    expect(said).toEqual([expect.stringContaining('before their request is made')])
  })

  it('is one where the http instrumentation made it, which leaves such a span after some failures', () => {
    const { mangopay, start, calls } = setUp('@opentelemetry/instrumentation-http')
    start().end()
    expect(calls()).toBe(1)
    expect(mangopay.snapshot().environments['production']).toMatchObject({ failures: { unexpected_response: 1 } })
  })

  it('is one where a request was made within', () => {
    const { start, calls } = setUp('a wrapper')
    const outer = start()
    start(trace.setSpan(ROOT_CONTEXT, outer)).setAttribute('http.response.status_code', 200).end()
    outer.end()
    expect(calls()).toBe(1)
  })
})
