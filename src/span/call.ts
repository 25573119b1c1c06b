import { type Attributes, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { isSuccessful, judge, SUCCESS, type Verdict } from '../outcome/outcome.ts'
import { readTransportFailure, type TransportFailure } from '../outcome/transport.ts'
import type { HostRule } from '../request/hosts.ts'
import { isWrite, methodOf } from '../request/method.ts'
import { findClientId, findRoute, type Operation, OTHER_OPERATION, type Route } from '../request/route.ts'
import { pathOf, wholeUrlOf } from '../request/url.ts'
import type { Nesting } from './nesting.ts'
import type { Limited, SpanView } from './otel.ts'

const CUT: TransportFailure = { kind: 'network', neverSent: false }
const GIVEN_UP: TransportFailure = { kind: 'cancelled', neverSent: false }

/** What is remembered of a Mangopay call while its span is open, and what was found when it ended. */
export class Call {
  readonly rule: HostRule
  /** How it belongs together with spans within or around it; undefined where there are none, as nearly always. */
  nesting: Nesting | undefined
  /**
   * What knows, as long as the span is open, whether the whole answer came: the message of `node:http` by `complete`,
   * the request of undici by `completed`. Undefined when no response hook has seen the answer.
   */
  transfer: { readonly complete?: unknown; readonly completed?: unknown } | undefined
  /** Whether a 401 asked for strong customer authentication. */
  sca = false
  /** Quota windows with nothing left. */
  exhausted: readonly string[] | undefined
  ended = false

  // Found with the first look at the URL:
  located = false
  method: string | undefined
  route: Route | undefined
  operation: Operation = OTHER_OPERATION

  /** Found when the span ends. */
  status: number | undefined

  constructor(rule: HostRule) {
    this.rule = rule
  }

  /** Whether it can change something at Mangopay. */
  get write(): boolean {
    return isWrite(this.method) && !this.operation.token
  }

  /** Client id in the URL of the request. */
  clientId(span: SpanView): string | undefined {
    const path = this.#locate(span)
    return path === undefined ? undefined : findClientId(path, this.route)
  }

  /** Says what was called and how it ended. */
  conclude(span: SpanView): Verdict {
    const { attributes } = span
    if (!this.located) this.#locate(span)
    const status = statusOf(attributes)
    this.status = status
    const failure = this.#failure(span)
    this.transfer = undefined
    const { write, sca } = this
    const { token } = this.operation
    const undici = status === undefined && isUndici(span)
    // Most calls need no judge, and no object for it.
    const isSuccess = failure === undefined && isSuccessful(status)
    return isSuccess ? SUCCESS : judge({ write, token, status, failure, undici, sca })
  }

  /** Finds what is called: once, in the response hook or when the span ends. Returns the path. */
  #locate(span: SpanView): string | undefined {
    const { attributes } = span
    // Without the limit a cut URL would be taken for another route.
    const url = wholeUrlOf(attributes, (span as Limited)._spanLimits?.attributeValueLengthLimit)
    const path = url === undefined ? undefined : pathOf(url, this.rule.prefix.length)
    if (this.located) return path
    this.method = methodOf(attributes)
    this.located = path !== undefined
    this.route = path === undefined ? undefined : findRoute(path)
    this.operation = operationOf(this.route, this.method)
    return path
  }

  /** An error code says all, so only an answer that looks fine, or none, is looked into. */
  #failure(span: SpanView): TransportFailure | undefined {
    if (this.status !== undefined && this.status >= 400) return undefined
    if (span.status?.code === SpanStatusCode.ERROR) return readTransportFailure(span)
    if (this.transfer === undefined || !isSuccessful(this.status)) return undefined
    // The http instrumentation leaves a body that was cut, or stalled past axios' time limit, UNSET with 200. Which of
    // the two it was cannot be told.
    if (this.transfer.complete === false) return CUT
    // undici's leaves a body UNSET only when the caller gave it up: every other end is an ERROR.
    return this.transfer.completed === false ? GIVEN_UP : undefined
  }
}

function operationOf(route: Route | undefined, method: string | undefined): Operation {
  if (route !== undefined) {
    for (const operation of route.operations) if (operation.method === method) return operation
  }
  return OTHER_OPERATION
}

function statusOf(attributes: Attributes): number | undefined {
  const status = attributes['http.response.status_code'] ?? attributes['http.status_code']
  if (typeof status === 'number') return status
  return typeof status === 'string' && status !== '' ? Number(status) : undefined
}

/**
 * Whether a span tells of no request: @vercel/otel ends those that are not sampled before it calls `fetch`. Of the http
 * instrumentation's the request was made.
 */
export function isUnmade(span: SpanView, { status }: Call, { category }: Verdict): boolean {
  if (category !== 'unexpected_response' || status !== undefined) return false
  const { traceFlags } = span.spanContext?.() ?? { traceFlags: TraceFlags.SAMPLED }
  return (traceFlags & TraceFlags.SAMPLED) === 0 && !scopeOf(span).includes('instrumentation-http')
}

const isUndici = (span: SpanView) => scopeOf(span).includes('undici')

function scopeOf(span: SpanView): string {
  const { name } = span.instrumentationScope ?? span.instrumentationLibrary ?? {}
  return typeof name === 'string' ? name : ''
}
