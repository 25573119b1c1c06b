/** Notifications, told from SERVER spans as the conventions of either time write them. */

import { readFileSync } from 'node:fs'
import { type Attributes, context, SpanKind, trace } from '@opentelemetry/api'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import { webhooksFrom } from '../../src/register/webhooks.ts'
import { EVENT_TYPES } from '../../src/webhooks/event-types.ts'
import { PullReader } from '../network/lab.ts'
import { Points } from '../network/points.ts'
import { setUp } from '../support/traced-calls.ts'

const PATH = '/hooks/mangopay'
const QUERY = 'EventType=PAYIN_NORMAL_FAILED&RessourceId=payin_m_01SECRET&Date=1796000000'

interface Request {
  attributes?: Attributes
  kind?: SpanKind
  status?: number | undefined
  seconds?: number
}

/** Answers a request of that look; returns what was counted, and what the span was tagged with. */
const answer = ({ attributes = {}, kind = SpanKind.SERVER, status = 200, seconds = 0.1 }: Request, paths = [PATH]) => {
  const { mangopay, tracer, last } = setUp({ webhooks: paths })
  const span = tracer.startSpan('GET', { kind, startTime: [100, 0], attributes })
  if (status !== 0) span.setAttribute('http.response.status_code', status)
  span.end([100 + Math.floor(seconds), (seconds % 1) * 1e9])
  const tags = Object.entries(last().attributes).filter(([key]) => key.startsWith('mangopay'))
  return { webhooks: mangopay.snapshot().webhooks, tags: Object.fromEntries(tags) }
}

const stable = (query = QUERY, path = PATH): Attributes => ({
  'http.request.method': 'GET',
  'url.path': path,
  'url.query': query,
})
const old = (target: string): Attributes => ({ 'http.method': 'GET', 'http.target': target })
const FAILED = { PAYIN_NORMAL_FAILED: { acknowledged: 1 } }
const OTHER = { _OTHER: { acknowledged: 1 } }

