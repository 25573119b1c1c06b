/** Spans, responses, clocks, providers and loggers that are not what they should be. */
import { DiagLogLevel, diag, type MeterProvider, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'
import { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import { MangopaySpanProcessor } from '../../src/processor.ts'
import { HOST, setUp, tagsOf, URL_OF_USER } from '../support/traced-calls.ts'

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

  it('null and undefined for a span never throw, count nothing and leave the processor at work', () => {
    const lines: string[] = []
    const keep = (line: string) => void lines.push(line)
    diag.setLogger({ error: keep, warn: keep, info: keep, debug: keep, verbose: keep })
    lines.length = 0 // diag says that it has a logger
    const { mangopay, total } = bare()
    for (const span of [null, undefined, 7, 'span']) {
      mangopay.onStart(span as never, ROOT_CONTEXT)
      mangopay.onEnding(span as never)
      mangopay.onEnd(span as never)
      for (const response of [null, undefined, 7, {}, { headers: null }, { response: null }]) {
        mangopay.responseHook(span as never, response)
      }
    }
    diag.disable()
    expect(mangopay.snapshot().environments).toEqual({})
    // At most a line for each cause.
    expect(
      lines.filter(
        (line) =>
          !/^opentelemetry-mangopay: (.* failed; the application is not affected|responseHook was called without)/.test(
            line,
          ),
      ),
    ).toEqual([])
    expect(lines).toEqual([...new Set(lines)])
    mangopay.onEnd(spanOf(ours()))
    expect(total()).toBe(1)
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
})

// Clocks, providers and loggers that are not what they should be.

const hostile = () => {
  throw new Error('hostile')
}

describe('bad input', () => {
  it('a clock that goes back, or says nothing, loses no call', () => {
    const times = [1e12, 5, Number.NaN, undefined, 'later', 1e12 + 1]
    const { start, answer, total } = setUp({ clock: () => times.shift() as number })
    for (let i = 0; i < 8; i++) answer(start(), 200)
    expect(total()).toBe(8)
  })

  it.each<[what: string, time: unknown]>([
    ['infinity', Number.POSITIVE_INFINITY],
    ['a bigint', 2n ** 62n],
    ['a text', '2e12'],
    ['a date', new Date(2e12)],
  ])('a clock that says %s once is not believed and loses no call', (_, time) => {
    const times = [1e12, time, 1e12 + 1, 1e12 + 2, 1e12 + 3]
    const { mangopay, start, answer } = setUp({ clock: () => (times.shift() ?? 1e12 + 4) as number })
    for (let i = 0; i < 3; i++) answer(start(), 429)
    const { time: last, environments } = mangopay.snapshot()
    expect(last).toBeLessThan(1e12 + 10)
    expect(environments['sandbox']).toMatchObject({ calls: 3, status429: 3, rates: { calls: 3 } })
  })

  it('a clock that goes back does not turn the snapshot back', () => {
    const times = [1e12, 5, 5, 1e12 + 1]
    const { mangopay } = setUp({ clock: () => times.shift() ?? 1e12 + 1 })
    const taken = [1, 2, 3].map(() => mangopay.snapshot().time)
    expect(taken).toEqual([...taken].sort((a, b) => a - b))
    expect(taken[0]).toBe(1e12)
  })

  it('a clock that throws loses no call', () => {
    const { start, answer, total } = setUp({ clock: hostile })
    answer(start(), 200)
    expect(total()).toBe(1)
  })

  it.each([
    ['MeterProvider', { getMeter: hostile }],
    [
      'duration histogram',
      {
        getMeter: (name: string) =>
          new Proxy(new SdkMeterProvider().getMeter(name), {
            get: (meter, key) => (key === 'createHistogram' ? () => ({ record: hostile }) : Reflect.get(meter, key)),
          }),
      },
    ],
  ])('a %s that throws loses no call and no tag', (_, meterProvider) => {
    const { start, answer, total, last } = setUp({ meterProvider: meterProvider as unknown as MeterProvider })
    answer(start(), 200)
    expect(total()).toBe(1)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.outcome': 'success' })
  })

  it('a logger that throws never reaches the application', () => {
    diag.setLogger(
      { error: hostile, warn: hostile, info: hostile, debug: () => {}, verbose: hostile },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    )
    const { start, answer, total } = setUp()
    expect(() => answer(start(), 200)).not.toThrow()
    expect(total()).toBe(1)
  })
})
