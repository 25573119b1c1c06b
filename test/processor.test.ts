import {
  type Attributes,
  type Context,
  context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MangopaySpanProcessorOptions } from '../src/options.ts'
import { MangopaySpanProcessor } from '../src/processor.ts'

let said: string[] = []
beforeEach(() => {
  const say = (message: string) => void said.push(message)
  diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say }, DiagLogLevel.ALL)
  said = []
})
afterEach(() => diag.disable())

const HOST = 'api.sandbox.mangopay.com'
const URL_OF_USER = `https://${HOST}/v2.01/acme/users/user_m_01J82SPSKW53XZM936PDVN76W0?Email=jane@example.com`

type Wrap = (processor: MangopaySpanProcessor) => SpanProcessor

/** A wrapper as published ones are: it knows nothing of `onEnding`. */
const withoutOnEnding: Wrap = (processor) => ({
  onStart: (span, parent) => processor.onStart(span, parent),
  onEnd: (span) => processor.onEnd(span),
  forceFlush: () => processor.forceFlush(),
  shutdown: () => processor.shutdown(),
})

function setUp(options: MangopaySpanProcessorOptions = {}, wrap: Wrap = (processor) => processor, limits = {}) {
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

const tagsOf = ({ attributes }: ReadableSpan) =>
  Object.fromEntries(
    Object.entries(attributes).filter(([key]) => key.startsWith('mangopay.') || key === 'url.template'),
  )

describe.each([
  ['with onEnding', (processor: MangopaySpanProcessor) => processor],
  ['behind a wrapper that drops onEnding', withoutOnEnding],
] as [string, Wrap][])('a call, %s', (_, wrap) => {
  it('that succeeded is tagged and renamed', () => {
    const { start, answer, last } = setUp({}, wrap)
    answer(start(), 200)
    expect(tagsOf(last())).toEqual({
      'mangopay.environment': 'sandbox',
      'mangopay.operation': 'GET /users/{userId}',
      'mangopay.outcome': 'success',
      'mangopay.response.status_text': 'OK',
      'url.template': '/v2.01/{clientId}/users/{userId}',
    })
    expect(last().name).toBe('GET /v2.01/{clientId}/users/{userId}')
  })

  it('that failed says why and whether to try again', () => {
    const { start, answer, last } = setUp({}, wrap)
    answer(start({ 'http.request.method': 'POST', 'url.full': `https://${HOST}/v2.01/acme/transfers` }), 502)
    expect(tagsOf(last())).toEqual({
      'mangopay.environment': 'sandbox',
      'mangopay.operation': 'POST /transfers',
      'mangopay.outcome': 'unknown',
      'mangopay.response.status_text': 'Bad Gateway',
      'mangopay.error.category': 'server_error',
      'mangopay.error.retryable': false,
      'url.template': '/v2.01/{clientId}/transfers',
    })
  })

  it('of the old conventions is the same', () => {
    const { tracer, last } = setUp({}, wrap)
    const span = tracer.startSpan('HTTP GET', {
      kind: SpanKind.CLIENT,
      attributes: { 'http.method': 'GET', 'net.peer.name': HOST, 'http.url': URL_OF_USER, 'http.host': HOST },
    })
    span.setAttribute('http.status_code', 429).setStatus({ code: SpanStatusCode.ERROR }).end()
    expect(tagsOf(last())).toMatchObject({
      'mangopay.operation': 'GET /users/{userId}',
      'mangopay.error.category': 'rate_limit',
      'mangopay.error.retryable': true,
    })
  })

  it('is counted once, in the processor’s own numbers', () => {
    const { mangopay, start, answer } = setUp({}, wrap)
    answer(start(), 200)
    answer(start(), 429)
    answer(start(), 500)
    answer(start({ 'http.request.method': 'POST', 'url.full': `https://${HOST}/v2.01/acme/transfers` }), 500)
    expect(mangopay.snapshot().environments['sandbox']).toMatchObject({
      calls: 4,
      status429: 1,
      status500: 2,
      failures: { rate_limit: 1, server_error: 2 },
      unknownOutcomes: 1,
      rates: { calls: 4, kinds: { '429': { count: 1, ratio: 0.25 }, '500': { count: 2, ratio: 0.5 } } },
      operations: {
        'GET /users/{userId}': { calls: 3, failures: 2, status429: 1, status500: 1 },
        'POST /transfers': { calls: 1, failures: 1, status429: 0, status500: 1 },
      },
    })
  })

  it('of an unknown route is _OTHER, and keeps its name', () => {
    const { start, answer, last } = setUp({}, wrap)
    answer(start({ 'url.full': `https://${HOST}/v2.01/acme/secret/user_1` }), 404)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.operation': '_OTHER' })
    expect(tagsOf(last())).not.toHaveProperty('url.template')
    expect(last().name).toBe('GET')
  })

  it('of a known path with another method is _OTHER, with the template', () => {
    const { start, answer, last } = setUp({}, wrap)
    answer(start({ 'http.request.method': 'PATCH' }), 405)
    expect(tagsOf(last())).toMatchObject({
      'mangopay.operation': '_OTHER',
      'url.template': '/v2.01/{clientId}/users/{userId}',
    })
    expect(last().name).toBe('PATCH /v2.01/{clientId}/users/{userId}')
  })

  it('keeps a template that somebody else set, and its name when told to', () => {
    const { start, answer, last } = setUp({ renameSpans: false }, wrap)
    answer(start({ 'url.template': '/mine' }), 200)
    expect(last().attributes['url.template']).toBe('/mine')
    expect(last().name).toBe('GET')
  })

  it('is counted although the span may have no more attributes', () => {
    for (const attributeCountLimit of [2, 3]) {
      const { start, answer, total, last } = setUp({}, wrap, { attributeCountLimit })
      answer(start(), 200)
      expect(total()).toBe(1)
      expect(Object.keys(last().attributes)).toHaveLength(attributeCountLimit)
    }
  })

  it('whose attributes come late is found when it ends', () => {
    const { tracer, total } = setUp({}, wrap)
    const span = tracer.startSpan('GET', { kind: SpanKind.CLIENT })
    span.setAttributes({ 'http.request.method': 'GET', 'server.address': HOST, 'url.full': URL_OF_USER })
    span.setAttribute('http.response.status_code', 200).end()
    expect(total()).toBe(1)
  })

  it('that is not ours is left alone', () => {
    const { start, answer, total, last } = setUp({}, wrap)
    answer(start({ 'server.address': 'api.stripe.com' }), 500)
    expect(tagsOf(last())).toEqual({})
    expect(last().name).toBe('GET')
    expect(total()).toBe(0)
  })
})

describe('a method', () => {
  it.each([
    ['GET', 'failure'],
    ['HEAD', 'failure'],
    ['OPTIONS', 'failure'],
    ['TRACE', 'failure'],
    ['POST', 'unknown'],
    ['PUT', 'unknown'],
    ['PATCH', 'unknown'],
    ['DELETE', 'unknown'],
    ['delete', 'unknown'],
    ['get', 'failure'],
    ['BREW', 'unknown'],
  ])('%s that ends in a 500 leaves the outcome %s', (method, outcome) => {
    const { start, answer, last } = setUp()
    answer(start({ 'http.request.method': method }), 500)
    expect(last().attributes['mangopay.outcome']).toBe(outcome)
  })
})

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

describe('bad input', () => {
  const bare = () => {
    const mangopay = new MangopaySpanProcessor()
    const total = () => Object.values(mangopay.snapshot().environments).reduce((sum, { calls }) => sum + calls, 0)
    return { mangopay, total }
  }
  const spanOf = (attributes: unknown, more: object = {}) =>
    ({
      kind: SpanKind.CLIENT,
      name: 'GET',
      attributes,
      status: { code: 0 },
      events: [],
      spanContext: () => ({ traceId: '0', spanId: '0', traceFlags: 1 }),
      ...more,
    }) as never
  const ours = () => ({
    'http.request.method': 'GET',
    'server.address': HOST,
    'url.full': URL_OF_USER,
    'http.response.status_code': 200,
  })
  const throwing = (key: string) =>
    Object.defineProperty(ours(), key, {
      get: () => {
        throw new Error('hostile')
      },
      enumerable: true,
    })

  it.each<[what: string, span: unknown, counted: number]>([
    ['a span that was never started', spanOf(ours()), 1],
    ['a frozen span', Object.freeze(spanOf(ours()) as object), 1],
    ['frozen attributes', spanOf(Object.freeze(ours())), 1],
    ['no attributes', spanOf(undefined), 0],
    ['null attributes', spanOf(null), 0],
    ['attributes without prototype', spanOf(Object.assign(Object.create(null), ours())), 1],
    ['a method of the wrong type', spanOf({ ...ours(), 'http.request.method': ['GET'] }), 0],
    ['an unknown method', spanOf({ ...ours(), 'http.request.method': 'BREW' }), 1],
    ['a method of a megabyte', spanOf({ ...ours(), 'http.request.method': 'G'.repeat(1 << 20) }), 1],
    ['a host of the wrong type', spanOf({ ...ours(), 'server.address': 7, 'url.full': 'https://x.example/' }), 0],
    ['a URL of the wrong type', spanOf({ ...ours(), 'url.full': { toString: () => URL_OF_USER } }), 1],
    ['a URL of a megabyte', spanOf({ ...ours(), 'url.full': `https://${HOST}/v2.01/${'a/'.repeat(1 << 19)}` }), 1],
    ['a status of the wrong type', spanOf({ ...ours(), 'http.response.status_code': [200] }), 1],
    ['a status in letters', spanOf({ ...ours(), 'http.response.status_code': 'two hundred' }), 1],
    ['a status in digits', spanOf({ ...ours(), 'http.response.status_code': '200' }), 1],
    ['__proto__ as host', spanOf({ ...ours(), 'server.address': '__proto__' }), 0],
    ['a host whose getter throws', spanOf(throwing('server.address')), 0],
    ['a method whose getter throws', spanOf(throwing('http.request.method')), 0],
    [
      'an attributes getter that throws',
      Object.defineProperty(spanOf(ours()) as object, 'attributes', {
        get: () => {
          throw new Error('hostile')
        },
      }),
      0,
    ],
    ['a kind that is none', spanOf(ours(), { kind: 'CLIENT' }), 0],
    [
      'no events',
      spanOf({ ...ours(), 'http.response.status_code': undefined }, { events: undefined, status: { code: 2 } }),
      1,
    ],
    ['a duration of the wrong type', spanOf(ours(), { duration: 'long' }), 1],
    ['not a span', {}, 0],
  ])('%s never throws', (_, span, counted) => {
    const { mangopay, total } = bare()
    for (let i = 0; i < 3; i++) {
      mangopay.onStart(span as never, ROOT_CONTEXT)
      mangopay.responseHook(span as never, { headers: { 'x-ratelimit': '1' } })
      mangopay.onEnding(span as never)
      mangopay.onEnd(span as never)
    }
    expect(total()).toBe(counted)
  })

  it('null and undefined for a span never throw', () => {
    const { mangopay } = bare()
    for (const span of [null, undefined, 7, 'span']) {
      mangopay.onStart(span as never, ROOT_CONTEXT)
      mangopay.onEnding(span as never)
      mangopay.onEnd(span as never)
      for (const response of [null, undefined, 7, {}, { headers: null }, { response: null }]) {
        mangopay.responseHook(span as never, response)
      }
    }
  })

  it('a response hook given nonsense never throws and never hides the call', () => {
    for (const response of [
      null,
      undefined,
      7,
      'x',
      {},
      { headers: 7 },
      { headers: [1, 2, 3] },
      { response: { headers: [null] } },
    ]) {
      const { mangopay, start, answer, total } = setUp()
      const span = start()
      mangopay.responseHook(span, response)
      answer(span, 200)
      expect(total()).toBe(1)
    }
  })

  it('a clock that goes back, or says nothing, loses no call', () => {
    const times = [1e12, 5, Number.NaN, undefined, 'later', 1e12 + 1]
    const { start, answer, total } = setUp({ clock: () => times.shift() as number })
    for (let i = 0; i < 8; i++) answer(start(), 200)
    expect(total()).toBe(8)
  })

  it('a clock that goes back does not turn the snapshot back', () => {
    const times = [1e12, 5, 5, 1e12 + 1]
    const { mangopay } = setUp({ clock: () => times.shift() ?? 1e12 + 1 })
    const taken = [1, 2, 3].map(() => mangopay.snapshot().time)
    expect(taken).toEqual([...taken].sort((a, b) => a - b))
    expect(taken[0]).toBe(1e12)
  })

  it('a clock that throws loses no call', () => {
    const { start, answer, total } = setUp({
      clock: () => {
        throw new Error('hostile')
      },
    })
    answer(start(), 200)
    expect(total()).toBe(1)
  })

  it('a MeterProvider that throws loses no call and no tag', () => {
    const { start, answer, total, last } = setUp({
      meterProvider: {
        getMeter: () => {
          throw new Error('hostile')
        },
      },
    })
    answer(start(), 200)
    expect(total()).toBe(1)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.outcome': 'success' })
  })

  it('a logger that throws never reaches the application', () => {
    const hostile = () => {
      throw new Error('hostile')
    }
    diag.setLogger(
      { error: hostile, warn: hostile, info: hostile, debug: () => {}, verbose: hostile },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    )
    const { start, answer, total } = setUp()
    expect(() => answer(start(), 200)).not.toThrow()
    expect(total()).toBe(1)
  })
})

describe('the response hook', () => {
  const challenge = 'PendingUserAction RedirectUrl=https://sca.example/?token=secret'

  it.each<[what: string, response: unknown]>([
    ['http', { headers: { 'www-authenticate': challenge }, complete: true }],
    ['undici', { request: {}, response: { headers: [Buffer.from('WWW-Authenticate'), Buffer.from(challenge)] } }],
  ])('of %s sees that a 401 asks for strong customer authentication, and keeps the link to itself', (_, response) => {
    const { mangopay, start, answer, last } = setUp()
    const span = start()
    mangopay.responseHook(span, response)
    answer(span, 401)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.error.category': 'sca_required' })
    expect(JSON.stringify(last().attributes)).not.toContain('RedirectUrl')
    expect(JSON.stringify(last().attributes)).not.toContain('secret')
  })

  it('is not needed where the header is recorded on the span', () => {
    for (const key of ['http.response.header.www-authenticate', 'http.response.header.www_authenticate']) {
      for (const value of [challenge, [challenge]]) {
        const { start, answer, last } = setUp()
        const span = start()
        span.setAttribute(key, value)
        answer(span, 401)
        expect(tagsOf(last())).toMatchObject({ 'mangopay.error.category': 'sca_required' })
      }
    }
  })

  it('sees a body that was cut although the span looks fine', () => {
    const response = { headers: {}, complete: false }
    const { mangopay, start, answer, last } = setUp()
    const cut = start({ 'http.request.method': 'POST', 'url.full': `https://${HOST}/v2.01/acme/transfers` })
    mangopay.responseHook(cut, response)
    answer(cut, 200)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.error.category': 'network', 'mangopay.outcome': 'unknown' })
    const whole = start()
    mangopay.responseHook(whole, response)
    response.complete = true
    answer(whole, 200)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.outcome': 'success' })
  })

  it('ignores the answers of others and of the application’s own server', () => {
    const { mangopay, start, tracer } = setUp()
    const headers = Object.defineProperty({}, 'headers', { get: () => expect.unreachable() })
    mangopay.responseHook(start({ 'server.address': 'api.stripe.com' }), headers)
    mangopay.responseHook(tracer.startSpan('GET', { kind: SpanKind.SERVER }), headers)
  })

  it('names the exhausted windows of a 429, and only of a 429', () => {
    const server = Date.UTC(2026, 10, 23, 12)
    const headers = {
      date: new Date(server).toUTCString(),
      'x-ratelimit': '2300, 4400',
      'x-ratelimit-remaining': '0, 100',
      'x-ratelimit-reset': `${server / 1000 + 900}, ${server / 1000 + 1800}`,
    }
    const { mangopay, start, answer, last } = setUp()
    for (const [status, exhausted] of [
      [429, ['15m']],
      [200, undefined],
    ] as const) {
      const span = start()
      mangopay.responseHook(span, { headers })
      answer(span, status)
      expect(last().attributes['mangopay.rate_limit.exhausted']).toEqual(exhausted)
    }
    expect(mangopay.snapshot().environments['sandbox']?.quota).toMatchObject([
      { window: '15m', limit: 2300, used: 2300, remaining: 0 },
      { window: '30m', limit: 4500, used: 4400, remaining: 100 },
    ])
  })
})

describe('callbacks', () => {
  const settle = () => new Promise((resolve) => setImmediate(resolve))

  it('are called after the span’s own work, outside of its trace, and what they throw stays here', async () => {
    let now = 1e12
    const events: string[] = []
    const { mangopay, start, answer } = setUp({
      clock: () => now,
      spike: { minimumCount: 2, minimumSeconds: 0, windowSeconds: 10, kinds: ['429'] },
      onSpike: ({ state, count, environment }) => {
        events.push(`${state} ${count} ${environment} ${trace.getSpan(context.active()) === undefined}`)
        throw new Error('hostile')
      },
    })
    answer(start(), 429)
    answer(start(), 429)
    expect(events).toEqual([])
    await settle()
    expect(events).toEqual(['started 2 sandbox true'])
    now += 10_000
    mangopay.snapshot()
    await settle()
    expect(events).toEqual(['started 2 sandbox true', 'ended 0 sandbox true'])
    expect(said.filter((line) => line.includes('a callback failed'))).toHaveLength(1)
  })

  it('that reject are reported, not unhandled', async () => {
    const { start, answer } = setUp({
      spike: { minimumCount: 1 },
      onSpike: (async () => {
        throw new Error('hostile')
      }) as () => void,
    })
    answer(start(), 500)
    await settle()
    await settle()
  })

  it('do not see the trace of the call that set them off', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    let seen: unknown = 'nothing'
    const { start, answer } = setUp({
      spike: { minimumCount: 1, kinds: ['500'] },
      onSpike: () => {
        seen = trace.getSpan(context.active())
      },
    })
    const span = start()
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => answer(span, 500))
    await settle()
    context.disable()
    expect(seen).toBeUndefined()
  })

  it('get their end at shutdown', async () => {
    const states: string[] = []
    const { provider, start, answer } = setUp({
      spike: { minimumCount: 1, kinds: ['500'] },
      onSpike: ({ state }) => void states.push(state),
    })
    answer(start(), 500)
    await provider.shutdown()
    expect(states).toEqual(['started', 'ended'])
  })
})

