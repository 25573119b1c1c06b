import type { AttributeValue } from '@opentelemetry/api'
import type { Call } from './call.ts'
import * as names from './names.ts'
import type { LiveSpan, SpanView } from './otel.ts'
import type { Verdict } from './outcome.ts'
import { statusText } from './status.ts'

/**
 * Writes what was found on the span. Nothing that comes from the request or the response is among it, but for the
 * status code's text: only names of the route table and of the contract.
 *
 * @param live - whether the span can still be written to (`onEnding`); an ended one is written into directly, which
 *   every exporter that stands behind this processor sees
 */
export function tag(span: SpanView, call: Call, verdict: Verdict, rename: boolean, live: boolean): void {
  const put = live ? putLive : putEnded
  put(span, names.ATTR_MANGOPAY_ENVIRONMENT, call.rule.environment)
  put(span, names.ATTR_MANGOPAY_OPERATION, call.operation.name)
  put(span, names.ATTR_MANGOPAY_OUTCOME, verdict.outcome)
  const text = call.status === undefined ? undefined : statusText(call.status)
  if (text !== undefined) put(span, names.ATTR_MANGOPAY_RESPONSE_STATUS_TEXT, text)
  if (verdict.category !== undefined) {
    put(span, names.ATTR_MANGOPAY_ERROR_CATEGORY, verdict.category)
    put(span, names.ATTR_MANGOPAY_ERROR_RETRYABLE, verdict.retryable)
    if (call.status === 429 && call.exhausted !== undefined) {
      put(span, names.ATTR_MANGOPAY_RATE_LIMIT_EXHAUSTED, [...call.exhausted])
    }
  }
  if (call.route === undefined) return
  if (span.attributes[names.ATTR_URL_TEMPLATE] === undefined) {
    put(span, names.ATTR_URL_TEMPLATE, call.route.template)
  }
  if (!rename || call.method === undefined) return
  const name = call.operation.spanName ?? `${call.method} ${call.route.template}`
  if (live) (span as LiveSpan).updateName(name)
  else (span as { name: string }).name = name
}

function putLive(span: SpanView, key: string, value: AttributeValue): void {
  ;(span as LiveSpan).setAttribute(key, value)
}

/** A span that had to drop attributes has reached its limit, which is the user's wish: nothing is added then. */
function putEnded(span: SpanView, key: string, value: AttributeValue): void {
  if ((span.droppedAttributesCount ?? 0) === 0 || key in span.attributes) span.attributes[key] = value
}
