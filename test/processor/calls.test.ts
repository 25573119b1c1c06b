/** What a single call becomes: its tags, its name and its count. */
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import type { MangopaySpanProcessor } from '../../src/processor.ts'
import { HOST, setUp, tagsOf, URL_OF_USER, type Wrap } from '../support/traced-calls.ts'

/** A wrapper as published ones are: it knows nothing of `onEnding`. */
const withoutOnEnding: Wrap = (processor) => ({
  onStart: (span, parent) => processor.onStart(span, parent),
  onEnd: (span) => processor.onEnd(span),
  forceFlush: () => processor.forceFlush(),
  shutdown: () => processor.shutdown(),
})

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

  it.each([200.5, 99, 600, 999, -200, '2e2x'])('whose status is %s, which is none of HTTP, is unexpected', (status) => {
    const { start, answer, last } = setUp({}, wrap)
    answer(start(), status as number)
    expect(tagsOf(last())).toMatchObject({
      'mangopay.error.category': 'unexpected_response',
      'mangopay.outcome': 'failure',
    })
    expect(tagsOf(last())).not.toHaveProperty('mangopay.response.status_text')
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

  it.each(['GET', 'PATCH'])('keeps a template that somebody else set, and its name when told to: %s', (method) => {
    const { start, answer, last } = setUp({ renameSpans: false }, wrap)
    answer(start({ 'url.template': '/mine', 'http.request.method': method }), 200)
    expect(last().attributes['url.template']).toBe('/mine')
    expect(last().attributes['mangopay.outcome']).toBe('success')
    expect(last().name).toBe('GET')
  })

  it('is counted although the span may have no more attributes', () => {
    // It has four of its own.
    for (const attributeCountLimit of [2, 3, 4, 5, 7]) {
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
