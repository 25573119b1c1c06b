/** Spans within spans: each request counts once, whoever traces it. */
import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { HOST, setUp, URL_OF_USER } from '../support/traced-calls.ts'

describe('nested spans', () => {
  const within = (span: Span) => trace.setSpan(ROOT_CONTEXT, span)

  it('of one request, as two instrumentations make them, count once; both are tagged', () => {
    const { start, answer, total, spans } = setUp()
    const outer = start()
    const inner = start({}, within(outer))
    answer(inner, 429)
    answer(outer, 429)
    expect(total()).toBe(1)
    expect(spans().map((span) => span.attributes['mangopay.error.category'])).toEqual(['rate_limit', 'rate_limit'])
  })

  it.each<[what: string, own: Attributes]>([
    [
      'without HTTP attributes',
      { 'http.request.method': undefined, 'server.address': undefined, 'url.full': undefined } as never,
    ],
    ['with the host only', { 'http.request.method': undefined, 'url.full': undefined } as never],
    ['with host and method', { 'url.full': undefined } as never],
    ['with another URL', { 'url.full': `https://${HOST}/` }],
    ['with the same method and URL', {}],
  ])('a team’s own CLIENT span around a call, %s, neither swallows it nor counts', (_, own) => {
    const { mangopay, start, answer, total } = setUp()
    const outer = start(own)
    answer(start({}, within(outer)), 429)
    outer.setStatus({ code: SpanStatusCode.ERROR, message: 'it failed' })
    outer.end()
    expect(total()).toBe(1)
    expect(mangopay.snapshot().environments['sandbox']?.status429).toBe(1)
  })

  it('a team’s own span around a call takes over what the instrumentation’s span knows of it', () => {
    const { start, answer, spans } = setUp()
    const outer = start()
    answer(start({}, within(outer)), 200)
    outer.end()
    for (const span of spans()) {
      expect(span.attributes).toMatchObject({ 'mangopay.outcome': 'success', 'mangopay.response.status_text': 'OK' })
      expect(span.attributes).not.toHaveProperty('mangopay.error.category')
    }
  })

  it('of one request that nobody answered count once; both are tagged', () => {
    const { start, total, spans } = setUp()
    const outer = start()
    for (const span of [start({}, within(outer)), outer]) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'connect ECONNREFUSED 127.0.0.1:1' })
      span.end()
    }
    expect(total()).toBe(1)
    expect(spans().map((span) => span.attributes['mangopay.error.category'])).toEqual(['network', 'network'])
  })

  it('a team’s own CLIENT span that gets HTTP attributes late does not count either', () => {
    const { tracer, start, answer, total } = setUp()
    const outer = tracer.startSpan('pay', { kind: SpanKind.CLIENT })
    answer(start({}, within(outer)), 200)
    outer.setAttributes({ 'http.request.method': 'GET', 'server.address': HOST, 'url.full': URL_OF_USER })
    outer.setAttribute('http.response.status_code', 200).end()
    expect(total()).toBe(1)
  })

  it('two attempts within one own span with the same address count twice', () => {
    const { start, answer, total } = setUp()
    const outer = start()
    answer(start({}, within(outer)), 500)
    answer(start({}, within(outer)), 200)
    outer.end()
    expect(total()).toBe(2)
  })

  it('attempts within an own span that carries their address and the last status count by themselves', () => {
    const { mangopay, start, answer, total, spans } = setUp()
    const outer = start()
    answer(start({}, within(outer)), 429)
    answer(start({}, within(outer)), 429)
    answer(start({}, within(outer)), 200)
    answer(outer, 200)
    expect(total()).toBe(3)
    expect(mangopay.snapshot().environments['sandbox']?.status429).toBe(2)
    expect(spans().map(({ attributes }) => attributes['mangopay.outcome'])).toEqual([
      'failure',
      'failure',
      'success',
      'success',
    ])
  })

  it('two that run at the same time within such a span count by themselves too', () => {
    const { mangopay, start, answer, total } = setUp()
    const outer = start()
    const [one, other] = [start({}, within(outer)), start({}, within(outer))]
    answer(other, 500)
    answer(one, 429)
    answer(outer, 200)
    expect(total()).toBe(2)
    expect(mangopay.snapshot().environments['sandbox']).toMatchObject({ status429: 1, status500: 1 })
  })

  it('a team’s own span that ends when fetch returns leaves the call to the instrumentation’s span', () => {
    const { mangopay, start, answer, total, spans } = setUp()
    const outer = start({ 'http.request.method': 'POST' })
    const inner = start({ 'http.request.method': 'POST' }, within(outer))
    outer.end()
    answer(inner, 200)
    expect(total()).toBe(1)
    expect(mangopay.snapshot().environments['sandbox']).toMatchObject({ failures: {}, unknownOutcomes: 0 })
    expect(spans().map(({ attributes }) => attributes['mangopay.outcome'])).toEqual([undefined, 'success'])
  })

  it('a token call and then the call itself, within an own span with the call’s address and status, count', () => {
    const { mangopay, start, answer, total } = setUp()
    const outer = start()
    const token = { 'http.request.method': 'POST', 'url.full': `https://${HOST}/v2.01/oauth/token` }
    answer(start(token, within(outer)), 200)
    answer(start({}, within(outer)), 429)
    answer(outer, 429)
    expect(total()).toBe(2)
    expect(mangopay.snapshot().environments['sandbox']?.status429).toBe(1)
  })

  it('a request whose method two instrumentations spell differently counts once', () => {
    const { start, answer, total } = setUp()
    const outer = start({ 'http.request.method': 'get' })
    answer(start({}, within(outer)), 200)
    answer(outer, 200)
    expect(total()).toBe(1)
  })

  it('a call that starts when its parent has ended counts', () => {
    const { start, answer, total } = setUp()
    const first = start()
    answer(first, 302)
    answer(start({}, within(first)), 200)
    expect(total()).toBe(2)
  })

  it('the hops of a redirect count each', () => {
    const { start, answer, total } = setUp()
    const root = within(start({ 'server.address': 'our-own-service.example' }))
    answer(start({}, root), 302)
    answer(start({}, root), 200)
    expect(total()).toBe(2)
  })
})
