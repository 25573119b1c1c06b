/** Spans of Next.js that made no request, and those that did. */
import { expect, it } from 'vitest'
import { HOST, said, setUp, URL_OF_USER } from '../support/traced-calls.ts'

const fetchOf = { 'next.span_type': 'AppRender.fetch', 'next.span_name': `fetch GET ${URL_OF_USER}` }
const old = { 'http.method': 'GET', 'http.url': URL_OF_USER, 'net.peer.name': HOST }

it.each([
  ['15: a hit of the cache', { ...fetchOf, ...old }, undefined, 0],
  ['15: a request', { ...fetchOf, ...old }, 200, 1],
  ['16: a hit of the cache', { ...fetchOf, 'next.fetch.cache_status': 'hit' }, 200, 0],
  ['16: a request', { ...fetchOf, 'next.fetch.cache_status': 'miss' }, 429, 1],
] as const)('%s', (_, attributes, status, calls) => {
  const { start, answer, total, last } = setUp()
  const span = start(attributes)
  if (status === undefined) span.end()
  else answer(span, status)
  expect(total()).toBe(calls)
  expect('mangopay.outcome' in last().attributes).toBe(calls === 1)
  expect(said.filter((line) => line.includes('not sampled'))).toEqual([])
})

it('15: a request that failed', () => {
  const { start, total } = setUp()
  const span = start({ ...fetchOf, ...old })
  span.recordException(new TypeError('fetch failed'))
  span.setStatus({ code: 2, message: 'fetch failed' })
  span.end()
  expect(total()).toBe(1)
})
