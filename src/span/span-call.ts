import type { Attributes } from '@opentelemetry/api'
import type { Failure } from '../outcome/failure.ts'
import type { Evidence } from '../outcome/outcome.ts'
import { Call } from '../request/call.ts'
import { methodOf } from '../request/method.ts'
import { pathOf, wholeUrlOf } from '../request/url.ts'
import type { Observation } from '../results/answers.ts'
import type { Transfer } from './evidence.ts'
import type { Limited, LiveSpan, SpanView } from './otel.ts'

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

/** What the response hook has seen. */
interface Answer {
  /** Of two spans of one request, that whose hook was the first to be called. */
  readonly span: object
  transfer: Transfer | undefined
}

/** What else tells of the request of a call: nothing, as nearly always. */
export class Kin {
  /** Whether two spans tell of it. */
  isDoubled = false
  /** What the first of them was tagged with; undefined when it was not counted. */
  tags: Readonly<Attributes> | undefined
  /** Its request, where calls are counted from requests, and what that was counted as once it has ended. */
  request: CountedCall | undefined
  /** The call within whose span this one has begun, and which is not counted therefore. */
  outer: SpanCall | undefined
  /** Whether another call has begun within its span: then that one is nearer to the wire, and this one is not counted. */
  isAround = false
  /** Of those within, the one that ended last, and what its span was tagged with. */
  within: { readonly call: TaggedCall; readonly tags: Readonly<Attributes> } | undefined
}

/** A call and the span that tells of it. */
export class SpanCall extends Call implements TaggedCall, Evidence {
  answer: Answer | undefined
  /** Whether the head of an answer has been seen. */
  isAnswered = false
  /** When it was seen, or that the call has none: epoch milliseconds. */
  since: number | undefined
  sca = false
  exhausted: readonly string[] | undefined
  /** Found when the span ends, as is the failure. */
  status: number | undefined
  failure: Failure | undefined
  observation: Observation | undefined
  ended = false
  /** Its span as long as that is open, and its neighbours in the list of those that are. */
  openSpan: LiveSpan | undefined
  before: SpanCall | undefined
  after: SpanCall | undefined
  kin: Kin | undefined

  /** It is not alone. */
  relate(): Kin {
    this.kin ??= new Kin()
    return this.kin
  }

  /** Its request has been found. */
  link(request: CountedCall): void {
    this.relate().request = request
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
