import { type Attributes, type AttributeValue, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { type Failure, readFailure } from '../outcome/failure.ts'
import { type Evidence, isSuccessful } from '../outcome/outcome.ts'
import type { SpanView } from './otel.ts'

/**
 * What knows, as long as the span is open, whether the whole answer came: the message of `node:http` by `complete`, the
 * request of undici by `completed`.
 */
export interface Transfer {
  readonly complete?: unknown
  readonly completed?: unknown
}

const CUT: Failure = { kind: 'network', neverSent: false }
const GIVEN_UP: Failure = { kind: 'cancelled', neverSent: false }

/**
 * Reads how a call ended from its span.
 *
 * @param transfer - undefined when no response hook has seen the answer
 */
export function readEvidence(span: SpanView, transfer: Transfer | undefined, sca: boolean): Evidence {
  const status = statusOf(span.attributes)
  return { status, failure: failureOf(span, status, transfer), sca }
}

function failureOf(span: SpanView, status: number | undefined, transfer: Transfer | undefined): Failure | undefined {
  // An error code says all, so only an answer that looks fine, or none, is looked into.
  if (status !== undefined && status >= 400) return undefined
  if (span.status?.code === SpanStatusCode.ERROR) return readFailure(namesOf(span), messagesOf(span))
  // An abort leaves a span of undici (fetch, undici) with neither status nor error.
  if (status === undefined) return isUndici(span) ? GIVEN_UP : undefined
  if (transfer === undefined || !isSuccessful(status)) return undefined
  // The http instrumentation leaves a body that was cut, or stalled past axios' time limit, UNSET with 200. Which of
  // the two it was cannot be told.
  if (transfer.complete === false) return CUT
  // undici's leaves a body UNSET only when the caller gave it up: every other end is an ERROR.
  return transfer.completed === false ? GIVEN_UP : undefined
}

function statusOf(attributes: Attributes): number | undefined {
  const status = attributes['http.response.status_code'] ?? attributes['http.status_code']
  if (typeof status === 'number') return status
  return typeof status === 'string' && status !== '' ? Number(status) : undefined
}

/** Longest name of a class of errors that is read from a stack. */
const LONGEST_CLASS = 'AggregateError'.length

/** Codes and classes of the error, where the instrumentations leave them. */
function namesOf(span: SpanView): string[] {
  const { attributes } = span
  const exception = lastException(span)
  return [
    attributes['error.type'],
    attributes['http.error_name'],
    exception?.['exception.type'],
    // undici's instrumentation leaves the class of an error nowhere else
    text(exception?.['exception.stacktrace']).slice(0, LONGEST_CLASS),
  ].map(text)
}

function messagesOf(span: SpanView): string[] {
  return [span.status?.message, span.attributes['http.error_message'], lastException(span)?.['exception.message']].map(
    text,
  )
}

function lastException(span: SpanView): Attributes | undefined {
  const { events } = span
  if (!Array.isArray(events)) return undefined // a span of another tracer library
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i] as SpanView['events'][number] | undefined
    if (event?.name === 'exception') return event.attributes
  }
  return undefined
}

/** `error.type` is a number for a DOMException. */
function text(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** How long it took; undefined for a span that does not know. */
export function secondsOf({ duration }: SpanView): number | undefined {
  return duration && duration[0] + duration[1] / 1e9
}

/**
 * Whether a span tells of no request: @vercel/otel ends those that are not sampled before it calls `fetch`. Of the http
 * instrumentation's the request was made.
 */
export function isUnmade(span: SpanView, { status, failure }: Evidence): boolean {
  if (status !== undefined || failure !== undefined) return false
  const { traceFlags } = span.spanContext?.() ?? { traceFlags: TraceFlags.SAMPLED }
  return (traceFlags & TraceFlags.SAMPLED) === 0 && !scopeOf(span).includes('instrumentation-http')
}

const isUndici = (span: SpanView) => scopeOf(span).includes('undici')

function scopeOf(span: SpanView): string {
  const { name } = span.instrumentationScope ?? span.instrumentationLibrary ?? {}
  return typeof name === 'string' ? name : ''
}
