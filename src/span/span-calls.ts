import { type Context, type Span, SpanKind, trace } from '@opentelemetry/api'
import type { HostRule } from '../request/hosts.ts'
import { Call } from './call.ts'
import { isSameRequest, nest } from './nesting.ts'
import type { LiveSpan, SpanView } from './otel.ts'

/** Stands for a span that is not ours to count, whatever it becomes until it ends. */
const NOT_A_CALL = new Call({ environment: '', port: undefined, prefix: '', list: {} })
NOT_A_CALL.ended = true

/** The same for all processors, also those of a second copy of this package: a span is one call, whoever sees it. */
const KEY = Symbol.for('opentelemetry-mangopay.call')

/** Which call a span is about, and how the spans of one request belong together. */
export class SpanCalls {
  /** For spans that take no property. */
  readonly #sealed = new WeakMap<object, Call>()
  #hasSealed = false

  /** The call of a span; undefined for a foreign one. */
  of(span: object): Call | undefined {
    const call = (span as Record<symbol, Call | undefined>)[KEY]
    return call !== undefined || !this.#hasSealed ? call : this.#sealed.get(span)
  }

  /**
   * A span that is ours has started.
   *
   * @returns a call that has ended as a double and turns out now to be one of its own
   */
  begin(span: LiveSpan, rule: HostRule, parentContext: Context): Call | undefined {
    if (this.of(span) !== undefined) return undefined
    const call = this.keep(span, new Call(rule))
    const parent = trace.getSpan(parentContext) as (Span & Partial<SpanView>) | undefined
    if (parent?.kind !== SpanKind.CLIENT) return undefined
    const outer = this.of(parent)
    if (outer === undefined) {
      this.keep(parent, NOT_A_CALL) // somebody's own span around this call
      return undefined
    }
    return outer.ended ? undefined : nest(outer, call, isSameRequest(parent.attributes, span.attributes))
  }

  /** Remembers the call of a span. */
  keep(span: object, call: Call): Call {
    try {
      ;(span as Record<symbol, Call>)[KEY] = call
    } catch {
      this.#sealed.set(span, call) // a frozen one
      this.#hasSealed = true
    }
    return call
  }
}