it('knows the documented event types, each once', () => {
  const documented = readFileSync(new URL('event-types.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  expect([...EVENT_TYPES].sort()).toEqual(documented.sort())
  expect(new Set(EVENT_TYPES).size).toBe(142)
})

describe('what is counted', () => {
  it.each<[what: string, request: Request, expected: object]>([
    ['stable conventions', { attributes: stable() }, FAILED],
    ['old conventions', { attributes: old(`${PATH}?${QUERY}`) }, FAILED],
    ['both', { attributes: { ...stable(), ...old(`${PATH}?${QUERY}`) } }, FAILED],
    [
      'a whole URL',
      { attributes: { 'http.method': 'GET', 'http.url': `https://shop.example:8443${PATH}?${QUERY}` } },
      FAILED,
    ],
    ['a query with its question mark', { attributes: stable(`?${QUERY}`) }, FAILED],
    ['a slash at the end', { attributes: stable(QUERY, `${PATH}/`) }, FAILED],
    ['another order', { attributes: stable('Date=1&RessourceId=x&EventType=PAYIN_NORMAL_FAILED') }, FAILED],
    ['an unknown type', { attributes: stable('EventType=SECRET_TYPE&RessourceId=1') }, OTHER],
    ['an empty type', { attributes: stable('EventType=&RessourceId=1') }, OTHER],
    ['two types', { attributes: stable('EventType=PAYIN_NORMAL_FAILED&EventType=KYC_FAILED') }, OTHER],
    ['a type of Object’s', { attributes: stable('EventType=constructor') }, OTHER],
    ['in another case', { attributes: stable('EventType=payin_normal_failed') }, OTHER],
    ['escaped', { attributes: stable('EventType=PAYIN%5FNORMAL_FAILED') }, OTHER],
    ['10 MB behind it', { attributes: stable(`EventType=PAYIN_NORMAL_FAILED&x=${'y'.repeat(10_000_000)}`) }, FAILED],
    ['10 MB before it', { attributes: stable(`x=${'y'.repeat(10_000_000)}&EventType=PAYIN_NORMAL_FAILED`) }, {}],
    ['no type', { attributes: stable('RessourceId=1') }, {}],
    ['no query', { attributes: { 'http.request.method': 'GET', 'url.path': PATH } }, {}],
    ['a query that is none', { attributes: { ...stable(), 'url.query': ['EventType=KYC_FAILED'] } }, {}],
    ['another path', { attributes: stable(QUERY, '/search') }, {}],
    ['a path below', { attributes: stable(QUERY, `${PATH}/x`) }, {}],
    ['the path in a query', { attributes: old(`/search?q=${PATH}?${QUERY}`) }, {}],
    ['the path in another case', { attributes: stable(QUERY, '/Hooks/Mangopay') }, {}],
    ['two slashes', { attributes: stable(QUERY, `/${PATH}`) }, {}],
    ['POST', { attributes: { ...stable(), 'http.request.method': 'POST' } }, {}],
    ['HEAD', { attributes: { ...stable(), 'http.request.method': 'HEAD' } }, {}],
    ['no method', { attributes: { 'url.path': PATH, 'url.query': QUERY } }, {}],
    ['a CLIENT span', { attributes: stable(), kind: SpanKind.CLIENT }, {}],
    ['an INTERNAL span', { attributes: stable(), kind: SpanKind.INTERNAL }, {}],
    ['nothing at all', { attributes: {} }, {}],
  ])('%s', (_, request, expected) => {
    const { webhooks, tags } = answer(request)
    expect(webhooks).toEqual(expected)
    const [eventType] = Object.keys(expected)
    expect(tags).toEqual(
      eventType === undefined
        ? {}
        : { 'mangopay.webhook.event_type': eventType, 'mangopay.webhook.delivery': 'acknowledged' },
    )
  })

  it.each<[status: number, seconds: number, delivery: string]>([
    [200, 0, 'acknowledged'],
    [200, 2, 'acknowledged'],
    [200, 2.1, 'late'],
    [500, 2.1, 'late'],
    [0, 2.1, 'late'], // Mangopay has hung up
    [204, 0.1, 'refused'],
    [201, 0.1, 'refused'],
    [301, 0.1, 'refused'],
    [404, 0.1, 'refused'],
    [503, 1.9, 'refused'],
    [0, 0.1, 'refused'],
  ])('answered %i after %f s: %s', (status, seconds, delivery) => {
    expect(answer({ attributes: stable(), status, seconds }).webhooks).toEqual({
      PAYIN_NORMAL_FAILED: { [delivery]: 1 },
    })
  })

  it.each<[seconds: number, delivery: string]>([
    [0.1, 'refused'],
    [1.9, 'late'],
    [2.1, 'late'],
  ])('given up on by whoever asked after %f s, whatever the status that was never sent: %s', (seconds, delivery) => {
    const { mangopay, tracer } = setUp({ webhooks: PATH })
    const span = tracer.startSpan('GET', { kind: SpanKind.SERVER, startTime: [100, 0], attributes: stable() })
    const response = { writableFinished: false }
    mangopay.responseHook(span, response)
    span.setAttribute('http.response.status_code', 200).end([100 + Math.floor(seconds), (seconds % 1) * 1e9])
    expect(mangopay.snapshot().webhooks).toEqual({ PAYIN_NORMAL_FAILED: { [delivery]: 1 } })
  })

  it('several paths, and none unless they are named', () => {
    expect(answer({ attributes: stable(QUERY, '/b') }, ['/a', '/b/']).webhooks).toEqual(FAILED)
    const { mangopay, tracer } = setUp()
    tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes: stable() }).end()
    expect(mangopay.snapshot()).not.toHaveProperty('webhooks')
  })

  it('with the environment of its path where somebody has named it, in metrics and on the span', async () => {
    const reader = new PullReader()
    const { mangopay, tracer, last } = setUp({
      webhooks: { '/live': 'production', '/test/': 'sandbox', '/other': undefined },
      meterProvider: new MeterProvider({ readers: [reader] }),
    })
    for (const path of ['/live', '/live', '/test', '/other']) {
      const span = tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes: stable(QUERY, path) })
      span.setAttribute('http.response.status_code', 200).end()
      const environment = { '/live': 'production', '/test': 'sandbox' }[path]
      expect(last().attributes['mangopay.environment']).toBe(environment)
    }
    const points = new Points((await reader.collect()).resourceMetrics).of('mangopay.webhook.notifications')
    const counts = points
      .filter(({ value }) => value > 0)
      .map(({ attributes, value }) => `${attributes['mangopay.environment']} ${value}`)
    expect(counts.sort()).toEqual(['production 2', 'sandbox 1', 'undefined 1'])
    // What can come exists at 0 in each of them.
    const zeros = points.filter(({ attributes }) => attributes['mangopay.webhook.event_type'] === 'KYC_FAILED')
    expect(zeros.length).toBe(3)
    expect(mangopay.snapshot().webhooks).toEqual({ PAYIN_NORMAL_FAILED: { acknowledged: 4 } })
  })

  it('a request that has two SERVER spans once, by the outer one', () => {
    const { mangopay, tracer } = setUp({ webhooks: PATH })
    const outer = tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes: stable() })
    const within = trace.setSpan(context.active(), outer)
    const inner = tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes: stable() }, within)
    inner.setAttribute('http.response.status_code', 500).end()
    outer.setAttribute('http.response.status_code', 200).end()
    expect(mangopay.snapshot().webhooks).toEqual(FAILED)
  })
})

it('register reads paths, and says which one is none without showing what stands behind it', () => {
  const lines: string[] = []
  const MANGOPAY_TELEMETRY_WEBHOOKS = ' /hooks/mangopay, hooks ,/b?key=SECRET,,https://u:SECRET@shop.example/x'
  expect(webhooksFrom({ MANGOPAY_TELEMETRY_WEBHOOKS }, (line) => void lines.push(line))).toEqual({
    '/hooks/mangopay': undefined,
  })
  expect(lines.length).toBe(3)
  expect(lines.join()).not.toContain('SECRET')
  const named = '/live=production,/test = sandbox,/x=prod'
  expect(webhooksFrom({ MANGOPAY_TELEMETRY_WEBHOOKS: named }, (line) => void lines.push(line))).toEqual({
    '/live': 'production',
    '/test': 'sandbox',
    '/x': undefined,
  })
  expect(lines.at(-1)).toContain('the environment of /x is not one of production, sandbox')
  expect(webhooksFrom({}, () => expect.unreachable())).toEqual({})
})
