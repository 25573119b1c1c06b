/** Three and more spans one within the other, and spans of several processors. */
import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { MangopaySpanProcessor } from '../../src/processor.ts'
import { HOST, setUp } from '../support/traced-calls.ts'

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
