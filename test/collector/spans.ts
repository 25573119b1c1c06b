/** Spans as data: written as OTLP for a Collector, and judged by the library in the same test. */
import {
  type Attributes,
  type AttributeValue,
  type MeterProvider,
  ROOT_CONTEXT,
  SpanKind,
  type SpanStatus,
} from '@opentelemetry/api'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'

/** A span that has ended. */
export interface PlainSpan {
  kind?: SpanKind
  name?: string
  scope?: string
  status?: SpanStatus
  attributes: Attributes
  events?: readonly { name: string; attributes?: Attributes }[]
  /** Milliseconds. @default 5 */
  duration?: number
  tracestate?: string
  /** Resource attributes. */
  resource?: Attributes
}

/** What is written on a span: its tags and its name. */
export interface Tagged {
  name: string
  tags: Attributes
}

const isTag = (key: string) => key.startsWith('mangopay.') || key === 'url.template'
const tagsIn = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([key, value]) => isTag(key) && value !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  )

/** What the library writes on the same span, without a response hook. */
export const tagByLibrary = (
  spans: readonly PlainSpan[],
  hosts: Record<string, string>,
  options: Options = {},
): Tagged[] => tagWith({ hosts, ...options })(spans)

type Options = { meterProvider?: MeterProvider; clock?: () => number; hosts?: Record<string, string> }

/** A processor that spans can be given to, again and again. */
export function tagWith(options: Options): (spans: readonly PlainSpan[]) => Tagged[] {
  const processor = new MangopaySpanProcessor(options)
  const tag = (plain: PlainSpan, at: number): Tagged => {
    const duration = plain.duration ?? 5
    const span = {
      kind: plain.kind ?? SpanKind.CLIENT,
      name: plain.name ?? 'GET',
      attributes: { ...plain.attributes },
      status: plain.status ?? { code: 0 },
      events: plain.events ?? [],
      instrumentationScope: { name: plain.scope ?? '' },
      duration: [Math.floor(duration / 1000), (duration % 1000) * 1e6],
      spanContext: () => ({ traceId: '1'.repeat(32), spanId: (at + 1).toString(16).padStart(16, '0'), traceFlags: 1 }),
      isRecording: () => true,
    }
    processor.onStart(span as never, ROOT_CONTEXT)
    processor.onEnd(span as never)
    return { name: span.name, tags: tagsIn(span.attributes) }
  }
  return (spans) => spans.map(tag)
}

/** Of an attribute in OTLP's JSON. */
type OtlpValue = { [type: string]: unknown }
interface OtlpSpan {
  spanId: string
  name: string
  attributes?: { key: string; value: OtlpValue }[]
  status?: { code?: number; message?: string }
  events?: { name: string; attributes?: { key: string; value: OtlpValue }[] }[]
}
/** The body of an export of traces. */
export interface OtlpTraces {
  resourceSpans?: {
    resource?: { attributes?: { key: string; value: OtlpValue }[] }
    scopeSpans: { spans: OtlpSpan[] }[]
  }[]
}

function toOtlp(value: AttributeValue): OtlpValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
  return { arrayValue: { values: value.map((it) => toOtlp(it as AttributeValue)) } }
}

/** An attribute's value as OTLP's JSON has it. */
function fromOtlp(value: OtlpValue): AttributeValue {
  const [type = '', inner] = Object.entries(value)[0] ?? []
  if (type === 'intValue') return Number(inner)
  if (type === 'arrayValue') return ((inner as { values?: OtlpValue[] }).values ?? []).map(fromOtlp) as AttributeValue
  return inner as AttributeValue
}

const attributesToOtlp = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: toOtlp(value) }]))

export const attributesFromOtlp = (attributes: { key: string; value: OtlpValue }[] = []): Attributes =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, fromOtlp(value)]))

/** An export of these spans, the first of which has this number as its id. */
export function exportOf(spans: readonly PlainSpan[], first: number, now = Date.now()): unknown {
  const end = BigInt(now) * 1_000_000n
  return {
    resourceSpans: spans.map((span, at) => ({
      resource: { attributes: attributesToOtlp(span.resource ?? { 'service.name': 'shop' }) },
      scopeSpans: [
        {
          scope: { name: span.scope ?? '' },
          spans: [
            {
              traceId: '1'.repeat(32),
              spanId: (first + at + 1).toString(16).padStart(16, '0'),
              ...(span.tracestate && { traceState: span.tracestate }),
              name: span.name ?? 'GET',
              kind: (span.kind ?? SpanKind.CLIENT) + 1,
              startTimeUnixNano: String(end - BigInt(Math.round((span.duration ?? 5) * 1e6))),
              endTimeUnixNano: String(end),
              attributes: attributesToOtlp(span.attributes),
              status: { ...span.status },
              events: (span.events ?? []).map(({ name, attributes }) => ({
                timeUnixNano: String(end),
                name,
                attributes: attributesToOtlp(attributes ?? {}),
              })),
            },
          ],
        },
      ],
    })),
  }
}

/** Every span of what left a Collector, with its number. */
export function spansIn(traces: OtlpTraces): { number: number; span: OtlpSpan; tagged: Tagged }[] {
  return (traces.resourceSpans ?? [])
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map((span) => ({
      number: Number.parseInt(span.spanId, 16) - 1,
      span,
      tagged: { name: span.name, tags: tagsIn(attributesFromOtlp(span.attributes)) },
    }))
}
