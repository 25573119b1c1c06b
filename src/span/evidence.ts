import { type Attributes, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { type Failure, isOfApp, isTransportError, readFailure } from '../outcome/failure.ts'
import { type Evidence, isSuccessful } from '../outcome/outcome.ts'
import { failureOfRequest, isBeyondLimit } from './failed-request.ts'
import type { SpanView } from './otel.ts'

/**
 * What knows, as long as the span is open, how much of the answer came: the message of `node:http`, the request of
 * undici.
 */
export interface Transfer {
  /** `node:http`: whether the whole answer came. */
  readonly complete?: unknown
  /** undici: the same. */
  readonly completed?: unknown
  /** `node:http`: whether somebody reads it. */
  readonly readableFlowing?: unknown
  /** `node:http`: whether the answer was destroyed, and with what error; null when the app gave none. */
  readonly destroyed?: unknown
  readonly errored?: unknown
  readonly socket?: {
    readonly destroyed?: unknown
    readonly errored?: unknown
    readonly readableEnded?: unknown
    readonly timeout?: unknown
  } | null
}

const CUT: Failure = { kind: 'network', neverSent: false }
const LATE: Failure = { kind: 'timeout', neverSent: false }
const GIVEN_UP: Failure = { kind: 'cancelled', neverSent: false }

/**
 * How a call failed, by its span; undefined when all is said by the status of its answer.
 *
 * @param transfer - undefined when no response hook has seen the answer
 */
export function failureOf(
  span: SpanView,
  status: number | undefined,
  transfer: Transfer | undefined,
): Failure | undefined {
  // An error code says all, so only an answer that looks fine, or none, is looked into.
  if (status !== undefined && status >= 400) return undefined
  const isError = span.status?.code === SpanStatusCode.ERROR
  if (status === undefined) return withoutAnswer(span, isError ? errorOf(span) : undefined)
  // Whatever somebody has written on the span of a whole answer: it came.
  if (transfer?.complete === true || transfer?.completed === true) return undefined
  const error = isError ? errorOf(span) : undefined
  const isLost = error !== undefined && isTransportError(...error)
  if (isLost && (transfer?.complete !== false || error[0].some(isOfParser))) return readFailure(...error)
  if (transfer === undefined || !isSuccessful(status)) return undefined
  // undici's leaves a body UNSET, or with an error of the app, only when the caller gave it up.
  if (transfer.completed === false) return error?.[1].includes(COLLECTED) ? undefined : GIVEN_UP
  return transfer.complete === false ? endOf(span, transfer, isLost ? readFailure(...error) : CUT) : undefined
}

function withoutAnswer(span: SpanView, error: ReturnType<typeof errorOf> | undefined): Failure | undefined {
  const isOfUndici = clientOf(span) === 'undici'
  // An abort leaves a span of undici (fetch, undici) with neither status nor error.
  if (error === undefined) return isOfUndici ? GIVEN_UP : undefined
  const read = readFailure(...error)
  if (!isOfUndici) return failureOfRequest(span, secondsOf(span) ?? 0, read.neverSent) ?? read
  return read.kind === 'network' && isOfApp(...error) ? { ...GIVEN_UP, neverSent: read.neverSent } : read
}

/** Node destroys the connection itself when what comes is no HTTP. */
const isOfParser = (name: string) => name.startsWith('HPE_')

/** What fetch says of an answer that nobody has read and nobody can any more. It came, and its status stands. */
const COLLECTED = 'Response object has been garbage collected'

/**
 * Who ended a body of `node:http` that is not complete. The http instrumentation leaves most of these UNSET with 200,
 * and calls others a reset although our side destroyed them, as `for await` does that is left early.
 */
function endOf(span: SpanView, { errored, destroyed, socket }: Transfer, said: Failure): Failure {
  if (said.kind !== 'network') return said
  if (socket?.destroyed !== true) return said
  const isOurs =
    (destroyed === true && errored === null) || // by response.destroy()
    (isNoError(socket.errored) ? socket.readableEnded === false : !isTransportError(...namesAndMessage(socket.errored)))
  if (!isOurs) return said
  return isBeyondLimit(socket, secondsOf(span) ?? 0) ? LATE : GIVEN_UP
}

const isNoError = (error: unknown) => error === null || error === undefined

function namesAndMessage(error: unknown): [names: string[], messages: string[]] {
  const { code, name, message } = error as Readonly<Record<string, unknown>>
  return [[code, name].map(text), [text(message)]]
}

/** The status of the answer, in the old or the stable conventions. */
export function statusOf(attributes: Attributes): number | undefined {
  const status = attributes['http.response.status_code'] ?? attributes['http.status_code']
  if (typeof status === 'number') return status
  return typeof status === 'string' && status !== '' ? Number(status) : undefined
}

/** Longest name of a class of errors that is read from a stack. */
const LONGEST_CLASS = 'AggregateError'.length

/** Codes and classes of the error, and its messages, where the instrumentations leave them. */
function errorOf(span: SpanView): [names: string[], messages: string[]] {
  const { attributes } = span
  const exception = exceptionOf(span)
  const names = [
    attributes['error.type'],
    attributes['http.error_name'],
    exception?.['exception.type'],
    // undici's instrumentation leaves the class of an error nowhere else
    text(exception?.['exception.stacktrace']).slice(0, LONGEST_CLASS),
  ].map(text)
  const messages = [span.status?.message, attributes['http.error_message'], exception?.['exception.message']].map(text)
  return [names, messages]
}

/** The last exception, but one of the transport before those that the app has recorded. */
function exceptionOf({ events }: SpanView): Attributes | undefined {
  if (!Array.isArray(events)) return undefined // a span of another tracer library
  let last: Attributes | undefined
  for (let i = events.length - 1; i >= 0; i--) {
    const { name, attributes } = (events[i] ?? {}) as Partial<SpanView['events'][number]>
    if (name !== 'exception' || attributes === undefined) continue
    last ??= attributes
    if (isTransportError([text(attributes['exception.type'])], [text(attributes['exception.message'])]))
      return attributes
  }
  return last
}

/** `error.type` is a number for a DOMException. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** How long it took; undefined for a span that does not know. */
export function secondsOf({ duration }: SpanView): number | undefined {
  return duration && duration[0] + duration[1] / 1e9
}

/** What Next.js puts its `fetch` into. */
export const NEXT_FETCH = 'AppRender.fetch'

/**
 * Whether a framework's cache has answered, so that no request was made: Next.js 16 says so; the spans of 15 have
 * neither status nor error then, and otherwise the one or the other.
 */
export function isFromCache({ attributes }: SpanView, { status, failure }: Evidence): boolean {
  if (attributes['next.fetch.cache_status'] === 'hit') return true
  return attributes['next.span_type'] === NEXT_FETCH && status === undefined && failure === undefined
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

/** Who makes requests: `node:http` with all that is built on it, or undici with `fetch`. */
export type Client = 'http' | 'undici'

/** Whose instrumentation has made a span; undefined for others, as those of frameworks, which may tell of either. */
export function clientOf(span: SpanView): Client | undefined {
  const scope = scopeOf(span)
  if (scope === '@opentelemetry/instrumentation-http') return 'http' // as most: the same text, which need not be read
  return scope.includes('undici') ? 'undici' : scope.includes('-http') ? 'http' : undefined
}

/** Name of the instrumentation that made it. */
function scopeOf(span: SpanView): string {
  const { name } = span.instrumentationScope ?? span.instrumentationLibrary ?? {}
  return typeof name === 'string' ? name : ''
}
