import { type Context, type Span, SpanKind, trace } from '@opentelemetry/api'
import type { HostRule } from '../request/hosts.ts'
import type { Client } from './evidence.ts'
import type { LiveSpan, SpanView } from './otel.ts'
import { siblings } from './siblings.ts'
import { SpanCall } from './span-call.ts'

/** Stands for a span that is not ours to count, whatever it becomes until it ends. */
const NOT_A_CALL = new SpanCall({ environment: '', port: undefined, prefix: '', list: {} })
NOT_A_CALL.ended = true

/** The same for all processors, also those of a second copy of this package: a span is one call, whoever sees it. */
const KEY = Symbol.for('opentelemetry-mangopay.call')

/** Which call a span is about. */
export class SpanCalls {
  /** For spans that take no property. */
  readonly #sealed = new WeakMap<object, SpanCall>()
  #hasSealed = false

  /** The call of a span; undefined for a foreign one. */
  of(span: object): SpanCall | undefined {
    const call = (span as Record<symbol, SpanCall | undefined>)[KEY]
    return call !== undefined || !this.#hasSealed ? call : this.#sealed.get(span)
  }

  /**
   * A span that is ours has started. Of nested CLIENT spans the innermost counts, since it is nearest to the wire.
   *
   * @param client - whose instrumentation has made it
   * @returns its call; undefined when another processor has seen it
   */
  begin(span: LiveSpan, rule: HostRule, client: Client | undefined, parentContext: Context): SpanCall | undefined {
    if (this.of(span) !== undefined) return undefined
    const call = this.keep(span, rule)
    if (client === 'undici') siblings.start(span, call, (first) => this.#join(span, call, first))
    const parent = trace.getSpan(parentContext) as (Span & Partial<SpanView>) | undefined
    if (parent?.kind !== SpanKind.CLIENT) return call
    const outer = this.of(parent)
    if (outer === undefined)
      this.#set(parent, NOT_A_CALL) // somebody's own span around this call
    else if (!outer.ended) {
      outer.relate().isAround = true
      call.relate().outer = outer
    }
    return call
  }

  /** Two spans of one request are one call: whatever either of them learns, and counted with the first that ends. */
  #join(span: object, call: SpanCall, first: SpanCall): void {
    call.ended = true
    first.relate().isDoubled = true
    this.#set(span, first)
  }

  /** Begins to remember the call of a span. */
  keep(span: object, rule: HostRule): SpanCall {
    const call = new SpanCall(rule)
    this.#set(span, call)
    return call
  }

  #set(span: object, call: SpanCall): void {
    try {
      ;(span as Record<symbol, SpanCall>)[KEY] = call
    } catch {
      this.#sealed.set(span, call) // a frozen one
      this.#hasSealed = true
    }
  }
}
