/** Spans inside of spans: the innermost counts. */
import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { MangopaySpanProcessor } from '../../src/processor.ts'
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

// Three and more spans one within the other, and spans of several processors.

const within = (span: Span) => trace.setSpan(ROOT_CONTEXT, span)
const TOKEN = { 'http.request.method': 'POST', 'url.full': `https://${HOST}/v2.01/oauth/token` }
const OTHER = { 'url.full': `https://${HOST}/v2.01/acme/users/2` }

describe('three layers around', () => {
  const requests: [what: string, ...[attributes: Attributes, status: number][]][] = [
    ['one request', [{}, 200]],
    ['two attempts', [{}, 500], [{}, 200]],
    ['three attempts', [{}, 429], [{}, 429], [{}, 200]],
    ['a redirect', [{}, 302], [OTHER, 200]],
    ['a token call and the call itself', [TOKEN, 200], [{}, 200]],
    ['a token call that fails, and nothing more', [TOKEN, 401]],
  ]

  it.each(
    requests.flatMap(([what, ...inner]) =>
      [undefined, inner.at(-1)?.[1]].map((status) => ({ what, ends: status ?? 'without a status', inner, status })),
    ),
  )('$what count one for each request; the outer two end $ends and are tagged like the last', ({ inner, status }) => {
    const { start, answer, total, spans } = setUp()
    const outer = start()
    const middle = start({}, within(outer))
    for (const [attributes, code] of inner) answer(start(attributes, within(middle)), code)
    for (const span of [middle, outer]) {
      if (status === undefined) span.end()
      else answer(span, status)
    }
    expect(total()).toBe(inner.length)
    const tags = spans().map(({ attributes }) => [attributes['mangopay.operation'], attributes['mangopay.outcome']])
    expect(tags.slice(-2)).toEqual([tags.at(-3), tags.at(-3)])
  })
})

it('a processor counts the calls to its own hosts, also those that another one’s call shows to be calls', () => {
  const names = ['gw1', 'gw2'] as const
  const processors = names.map((host) => new MangopaySpanProcessor({ hosts: { [host]: host } }))
  const tracer = new BasicTracerProvider({ spanProcessors: processors }).getTracer('test')
  const start = (host: string, parent = ROOT_CONTEXT) => {
    const url = `https://${host}/v2.01/acme/transfers`
    const attributes = { 'http.request.method': 'POST', 'url.full': url, 'server.address': host }
    return tracer.startSpan('POST', { kind: SpanKind.CLIENT, attributes }, parent)
  }
  const outer = start('gw1')
  for (const host of names) start(host, within(outer)).setAttribute('http.response.status_code', 200).end()
  outer.end()
  const counted = processors.map((one) =>
    Object.entries(one.snapshot().environments).map(([environment, { calls }]) => [environment, calls]),
  )
  expect(counted).toEqual([[['gw1', 1]], [['gw2', 1]]])
})

it.each([200, 407, 503])('a CONNECT that is answered %i is no call, nor is it around one', (status) => {
  const { mangopay, start, answer, total, spans } = setUp()
  const connect = { 'http.request.method': 'CONNECT', 'url.full': `https://${HOST}:443` }
  const request = start()
  const tunnel = start(connect, within(request))
  answer(tunnel, status)
  answer(request, 200)
  const another = start(connect)
  answer(start({}, within(another)), 429)
  answer(another, status)
  expect(total()).toBe(2)
  expect(mangopay.snapshot().environments['sandbox']?.failures).toEqual({ rate_limit: 1 })
  expect(spans().filter(({ attributes }) => 'mangopay.operation' in attributes)).toHaveLength(2)
})

// Two spans of one request: what either of them knows of how it ended counts.

