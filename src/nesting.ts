import type { Attributes } from '@opentelemetry/api'
import type { Call } from './call.ts'
import type { SpanView } from './otel.ts'
import type { Verdict } from './outcome.ts'
import { urlOf } from './url.ts'

/** How the span of a call belongs together with others: two instrumentations may make spans for one request. */
export class Nesting {
  /** Whether this is the second span of a request; the outer one is counted. */
  isDouble = false
  /** The second span of this request. */
  double: Call | undefined
  /** Whether requests of their own were made within: then this may be a span that somebody put around them. */
  hasInnerCalls = false
  /** Whether it is one for sure: the first request within looked like its double, and another one followed. */
  isAround = false
  /** Of a double that has ended, which may yet turn out to be a call of its own. */
  ended: { readonly span: SpanView; readonly verdict: Verdict } | undefined
}

/**
 * A call begins while the span of another one is open: the first within may be its double; with a second one neither is.
 *
 * @returns a call that has ended as a double and turns out now to be one of its own
 */
export function nest(outer: Call, inner: Call, isSame: boolean): Call | undefined {
  outer.nesting ??= new Nesting()
  const { nesting } = outer
  const { double } = nesting
  if (isSame && !nesting.hasInnerCalls && double === undefined) {
    inner.nesting = new Nesting()
    inner.nesting.isDouble = true
    nesting.double = inner
    return undefined
  }
  nesting.hasInnerCalls = true
  if (double?.nesting === undefined) return undefined
  nesting.double = undefined
  nesting.isAround = true
  double.nesting.isDouble = false
  return double.ended ? double : undefined
}

/** Whether two nested spans tell of one request. */
export function isSameRequest(outer: Attributes | undefined, inner: Attributes): boolean {
  if (outer === undefined) return false
  const url = urlOf(inner)
  const method = inner['http.request.method'] ?? inner['http.method']
  return url !== undefined && url === urlOf(outer) && method === (outer['http.request.method'] ?? outer['http.method'])
}
