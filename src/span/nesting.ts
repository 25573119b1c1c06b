import type { Attributes } from '@opentelemetry/api'
import { timedOut, type Verdict } from '../outcome/outcome.ts'
import type { Recorder } from '../recorder.ts'
import { methodOf } from '../request/method.ts'
import { urlOf } from '../request/url.ts'
import type { Call } from './call.ts'
import type { SpanView } from './otel.ts'

/** How the span of a call belongs together with others: two instrumentations may make spans for one request. */
export class Nesting {
  /** Of the call that this is the second span of; that one is counted. */
  outer: Nesting | undefined
  /** The second span of this request. */
  double: Call | undefined
  /** Whether requests of their own were made within: then this may be a span that somebody put around them. */
  hasInnerCalls = false
  /** Whether it is one for sure: the first request within looked like its double, and another one followed. */
  isAround = false
  /** Of a double that has ended, which may yet turn out to be a call of its own; and who would count it. */
  ended: { readonly span: SpanView; readonly verdict: Verdict; readonly recorder: Recorder } | undefined
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
    inner.nesting.outer = nesting
    nesting.double = inner
    return undefined
  }
  nesting.hasInnerCalls = true
  // The same request after another one, a token call say: that one cannot be what this span is about either.
  if (isSame || double !== undefined) markAround(nesting)
  return double?.ended ? double : undefined
}

/**
 * A span turns out to be no request but to have been put around some: then neither is what it was the second span of, and
 * what was its own second span is one by itself.
 */
export function markAround(nesting: Nesting): void {
  nesting.hasInnerCalls = true
  nesting.isAround = true
  const { outer, double } = nesting
  nesting.outer = undefined
  nesting.double = undefined
  if (double?.nesting !== undefined) double.nesting.outer = undefined
  if (outer !== undefined) markAround(outer)
}

/**
 * The second span of a request that nobody answered, or where it knows more of how it ended than the one that is counted:
 * that has no answer, or only its status, while the response hook saw the inner one's headers and body.
 */
export function betterInformed(
  call: Call,
  { double }: Nesting,
  own: Verdict,
): { call: Call; verdict: Verdict } | undefined {
  const ended = double?.nesting?.ended
  if (double === undefined || ended === undefined) return undefined
  const { verdict } = ended
  if (call.status === undefined) {
    // The inner one is nearer to the wire, and what the outer one ended with may be of something else. But a time limit
    // is often only known to who set it.
    const isTimeout = double.status === undefined && own.category === 'timeout'
    return { call: double, verdict: isTimeout ? timedOut(verdict) : verdict }
  }
  const isAsWell = call.status === double.status && (own.category === undefined || double.sca)
  return isAsWell ? { call: double, verdict } : undefined
}

/** Whether two nested spans tell of one request. */
export function isSameRequest(outer: Attributes | undefined, inner: Attributes): boolean {
  if (outer === undefined) return false
  const url = urlOf(inner)
  return url !== undefined && url === urlOf(outer) && methodOf(inner) === methodOf(outer)
}
