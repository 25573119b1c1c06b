/** Two spans of one request: what either of them knows of how it ended counts. */
import { ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { setUp } from './support/traced-calls.ts'

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

  it('what the outer one knows itself is not given up for the inner one', () => {
    const { mangopay, start, answer } = setUp()
    const outer = start()
    answer(start({}, within(outer)), 200)
    outer.setStatus({ code: SpanStatusCode.ERROR, message: 'read ECONNRESET' })
    answer(outer, 200)
    expect(mangopay.snapshot().environments['sandbox']?.failures).toEqual({ network: 1 })
  })
})
