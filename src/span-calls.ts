import { type Context, type Span, SpanKind, trace } from '@opentelemetry/api'
import { Call, isSameRequest } from './call.ts'
import type { HostRule } from './hosts.ts'
import type { LiveSpan, SpanView } from './otel.ts'

/** Stands for a span that is not ours to count, whatever it becomes until it ends. */
const NOT_A_CALL = new Call({ environment: '', port: undefined, prefix: '' })
NOT_A_CALL.ended = true

/** Which call a span is about, and how the spans of one request belong together. */
export class SpanCalls {
  /** Where a span keeps its call: a property costs nothing measurable, a WeakMap a fifth of a whole span. */
  readonly #key = Symbol('opentelemetry-mangopay.call')
  /** For spans that take no property. */
  readonly #sealed = new WeakMap<object, Call>()
  #hasSealed = false

  /** The call of a span; undefined for a foreign one. */
  of(span: object): Call | undefined {
    const call = (span as Record<symbol, Call | undefined>)[this.#key]
    return call !== undefined || !this.#hasSealed ? call : this.#sealed.get(span)
  }

  /** A span that is ours has started. */
  begin(span: LiveSpan, rule: HostRule, parentContext: Context): void {
    if (this.of(span) !== undefined) return
    const call = this.keep(span, new Call(rule))
    const parent = trace.getSpan(parentContext) as (Span & Partial<SpanView>) | undefined
    if (parent?.kind !== SpanKind.CLIENT) return
    const outer = this.of(parent)
    if (outer === undefined) {
      this.keep(parent, NOT_A_CALL) // somebody's own span around this call
    } else if (!outer.ended) {
      call.isDouble = outer.double === undefined && isSameRequest(parent.attributes, span.attributes)
      if (call.isDouble) outer.double = call
      else outer.hasInnerCalls = true
    }
  }

  /** Remembers the call of a span. */
  keep(span: object, call: Call): Call {
    try {
      ;(span as Record<symbol, Call>)[this.#key] = call
    } catch {
      this.#sealed.set(span, call) // a frozen one
      this.#hasSealed = true
    }
    return call
  }
}
