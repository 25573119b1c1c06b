/** Two spans of one request: what either of them knows of how it ended counts. */
import { ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { setUp } from '../support/traced-calls.ts'

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
