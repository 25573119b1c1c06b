/**
 * What a span does not carry, and what we therefore say instead of the truth: the complete list. A reading that is
 * neither true nor listed here fails the test, and so does a line here that nothing needs any more.
 */
import type { Outcome } from './record.ts'

/** A case that cannot be told, for some clients. */
export interface Limit {
  /** Names of cases. */
  cases: readonly string[]
  clients: readonly string[]
  /** Only for this method. */
  method?: 'GET' | 'POST'
  /** `without`: the `responseHook` mends it. `with`: the hook tells more, but not all. */
  hook: 'without' | 'both' | 'with'
  /** What is said instead; `none` = no category. */
  category?: string
  outcome?: Outcome
  reason: string
}

const everyone = ['axios', 'axios (fetch)', 'fetch', 'undici', 'node:http', 'mangopay4', 'mangopay2']
const overHttp = ['axios', 'node:http', 'mangopay4', 'mangopay2']
const sdks = ['mangopay4', 'mangopay2']

/** Every limit. */
export const limits: readonly Limit[] = [
  {
    cases: ['401 that asks for SCA'],
    clients: everyone,
    hook: 'without',
    category: 'authentication',
    reason: 'Only the header `WWW-Authenticate` says that the end user must act.',
  },
  {
    cases: ['closed in the body', 'time-out in the body'],
    clients: overHttp,
    hook: 'without',
    category: 'none',
    outcome: 'success',
    reason: 'The http instrumentation leaves the span UNSET with 200; only the response knows that it is not complete.',
  },
  {
    cases: ['time-out in the body'],
    clients: overHttp,
    hook: 'with',
    category: 'network',
    reason:
      'The recordings keep nothing of the connection. A live processor reads from it whose doing it was: `timeout` where a time limit was set on it, else `cancelled`.',
  },
  {
    cases: ['abort in the body'],
    clients: ['fetch', 'undici'],
    hook: 'without',
    category: 'none',
    outcome: 'success',
    reason: 'Newer undici instrumentations take an abort for no error and leave the span UNSET with 200.',
  },
  {
    cases: ['AbortSignal.timeout in the body'],
    clients: ['undici'],
    hook: 'without',
    category: 'none',
    outcome: 'success',
    reason:
      '`undici.request` destroys the body on a signal as on an abort; newer instrumentations leave the span UNSET with 200.',
  },
  {
    cases: ['AbortSignal.timeout in the body'],
    clients: ['undici'],
    hook: 'both',
    category: 'cancelled',
    reason: '`undici.request` destroys the body on a signal as on an abort: the reason of the signal is lost.',
  },
  {
    cases: ['abort before the answer', 'abort in the body'],
    clients: ['axios'],
    hook: 'both',
    category: 'timeout',
    reason:
      "axios leaves the same `CanceledError` for a caller's abort as for `AbortSignal.timeout`, which is how the time-out of Mangopay's own SDK looks. A time-out taken for a cancel would hide an outage, so it is read as the time-out.",
  },
  {
    cases: ['AbortSignal.timeout before the answer', 'AbortSignal.timeout in the body'],
    clients: ['node:http'],
    hook: 'both',
    category: 'cancelled',
    reason: '`node:http` makes the same `AbortError` of every signal and drops its reason.',
  },
  {
    cases: ['abort while connecting'],
    clients: ['axios'],
    hook: 'both',
    category: 'timeout',
    outcome: 'unknown',
    reason: 'The same `CanceledError` again; whether the connection was there is not told.',
  },
  {
    cases: ['AbortSignal.timeout while connecting'],
    clients: ['axios', ...sdks],
    method: 'POST',
    hook: 'both',
    outcome: 'unknown',
    reason:
      'axios leaves the same `CanceledError` whether the connection was there or not, and so does the option `connectionTimeout` of the Mangopay SDKs, whatever its name. The safer reading.',
  },
  {
    cases: ['AbortSignal.timeout while connecting'],
    clients: ['node:http'],
    hook: 'both',
    category: 'cancelled',
    outcome: 'unknown',
    reason: 'The same `AbortError` as of any signal; whether the connection was there is not told.',
  },
  {
    cases: ['abort while connecting'],
    clients: ['node:http'],
    method: 'POST',
    hook: 'both',
    outcome: 'unknown',
    reason: 'The same `AbortError` before and after the connection. The safer reading.',
  },
  {
    cases: ['abort while connecting'],
    clients: ['axios (fetch)', 'fetch', 'undici'],
    hook: 'both',
    category: 'timeout',
    reason:
      "undici lets the connection go on without the caller, and the span ends with the connection's own time-out, after 10 s: `UND_ERR_CONNECT_TIMEOUT`, and no word of the abort.",
  },
  {
    cases: ['connect time-out'],
    clients: ['axios'],
    method: 'POST',
    hook: 'both',
    outcome: 'unknown',
    reason:
      'axios has one time-out for connecting and for waiting, so that nothing may have left, or all. The safer reading.',
  },
  {
    cases: ['time-out before the answer', 'token call: time-out before the answer'],
    clients: ['node:http', ...sdks],
    hook: 'both',
    category: 'network',
    reason:
      'An app that destroys its request on a time-out (axios 1.12 inside of the Mangopay SDKs does with the option `responseTimeout`) leaves `socket hang up`, as a server does that closes the connection. With the option `connectionTimeout`, which has the same default, the SDKs leave a `CanceledError` and are read truly. The recordings are of spans alone: a live processor asks the request itself, on a Node that publishes its error.',
  },
  {
    cases: ['connect time-out'],
    clients: ['node:http', ...sdks],
    hook: 'both',
    category: 'network',
    outcome: 'unknown',
    reason: 'The same `socket hang up`; whether the connection was there is not told.',
  },
  {
    cases: ['TLS to a plain port'],
    clients: ['axios (fetch)', 'fetch', 'undici'],
    method: 'POST',
    hook: 'both',
    outcome: 'unknown',
    reason:
      'undici leaves the same `wrong version number` when plain text comes in the midst of a TLS session, after the request was read. The safer reading.',
  },
]
