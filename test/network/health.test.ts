/** What makes the counts incomplete is told without a log level, once; what is right stays quiet. */
import { context, createContextKey, diag, type Span, SpanKind } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { MangopayClientMonitor, MangopaySpanProcessor, type MangopaySpanProcessorOptions } from 'opentelemetry-mangopay'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { axiosCall, fetchCall, httpInstrumentation, undiciInstrumentation } from './instrumented.ts'
import { LAB_ENVIRONMENT, type Lab, startLab } from './lab.ts'

/** Instrumentations make no span where the SDK's own exporters are at work. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

let lab: Lab
const warned: [code: string, message: string][] = []

afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  warned.splice(0)
  await lab.close()
})

/** A lab in an app that has no logger of OpenTelemetry. */
async function start(options: Parameters<typeof startLab>[0] = {}): Promise<void> {
  lab = await startLab(options)
  diag.disable()
  vi.spyOn(process, 'emitWarning').mockImplementation((message, options) => {
    warned.push([(options as { code: string }).code, String(message)])
  })
}
const codes = () => warned.map(([code]) => code.replace('MANGOPAY_TELEMETRY_', ''))
const health = (mangopay = lab.mangopay) =>
  mangopay.snapshot().health.map(({ code }) => code.replace('MANGOPAY_TELEMETRY_', ''))
const get = () => lab.call('axios', { method: 'GET', url: lab.url('/users') })
const answerOfMangopay = (headers: object) => ({ headers, complete: true })
const spanOf = (path: string, host = lab.mock.hostPort): Span =>
  lab.provider.getTracer('test').startSpan('GET', {
    kind: SpanKind.CLIENT,
    attributes: { 'http.request.method': 'GET', 'url.full': `http://${host}${path}` },
  })

describe('told once', () => {
  it('a sampler of ours that is not outermost', async () => {
    await start({
      sampler: (mangopay) => {
        mangopay.sampler()
        return { shouldSample: () => ({ decision: 2 }), toString: () => 'another' }
      },
    })
    await get()
    await get()
    expect([codes(), health()]).toEqual([['SAMPLER'], ['SAMPLER']])
    expect(warned[0]?.[1]).toMatch(/^opentelemetry-mangopay: mangopay\.sampler\(\) was not asked/)
  })

  it('a host of Mangopay that is not listed, but not its pages', async () => {
    await start()
    for (const host of ['api.eu.mangopay.com', 'api.eu.mangopay.com', 'docs.mangopay.com', 'www.mangopay.com']) {
      spanOf('/v2.01/acme/users', host).end()
    }
    expect([codes(), health()]).toEqual([['UNKNOWN_HOST'], ['UNKNOWN_HOST']])
    expect(warned[0]?.[1]).toContain('hosts: { "api.eu.mangopay.com": "production" }')
  })

  it('a response hook that is called instead of handed over', async () => {
    await start()
    const { responseHook } = lab.mangopay as unknown as { responseHook: () => void }
    responseHook()
    expect([codes(), health()]).toEqual([['RESPONSE_HOOK'], ['RESPONSE_HOOK']])
  })

  it('two client ids without accounts, and headers that fit no window', async () => {
    await start()
    const headers = { date: new Date().toUTCString(), 'x-ratelimit': '1', 'x-ratelimit-remaining': '1' }
    for (const [clientId, ahead] of [
      ['one', 900],
      ['two', 900],
      ['two', 7777],
    ] as const) {
      const reset = `${Math.floor(Date.now() / 1000) + ahead}`
      lab.mangopay.responseHook(
        spanOf(`/v2.01/${clientId}/users`),
        answerOfMangopay({ ...headers, 'x-ratelimit-reset': reset }),
      )
    }
    expect([codes(), health()]).toEqual([
      ['ACCOUNTS', 'RATE_LIMIT_HEADERS'],
      ['ACCOUNTS', 'RATE_LIMIT_HEADERS'],
    ])
  })

  it.each([
    ['node:http', axiosCall],
    ['fetch', fetchCall],
  ])('calls by %s that no span tells of', async (by, call) => {
    await start()
    const options: MangopaySpanProcessorOptions = { hosts: { [lab.mock.hostPort]: LAB_ENVIRONMENT } }
    const alone = new MangopaySpanProcessor(options) // in no SDK
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    await call({ method: 'GET', url: lab.url('/users') })
    await call({ method: 'GET', url: lab.url('/users') })
    expect(codes()).toEqual([])
    vi.advanceTimersByTime(5000)
    expect([codes(), health(alone), health()]).toEqual([['NO_SPANS'], ['NO_SPANS'], []])
    expect(warned[0]?.[1]).toContain(`of 2 calls to Mangopay by ${by}`)
    expect(warned[0]?.[1]).toContain('told of 0')
    await alone.shutdown()
  })

  it.each([
    ['forceFlush', axiosCall],
    ['shutdown', fetchCall],
  ] as const)('the same of a process that ends soon, at %s', async (end, call) => {
    await start()
    const alone = new MangopaySpanProcessor({ hosts: { [lab.mock.hostPort]: LAB_ENVIRONMENT } })
    await call({ method: 'GET', url: lab.url('/users') })
    await Promise.all([alone[end](), lab.mangopay[end]()])
    expect([codes(), health(alone), health()]).toEqual([['NO_SPANS'], ['NO_SPANS'], []])
    await alone.shutdown()
  })

  it.each([
    ['node:http', axiosCall],
    ['fetch', fetchCall],
  ])(
    'some calls by %s that pass the instrumentation by, as in bundles, although our sampler is in use',
    async (by, call) => {
      await start()
      const get = () => call({ method: 'GET', url: lab.url('/users') })
      await get()
      await context.with(context.active().setValue(SUPPRESSED, true), get)
      await get()
      await lab.mangopay.forceFlush()
      expect([codes(), health()]).toEqual([['NO_SPANS'], ['NO_SPANS']])
      expect(warned[0]?.[1]).toContain(`of 3 calls to Mangopay by ${by}`)
      expect(warned[0]?.[1]).toMatch(/told of 2: .*bundled/)
    },
  )

  // Fetch's own timers run on the false clock too, and throw when its connection has gone: that race is no subject here.
  it('calls that a sampler drops, where ours is not in use', { retry: 2 }, async () => {
    await start()
    const half = new MangopaySpanProcessor({ hosts: { [lab.mock.hostPort]: LAB_ENVIRONMENT } })
    let asked = 0
    const sampler = { shouldSample: () => ({ decision: asked++ % 2 === 0 ? 2 : 0 }), toString: () => 'half' } as const
    const provider = new BasicTracerProvider({ spanProcessors: [half], sampler: sampler as never })
    undiciInstrumentation.setTracerProvider(provider)
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    for (let i = 0; i < 4; i++) await fetchCall({ method: 'GET', url: lab.url('/users') })
    vi.advanceTimersByTime(5000)
    expect(health(half)).toEqual(['NO_SPANS'])
    expect(half.snapshot().health[0]?.message).toMatch(/of 4 calls .* told of 2: .*outermost sampler/)
    await half.shutdown()
  })
})