describe('shutdown', () => {
  it('may happen twice, and calls after it are still counted', async () => {
    const { mangopay, start, answer, total } = setUp()
    await mangopay.shutdown()
    await mangopay.shutdown()
    await mangopay.forceFlush()
    answer(start(), 200)
    expect(total()).toBe(1)
  })
})

describe('snapshot()', () => {
  it('survives JSON', () => {
    const { mangopay, start, answer } = setUp({ clock: () => 1e12 })
    answer(start(), 429)
    const snapshot = mangopay.snapshot()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    expect(snapshot).toMatchObject({ time: 1e12, samplerInUse: false })
  })

  it('is a copy', () => {
    const { mangopay, start, answer } = setUp()
    answer(start(), 200)
    const snapshot = mangopay.snapshot()
    answer(start(), 200)
    expect(snapshot.environments['sandbox']?.calls).toBe(1)
  })

  it('holds hostile environment names as any other', () => {
    const { mangopay, start, answer } = setUp({ hosts: { 'a.example': '__proto__', 'b.example': 'constructor' } })
    answer(start({ 'server.address': 'a.example' }), 200)
    answer(start({ 'server.address': 'b.example' }), 500)
    const { environments } = mangopay.snapshot()
    expect(Object.keys(environments)).toEqual(['__proto__', 'constructor'])
    expect(environments['constructor']?.status500).toBe(1)
  })
})
