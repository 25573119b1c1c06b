/**
 * The few shapes of the OpenTelemetry SDK that this library touches, written structurally so that one declaration
 * fits SDK 1.30, 2.x and 3.x. Importing the SDK's own types would tie users to one of them.
 */
import type {
  Attributes,
  AttributeValue,
  Context,
  Link,
  Span,
  SpanContext,
  SpanKind,
  SpanStatus,
  TraceState,
} from '@opentelemetry/api'

/** What can be read of a span, live or ended. */
export interface SpanView {
  /** Client, server and so on. */
  readonly kind: SpanKind
  /** Its name. */
  readonly name: string
  /** Its attributes. Some processors replace the object, so it is read anew each time. */
  readonly attributes: Attributes
  /** Always there in the SDKs; a span of another tracer library may have none. */
  readonly status?: SpanStatus
  /** Its events; an exception is one. */
  readonly events: readonly { readonly name: string; readonly attributes?: Attributes }[]
  /** Seconds and nanoseconds; final once the span is ending. */
  readonly duration?: readonly [number, number]
  /** How many attributes had no room. */
  readonly droppedAttributesCount?: number
  /** SDK 2.x and 3.x. */
  readonly instrumentationScope?: { readonly name: string }
  /** SDK 1.x. */
  readonly instrumentationLibrary?: { readonly name: string }
  /** Its ids and flags. */
  spanContext(): SpanContext
}

/** A span that is still being recorded. */
export type LiveSpan = Span & SpanView

/** What tags are written to. */
export interface Taggable {
  setAttribute(key: string, value: AttributeValue): unknown
  setAttributes(attributes: Attributes): unknown
  updateName(name: string): unknown
}

/** A span that says how much it takes. Private in the SDK's types, and there in every SDK line. */
export interface Limited {
  readonly _spanLimits?: {
    readonly attributeCountLimit?: number
    readonly attributeValueLengthLimit?: number
  }
}

/** The part of an SDK's `Sampler` that every SDK line shares; decisions are 0 drop, 1 record only, 2 record and export. */
export interface Sampler {
  /** Decides on a span about to start. Called by the SDK. */
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult
  /** A name for logs. */
  toString(): string
}

/** A sampler's answer. */
export interface SamplingResult {
  /** 0 drop, 1 record only, 2 record and export. */
  decision: 0 | 1 | 2
  /** Attributes for the span. */
  attributes?: Readonly<Attributes>
  /** Trace state to go on with. */
  traceState?: TraceState
}