it('an IP address in place of the name: counted where an answer came, and told', async () => {
  await start()
  const other = new MangopaySpanProcessor({ hosts: { 'mangopay.test': LAB_ENVIRONMENT } })
  const provider = new BasicTracerProvider({ spanProcessors: [other], sampler: other.sampler() })
  for (const instrumentation of [httpInstrumentation, undiciInstrumentation]) {
    instrumentation.setConfig({ responseHook: other.responseHook })
    instrumentation.setTracerProvider(provider)
  }
  const headers = { host: 'mangopay.test' }
  await axiosCall({ method: 'GET', url: lab.url('/users'), headers })
  const undici = await import('undici')
  await (await undici.request(lab.url('/users'), { headers })).body.text()
  expect(other.snapshot().environments[LAB_ENVIRONMENT]).toMatchObject({ calls: 2, failures: { authentication: 2 } })
  expect(health(other)).toEqual(['IP_ADDRESS'])
  await other.shutdown()
})

it('spans of Sentry 10, which have no kind', async () => {
  await start()
  const span = lab.provider.getTracer('sentry').startSpan('GET', {
    attributes: {
      'http.method': 'GET',
      'http.url': lab.url('/users'),
      'net.peer.name': '127.0.0.1',
      'net.peer.port': lab.mock.port,
      'otel.kind': 'CLIENT',
    },
  })
  span.setAttribute('http.response.status_code', 429).end()
  lab.provider
    .getTracer('app')
    .startSpan('work', { attributes: { 'http.url': lab.url('/users') } })
    .end()
  expect(lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]).toMatchObject({ calls: 1, status429: 1 })
})

it.each([
  ['bun', 'RUNTIME', 'axios'],
  ['deno', 'RUNTIME', 'axios or undici'],
])('%s, whose own fetch tells nobody', async (runtime, code, instead) => {
  await start()
  const { versions } = process
  Object.defineProperty(process, 'versions', { value: { ...versions, [runtime]: '1.0.0' } })
  try {
    const mangopay = new MangopaySpanProcessor()
    await mangopay.shutdown()
    const monitor = new MangopayClientMonitor()
    await monitor.shutdown()
    expect([codes(), health(mangopay)]).toEqual([[code], [code]])
    expect(monitor.snapshot().health).toMatchObject([{ message: expect.stringContaining(`through ${instead}`) }])
  } finally {
    Object.defineProperty(process, 'versions', { value: versions })
  }
})

it('what is right stays quiet', async () => {
  await start()
  for (const client of ['axios', 'fetch', 'undici', 'sdk'] as const) {
    await lab.call(client, { method: 'GET', url: lab.url('/users') })
  }
  expect([codes(), health()]).toEqual([[], []])
})
