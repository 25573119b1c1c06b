/** What does a span tell, and what is written on it? First: writing on one that has ended. */
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import type { Limited, SpanView, Taggable } from './otel.ts'

/**
 * Writes into a span that has ended, as every exporter behind this processor sees it, within the limits that its SDK
 * keeps for a live one.
 */
export class EndedSpan implements Taggable {
  readonly #span: SpanView & Limited
  #room: number

  constructor(span: SpanView & Limited) {
    this.#span = span
    const limit = span._spanLimits?.attributeCountLimit ?? Number.POSITIVE_INFINITY
    // One that had to drop attributes is full, also where its limits are not to be seen.
    this.#room = (span.droppedAttributesCount ?? 0) > 0 ? 0 : limit - Object.keys(span.attributes).length
  }

  setAttribute(key: string, value: AttributeValue): void {
    const { attributes, _spanLimits: limits } = this.#span
    if (!(key in attributes) && this.#room-- <= 0) return
    // 0 is no limit to the SDK
    const length = limits?.attributeValueLengthLimit || Number.POSITIVE_INFINITY
    attributes[key] = typeof value === 'string' ? value.slice(0, length) : value
  }

  setAttributes(tags: Readonly<Attributes>): void {
    for (const key of Object.keys(tags)) this.setAttribute(key, tags[key] as AttributeValue)
  }

  updateName(name: string): void {
    ;(this.#span as { name: string }).name = name
  }
}
