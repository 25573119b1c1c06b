import { describe, expect, it } from 'vitest'
import type { Failure } from '../../src/outcome/failure.ts'
import type { ErrorCategory, Outcome } from '../../src/outcome/outcome.ts'
import { type Ending, verdictOf } from '../support/verdicts.ts'

const failure = (kind: Failure['kind'], neverSent = false) => ({ kind, neverSent })

/** Category of a read, as the contract's table says; undefined where there is none. */
function categoryOf(status: number): ErrorCategory | undefined {
  const named: Record<number, ErrorCategory> = {
    401: 'authentication',
    403: 'authorization',
    404: 'not_found',
    408: 'timeout',
    409: 'idempotency_conflict',
    429: 'rate_limit',
  }
  if (named[status] !== undefined) return named[status]
  if (status < 200) return 'unexpected_response'
  if (status < 400) return undefined
  return status < 500 ? 'invalid_request' : 'server_error'
}

const TRANSIENT: (ErrorCategory | undefined)[] = ['rate_limit', 'server_error', 'timeout', 'network']

describe('every status code', () => {
  const codes = Array.from({ length: 500 }, (_, index) => index + 100)

  it.each(codes)('%i', (status) => {
    const category = categoryOf(status)
    const read = verdictOf({ status })
    const write = verdictOf({ status, write: true })
    const token = verdictOf({ status, token: true })

    expect(read.category).toBe(category)
    expect(read.outcome).toBe(category === undefined ? 'success' : 'failure')
    expect(read.retryable).toBe(TRANSIENT.includes(category))

    // An answer settles a write: 2xx, and 4xx other than 408 and 409.
    const settled =
      (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 408 && status !== 409)
    expect(write.category).toBe(category)
    expect(write.outcome).toBe(settled ? read.outcome : 'unknown')
    expect(write.retryable).toBe(settled && TRANSIENT.includes(category))

    expect(token.category).toBe(status === 400 ? 'authentication' : category)
    expect(token.outcome).toBe(read.outcome)
  })
})

describe('everything else', () => {
  const cases: [
    what: string,
    ending: Partial<Ending>,
    category: ErrorCategory | undefined,
    outcome: Outcome,
    retryable: boolean,
  ][] = [
    ['SCA', { status: 401, sca: true }, 'sca_required', 'failure', false],
    ['SCA of a write', { status: 401, sca: true, write: true }, 'sca_required', 'failure', false],
    ['the SCA mark on another code', { status: 403, sca: true }, 'authorization', 'failure', false],
    // A body that was cut although the head said 200.
    ['cut body of a read', { failure: failure('network') }, 'network', 'failure', true],
    ['cut body of a write', { failure: failure('network'), write: true }, 'network', 'unknown', false],
    ['stalled body', { failure: failure('timeout') }, 'timeout', 'failure', true],
    ['stalled body of a write', { failure: failure('timeout'), write: true }, 'timeout', 'unknown', false],
    [
      'what says never sent, but an answer came',
      { failure: failure('network', true), write: true },
      'network',
      'unknown',
      false,
    ],
    ['redirect that broke', { status: 302, failure: failure('network') }, 'network', 'failure', true],
    [
      'an error code wins over the broken body',
      { status: 500, failure: failure('network') },
      'server_error',
      'failure',
      true,
    ],
    // No answer.
    ['refused', { status: undefined, failure: failure('network', true) }, 'network', 'failure', true],
    [
      'refused write',
      { status: undefined, failure: failure('network', true), write: true },
      'network',
      'failure',
      true,
    ],
    ['reset write', { status: undefined, failure: failure('network'), write: true }, 'network', 'unknown', false],
    ['timed out read', { status: undefined, failure: failure('timeout') }, 'timeout', 'failure', true],
    ['timed out write', { status: undefined, failure: failure('timeout'), write: true }, 'timeout', 'unknown', false],
    [
      'connect time-out of a write',
      { status: undefined, failure: failure('timeout', true), write: true },
      'timeout',
      'failure',
      true,
    ],
    ['cancelled read', { status: undefined, failure: failure('cancelled') }, 'cancelled', 'failure', false],
    [
      'cancelled write',
      { status: undefined, failure: failure('cancelled'), write: true },
      'cancelled',
      'unknown',
      false,
    ],
    [
      'a write that our own client refuses',
      { status: undefined, failure: failure('invalid_request', true), write: true },
      'invalid_request',
      'failure',
      false,
    ],
    ['neither, http', { status: undefined }, 'unexpected_response', 'failure', false],
    ['neither, http, write', { status: undefined, write: true }, 'unexpected_response', 'unknown', false],
    // No HTTP status.
    ...[0, 1, 99, 600, 999, -200, 200.5, Number.NaN, Number.POSITIVE_INFINITY].flatMap((status): typeof cases => [
      [`status ${status}`, { status }, 'unexpected_response', 'failure', false],
      [`status ${status} of a write`, { status, write: true }, 'unexpected_response', 'unknown', false],
    ]),
  ]
  it.each(cases)('%s', (_, ending, category, outcome, retryable) => {
    expect(verdictOf(ending)).toMatchObject({ category, outcome, retryable })
  })

  it('calls server_error, timeout and network "unavailable", and nothing else', () => {
    const failing = [200, 302, 400, 401, 403, 404, 408, 409, 429, 500, 502, 520].filter(
      (status) => verdictOf({ status }).unavailable,
    )
    expect(failing).toEqual([408, 500, 502, 520])
    expect(verdictOf({ failure: failure('network') }).unavailable).toBe(true)
    expect(verdictOf({ failure: failure('cancelled') }).unavailable).toBe(false)
    expect(verdictOf({ status: undefined, failure: failure('invalid_request', true) }).unavailable).toBe(false)
  })
})
