import type { Attributes } from '@opentelemetry/api'
import * as names from '../names.ts'
import type { Verdict } from '../outcome/outcome.ts'
import { statusText } from '../outcome/status.ts'
import type { SpanView, Taggable } from './otel.ts'
import type { TaggedCall } from './span-call.ts'

/**
 * What spans of calls that ended alike are tagged with. Nothing that comes from the request or the response is among
 * it, but for the status code's text: only names of the route table and of docs/telemetry.md.
 */
export function tagsOf(
  { rule, operation, status }: TaggedCall,
  { category, outcome, retryable }: Verdict,
): Readonly<Attributes> {
  const tags: Attributes = {
    [names.ATTR_MANGOPAY_ENVIRONMENT]: rule.environment,
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
 * Writes what was found on a span.
 *
 * @param target - the span itself, or what writes into it when it has ended
 * @param call - what it was found to be
 */
export function tag(
  target: Taggable,
  { attributes }: SpanView,
  call: TaggedCall,
  tags: Readonly<Attributes>,
  rename: boolean,
): void {
  const { method, operation, route } = call
  const isTemplated = attributes[names.ATTR_URL_TEMPLATE] !== undefined
  // All at once: the code of the SDK's loop is warm already, that of a call for each tag would not be.
  target.setAttributes(isTemplated ? withoutTemplate(tags) : tags)
  if (call.status === 429 && call.exhausted !== undefined) {
    target.setAttribute(names.ATTR_MANGOPAY_RATE_LIMIT_EXHAUSTED_WINDOWS, [...call.exhausted])
  }
  if (route === undefined) return
  // A method that the table does not know, on a route that it does.
  if (operation.template === undefined && !isTemplated) target.setAttribute(names.ATTR_URL_TEMPLATE, route.template)
  if (rename && method !== undefined) target.updateName(operation.spanName ?? `${method} ${route.template}`)
}

/** For a span that somebody gave a template already. */
function withoutTemplate(tags: Readonly<Attributes>): Attributes {
  const { [names.ATTR_URL_TEMPLATE]: _, ...others } = tags
  return others
}
