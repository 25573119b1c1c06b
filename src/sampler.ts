import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Link,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import type { Hosts } from './request/hosts.ts'
import type { Sampler, SamplingResult } from './span/otel.ts'
import type { Webhooks } from './webhooks/webhooks.ts'
import { show } from './wrong-option.ts'

/** The SDK's own default: a root span is sampled, any other follows its parent. */
const PARENT_BASED_ALWAYS_ON: Sampler = {
  shouldSample(context) {
    const parent = trace.getSpanContext(context)
    const dropped = parent !== undefined && isSpanContextValid(parent) && (parent.traceFlags & TraceFlags.SAMPLED) === 0
    return { decision: dropped ? 0 : 2 }
  },
  toString: () => 'ParentBased{root=AlwaysOnSampler}',
}

/**
 * Turns a Mangopay client span, or the server span of a notification, that its delegate drops into one that is recorded but not exported, so that the
 * processor can count it; whether the trace is sampled stays as decided. Every other answer is the delegate's own.
 */
export class CountingSampler implements Sampler {
  readonly #hosts: Hosts
  readonly #webhooks: Webhooks | undefined
  readonly #delegate: Sampler
  /** Attributes of the span that it was asked about last, if that was a client span. */
  lastClient: Attributes | undefined

  constructor(hosts: Hosts, webhooks: Webhooks | undefined, delegate: Sampler = PARENT_BASED_ALWAYS_ON) {
    if (typeof delegate?.shouldSample !== 'function') {
      throw new TypeError(
        `opentelemetry-mangopay: sampler() takes a Sampler, an object with a method shouldSample, or nothing, not ${show(delegate)}`,
      )
    }
    this.#hosts = hosts
    this.#webhooks = webhooks
    this.#delegate = delegate
  }

  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    this.lastClient = spanKind === SpanKind.CLIENT ? attributes : undefined
    const result = this.#delegate.shouldSample(context, traceId, spanName, spanKind, attributes, links)
    if (result.decision !== 0 || !this.#isOurs(spanKind, attributes)) return result
    return { ...result, decision: 1 }
  }

  #isOurs(kind: SpanKind, attributes: Attributes): boolean {
    try {
      if (kind === SpanKind.CLIENT) return this.#hosts.find(attributes) !== undefined
      return this.#webhooks?.isHook(kind, attributes) === true
    } catch {
      return false // an attribute whose getter throws
    }
  }

  toString(): string {
    return `MangopaySampler{${this.#delegate.toString()}}`
  }
}
