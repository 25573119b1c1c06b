import type { Attributes, AttributeValue } from '@opentelemetry/api'
import type { Call } from './call.ts'
import * as names from './names.ts'
import type { LiveSpan, SpanView } from './otel.ts'
import type { Verdict } from './outcome.ts'
import type { Operation } from './route.ts'
import { statusText } from './status.ts'

/**
 * What spans of calls that ended alike are tagged with. Nothing that comes from the request or the response is among
 * it, but for the status code's text: only names of the route table and of the contract.
 */
export function tagsOf(
  environment: string,
  operation: Operation,
  status: number | undefined,
  { category, outcome, retryable }: Verdict,
): Readonly<Attributes> {
  const tags: Attributes = {
    [names.ATTR_MANGOPAY_ENVIRONMENT]: environment,
    [names.ATTR_MANGOPAY_OPERATION]: operation.name,
    [names.ATTR_MANGOPAY_OUTCOME]: outcome,
  }
  const text = status === undefined ? undefined : statusText(status)
  if (text !== undefined) tags[names.ATTR_MANGOPAY_RESPONSE_STATUS_TEXT] = text
  if (category !== undefined) {
    tags[names.ATTR_MANGOPAY_ERROR_CATEGORY] = category
    tags[names.ATTR_MANGOPAY_ERROR_RETRYABLE] = retryable
  }
  if (operation.template !== undefined) tags[names.ATTR_URL_TEMPLATE] = operation.template
  return Object.freeze(tags)
}

/**
 * Writes what was found on the span.
 *
 * @param call - what the span, or the one that knows more of the same request, was found to be
 * @param live - whether the span can still be written to (`onEnding`); an ended one is written into directly, which
 *   every exporter that stands behind this processor sees
 */
export function tag(span: SpanView, call: Call, tags: Readonly<Attributes>, rename: boolean, live: boolean): void {
  const { method, operation, route } = call
  const isTemplated = span.attributes[names.ATTR_URL_TEMPLATE] !== undefined
  const own = isTemplated ? withoutTemplate(tags) : tags
  // All at once: the code of the SDK's loop is warm already, that of a call for each tag would not be.
  if (live) (span as LiveSpan).setAttributes(own)
  else for (const key of Object.keys(own)) put(false, span, key, own[key] as AttributeValue)
  if (call.status === 429 && call.exhausted !== undefined) {
    put(live, span, names.ATTR_MANGOPAY_RATE_LIMIT_EXHAUSTED, [...call.exhausted])
  }
  if (route === undefined) return
  // A method that the table does not know, on a route that it does.
  if (operation.template === undefined && !isTemplated) put(live, span, names.ATTR_URL_TEMPLATE, route.template)
  if (!rename || method === undefined) return
  const name = operation.spanName ?? `${method} ${route.template}`
  if (live) (span as LiveSpan).updateName(name)
  else (span as { name: string }).name = name
}

/** For a span that somebody gave a template already. */
function withoutTemplate(tags: Readonly<Attributes>): Attributes {
  const { [names.ATTR_URL_TEMPLATE]: _, ...others } = tags
  return others
}

function put(live: boolean, span: SpanView, key: string, value: AttributeValue): void {
  if (live) (span as LiveSpan).setAttribute(key, value)
  // A span that had to drop attributes has reached its limit, which is the user's wish: nothing is added then.
  else if ((span.droppedAttributesCount ?? 0) === 0 || key in span.attributes) span.attributes[key] = value
}
