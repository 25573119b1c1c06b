import type { Attributes } from '@opentelemetry/api'
import type { Call } from './call.ts'
import { methodOf } from './method.ts'
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
  // The same request after another one, a token call say: that one cannot be what this span is about either.
  if (isSame) nesting.isAround = true
  if (double?.nesting === undefined) return undefined
  release(nesting, double.nesting)
  nesting.isAround = true
  return double.ended ? double : undefined
}

/**
 * A span ends without an answer of its own, and before the one within: somebody put it around `fetch`, which returns
 * before the body has come.
 */
export function endFirst(nesting: Nesting): void {
  const { double } = nesting
  if (double?.nesting === undefined || double.ended) return
  release(nesting, double.nesting)
  nesting.hasInnerCalls = true
}

function release(outer: Nesting, inner: Nesting): void {
  outer.double = undefined
  inner.isDouble = false
}

/**
 * The second span of a request, where it knows more of how it ended than the one that is counted: that has no answer,
 * or only its status, while the response hook saw the inner one's headers and body.
 */
export function betterInformed(
  call: Call,
  { double }: Nesting,
  own: Verdict,
): { call: Call; verdict: Verdict } | undefined {
  const ended = double?.nesting?.ended
  if (double?.status === undefined || ended === undefined) return undefined
  const isAsWell = call.status === double.status && (own.category === undefined || double.sca)
  return call.status === undefined || isAsWell ? { call: double, verdict: ended.verdict } : undefined
}

/** Whether two nested spans tell of one request. */
export function isSameRequest(outer: Attributes | undefined, inner: Attributes): boolean {
  if (outer === undefined) return false
  const url = urlOf(inner)
  return url !== undefined && url === urlOf(outer) && methodOf(inner) === methodOf(outer)
}