describe('of two spans of one request', () => {
  const within = (span: Span) => trace.setSpan(ROOT_CONTEXT, span)

  it.each<[what: string, status: number, response: object, category: string]>([
    ['asked for by header', 401, { headers: { 'www-authenticate': 'PendingUserAction x' } }, 'sca_required'],
    ['cut', 200, { headers: {}, complete: false }, 'network'],
  ])(
    'what the hook saw on the inner one counts, although the outer has the status: %s',
    (_, status, response, category) => {
      const { mangopay, start, answer, total, spans } = setUp()
      const outer = start()
      const inner = start({}, within(outer))
      mangopay.responseHook(inner, response)
      answer(inner, status)
      answer(outer, status)
      expect(total()).toBe(1)
      expect(mangopay.snapshot().environments['sandbox']?.failures).toEqual({ [category]: 1 })
      expect(spans().map(({ attributes }) => attributes['mangopay.error.category'])).toEqual([category, category])
    },
  )

  it('what the outer one ended with says nothing of the call', () => {
    const { mangopay, start, answer, spans } = setUp()
    const outer = start()
    answer(start({}, within(outer)), 200)
    outer.setStatus({ code: SpanStatusCode.ERROR, message: 'read ECONNRESET' })
    answer(outer, 200)
    expect(mangopay.snapshot().environments['sandbox']?.failures).toEqual({})
    expect(spans()[1]?.attributes).toMatchObject({ 'mangopay.outcome': 'success' })
  })

  const REFUSED = 'connect ECONNREFUSED 127.0.0.1:5432'
  const RESET = 'read ECONNRESET'
  const LATE = 'timeout of 100 ms exceeded'

  it.each<[what: string, outer: string | undefined, inner: string | undefined, category: string, outcome: string]>([
    ['a wrapper’s own database is down, after the server read the call', REFUSED, RESET, 'network', 'unknown'],
    ['the wrapper says nothing of a call that was refused', undefined, REFUSED, 'network', 'failure'],
    ['the wrapper says nothing of a call that took too long', undefined, LATE, 'timeout', 'unknown'],
    ['the wrapper alone knows that it took too long', LATE, RESET, 'network', 'unknown'],
    ['the wrapper’s time limit, of a call that never left', LATE, REFUSED, 'network', 'failure'],
    ['the wrapper knows no more than that it failed', 'fetch failed', REFUSED, 'network', 'failure'],
    ['neither knows anything', undefined, undefined, 'unexpected_response', 'unknown'],
  ])('without an answer the one nearer to the wire counts: %s', (_, outerSays, innerSays, category, outcome) => {
    const { mangopay, start, total, spans } = setUp()
    const POST = { 'http.request.method': 'POST' }
    const outer = start(POST)
    for (const [span, message] of [
      [start(POST, within(outer)), innerSays],
      [outer, outerSays],
    ] as const) {
      if (message !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message })
      span.end()
    }
    expect(total()).toBe(1)
    const unknownOutcomes = outcome === 'unknown' ? 1 : 0
    expect(mangopay.snapshot().environments['sandbox']).toMatchObject({ failures: { [category]: 1 }, unknownOutcomes })
    expect(spans()[1]?.attributes).toMatchObject({
      'mangopay.error.category': category,
      'mangopay.outcome': outcome,
      'mangopay.error.retryable': outcome === 'failure',
    })
  })

  it('an answer that came counts, whatever time limit the outer one ended with', () => {
    const { mangopay, start, answer, total } = setUp()
    const outer = start()
    answer(start({}, within(outer)), 200)
    outer.setStatus({ code: SpanStatusCode.ERROR, message: LATE })
    outer.end()
    expect(total()).toBe(1)
    expect(mangopay.snapshot().environments['sandbox']?.failures).toEqual({})
  })

  it('a body that is cut after the outer one ended with the status counts as cut', () => {
    const { mangopay, start, answer, total, spans } = setUp()
    const POST = { 'http.request.method': 'POST' }
    const outer = start(POST)
    const inner = start(POST, within(outer))
    answer(outer, 200)
    inner.setStatus({ code: SpanStatusCode.ERROR, message: 'terminated' })
    answer(inner, 200)
    expect(total()).toBe(1)
    expect(mangopay.snapshot().environments['sandbox']).toMatchObject({ failures: { network: 1 }, unknownOutcomes: 1 })
    expect(spans().map(({ attributes }) => attributes['mangopay.outcome'])).toEqual(['success', 'unknown'])
  })
})
