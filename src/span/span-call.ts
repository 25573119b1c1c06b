import type { Attributes } from '@opentelemetry/api'
import { Call } from '../request/call.ts'
import { methodOf } from '../request/method.ts'
import { pathOf, wholeUrlOf } from '../request/url.ts'
import type { Observation } from '../results/answers.ts'
import type { Transfer } from './evidence.ts'
import type { OpenPlace } from './open-calls.ts'
import type { Limited, SpanView } from './otel.ts'

/** A call and what a span is tagged with of it. */
export interface TaggedCall extends Call {
  /** Status of the answer. */
  readonly status: number | undefined
  /** Quota windows with nothing left. */
  readonly exhausted: readonly string[] | undefined
  /** What its answer tells of a payment; undefined when its body is not looked at. */
  readonly observation: Observation | undefined
}

/** A call that is counted from its request. */
interface CountedCall extends TaggedCall {
  /** Undefined until it has ended. */
  readonly tags: Readonly<Attributes> | undefined
}

/** A call and the span that tells of it. */
export class SpanCall extends Call implements TaggedCall {
  /** What the response hook has seen of the answer. */
  transfer: Transfer | undefined
  /** Whether the head of an answer has been seen. */
  isAnswered = false
  /** When it was seen, or that the call has none: epoch milliseconds. */
  since: number | undefined
  /** Whether a 401 asked for strong customer authentication. */
  sca = false
  /** Quota windows with nothing left. */
  exhausted: readonly string[] | undefined
  /** Status of the answer; found when the span ends. */
  status: number | undefined
  /** What its answer tells of a payment; undefined when its body is not looked at. */
  observation: Observation | undefined
  ended = false
  /** Where it stands among those whose span is open; undefined when it is not among them. */
  open: OpenPlace | undefined
  /** Of two spans of one request, that whose response hook was the first to be called. */
  hooked: object | undefined
  /** Whether two spans tell of it. */
  isDoubled = false
  /** What its span was tagged with; undefined when it was not counted. */
  tags: Readonly<Attributes> | undefined
  /** Its request, where calls are counted from requests, and what that was counted as once it has ended. */
  request: CountedCall | undefined
  /** The call within whose span this one has begun, and which is not counted therefore. */
  outer: SpanCall | undefined
  /** Whether another call has begun within its span: then that one is nearer to the wire, and this one is not counted. */
  isAround = false
  /** Of those within, the one that ended last, and what its span was tagged with. */
  within: { readonly call: TaggedCall; readonly tags: Readonly<Attributes> } | undefined

  /** Its request has been found. */
  link(request: CountedCall): void {
    this.request = request
  }

  /** Looks at the span's URL: in the response hook or when the span ends, whichever is first to find one. */
  look(span: SpanView): void {
    if (this.isLocated) return
    const { attributes } = span
    // Without the limit a cut URL would be taken for another route.
    const url = wholeUrlOf(attributes, (span as Limited)._spanLimits?.attributeValueLengthLimit)
    this.locate(methodOf(attributes), url === undefined ? undefined : pathOf(url, this.rule.prefix.length))
  }
}
