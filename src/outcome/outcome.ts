import * as names from '../names.ts'
import type { Failure } from './failure.ts'

/** Why a call failed: a value of `mangopay.error.category`. */
export type ErrorCategory =
  | 'invalid_request'
  | 'authentication'
  | 'sca_required'
  | 'authorization'
  | 'not_found'
  | 'idempotency_conflict'
  | 'rate_limit'
  | 'server_error'
  | 'timeout'
  | 'network'
  | 'cancelled'
  | 'unexpected_response'

/**
 * What is known of a call's effect: a value of `mangopay.outcome`. `success` means answered 2xx (or a redirect of a
 * read), not that the payment went through; `unknown` is a write that may have taken effect although no answer confirms
 * it.
 */
export type Outcome = 'success' | 'failure' | 'unknown'

const CATEGORIES: readonly ErrorCategory[] = [
  names.MANGOPAY_ERROR_CATEGORY_VALUE_INVALID_REQUEST,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_AUTHENTICATION,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_SCA_REQUIRED,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_AUTHORIZATION,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_NOT_FOUND,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_IDEMPOTENCY_CONFLICT,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_RATE_LIMIT,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_SERVER_ERROR,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_TIMEOUT,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_NETWORK,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_CANCELLED,
  names.MANGOPAY_ERROR_CATEGORY_VALUE_UNEXPECTED_RESPONSE,
]

const OUTCOMES: readonly Outcome[] = [
  names.MANGOPAY_OUTCOME_VALUE_SUCCESS,
  names.MANGOPAY_OUTCOME_VALUE_FAILURE,
  names.MANGOPAY_OUTCOME_VALUE_UNKNOWN,
]

/** Failures that can pass by themselves, so that the same request may succeed when sent again. */
const TRANSIENT: ReadonlySet<ErrorCategory> = new Set(['rate_limit', 'server_error', 'timeout', 'network'])

/** "Mangopay is failing", by its one definition. */
const UNAVAILABLE: ReadonlySet<ErrorCategory> = new Set(['server_error', 'timeout', 'network'])

/** How a call ended. One shared object for each combination, so that judging allocates nothing. */
export interface Verdict {
  /** Absent when the call did not fail. */
  readonly category: ErrorCategory | undefined
  readonly outcome: Outcome
  /** Whether sending the same request again can succeed and cannot do the thing twice. */
  readonly retryable: boolean
  /** Whether it counts as "Mangopay is failing". */
  readonly unavailable: boolean
  /** Position among all verdicts. */
  readonly index: number
}

export const VERDICTS: readonly Verdict[] = [undefined, ...CATEGORIES].flatMap((category, row) =>
  OUTCOMES.map((outcome, column) => ({
    category,
    outcome,
    retryable: category !== undefined && TRANSIENT.has(category) && outcome !== 'unknown',
    unavailable: category !== undefined && UNAVAILABLE.has(category),
    index: row * OUTCOMES.length + column,
  })),
)

/** Number of verdicts. */
export const VERDICT_COUNT = VERDICTS.length

function verdict(category: ErrorCategory | undefined, outcome: Outcome): Verdict {
  const row = category === undefined ? 0 : CATEGORIES.indexOf(category) + 1
  return VERDICTS[row * OUTCOMES.length + OUTCOMES.indexOf(outcome)] as Verdict
}

/** The verdict on nearly every call: an answer of 2xx that came as a whole. */
const SUCCESS = verdict(undefined, 'success')

/** A failure, and for a write that no answer settles the admission that it may have been done. */
const failed = (category: ErrorCategory, unsettled: boolean) => verdict(category, unsettled ? 'unknown' : 'failure')

const CLIENT_ERRORS: Readonly<Record<number, ErrorCategory>> = {
  401: 'authentication',
  403: 'authorization',
  404: 'not_found',
  408: 'timeout',
  409: 'idempotency_conflict',
  429: 'rate_limit',
}

/** What the judgement needs to know of a call. */
export interface Judged {
  /** Whether the call can change something: any method but GET, HEAD, OPTIONS and TRACE, token calls excepted. */
  readonly write: boolean
  /** Which operation; of it, whether it asks for a token. */
  readonly operation: { readonly token: boolean }
}

/** What is known of how a call ended, told by its span or by its request. */
export interface Evidence {
  /** Status of the answer; undefined without one. Anything but an integer from 100 to 599 is no HTTP status. */
  readonly status: number | undefined
  /** How it failed, when no answer came, or not as a whole. */
  readonly failure: Failure | undefined
  /** Whether a 401 asked for strong customer authentication. */
  readonly sca: boolean
}

/** Whether a number is a status code of HTTP. */
export const isHttpStatus = (status: number) => Number.isInteger(status) && status >= 100 && status <= 599

/** Whether a status says that all is well. */
export const isSuccessful = (status: number | undefined) =>
  Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 299

/** Says how a call ended, by the tables of docs/telemetry.md. */
export function judge(call: Judged & Evidence): Verdict {
  const { status, failure } = call
  // Most calls end well.
  if (failure === undefined && isSuccessful(status)) return SUCCESS
  const { write, operation, sca } = call
  if (status === undefined) {
    if (failure === undefined) return failed('unexpected_response', write)
    return failed(failure.kind, write && !failure.neverSent)
  }
  if (!isHttpStatus(status)) return failed('unexpected_response', write)
  if (status >= 500) return failed('server_error', write)
  if (status >= 400) {
    if (status === 400 && operation.token) return failed('authentication', false) // invalid_client, account locked
    if (status === 401 && sca) return failed('sca_required', false)
    // 408: nobody knows how far it got. 409: the first call with that key may have done it.
    return failed(CLIENT_ERRORS[status] ?? 'invalid_request', write && (status === 408 || status === 409))
  }
  // The head of an answer came but the rest did not: the write may well have been done.
  if (failure !== undefined) return failed(failure.kind, write)
  if (status >= 300) return write ? verdict(undefined, 'unknown') : SUCCESS
  return failed('unexpected_response', write)
}

/** The verdict on an answer of this status, as the counters expect it before the first one comes. */
export const expected = (status: 429 | 500, write: boolean) =>
  judge({ write, operation: { token: false }, status, failure: undefined, sca: false })
