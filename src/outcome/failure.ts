/** How did it end? First: failures without a whole answer, by the names and messages of their errors. */

/** How a request ended that got no whole answer. */
export interface Failure {
  readonly kind: 'timeout' | 'cancelled' | 'network'
  /** Whether it is certain that no byte of the request reached the server, so that a write cannot have taken effect. */
  readonly neverSent: boolean
}

/** Names (error codes, or class names where the instrumentation records those) that say a time limit ran out. */
const TIMEOUT_NAMES = new Set([
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'ETIMEOUT', // a DNS query
  'ECONNABORTED', // axios
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  'TimeoutError',
  '23', // DOMException TIMEOUT_ERR, which undici's instrumentation records as its number
  // axios says the same for AbortSignal.timeout and for a caller's abort(); the official SDK's own time-out looks like
  // this, and a time-out taken for a cancel would hide an outage.
  'CanceledError',
  'ERR_CANCELED',
])

const CANCEL_NAMES = new Set([
  'AbortError',
  'ABORT_ERR',
  'UND_ERR_ABORTED',
  '20', // DOMException ABORT_ERR
])

/**
 * What `AbortController.abort()` says when it is given no reason, and `AbortSignal.timeout()` never: it tells the two
 * apart where axios' fetch adapter has made `ERR_CANCELED` of both.
 */
const ABORT_MESSAGE = 'this operation was aborted'

/** Nothing was sent: no address, no connection, or no TLS session. */
const NEVER_SENT_NAMES = new Set([
  'ENOTFOUND',
  'ETIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ConnectTimeoutError',
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
])

/**
 * How other such names begin: of `getaddrinfo`, and of a refused certificate, X509_V_ERR_* of OpenSSL, as Node names
 * them, and Node's own.
 */
const NEVER_SENT_NAME_STARTS = ['EAI_', 'CERT_', 'UNABLE_TO_', 'ERR_TLS_CERT_']

/**
 * A connection that stands can end with these too, after the request was sent: Linux says what the network reported
 * last (`read EHOSTUNREACH`) in place of ETIMEDOUT. So they are evidence only where the message says `connect`, or
 * where every address of the host has failed, of which `node:net` makes an AggregateError without a message.
 */
const CONNECT_OR_LATER_NAMES = new Set([
  'ETIMEDOUT',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
])
const ALL_ADDRESSES = 'AggregateError'

/**
 * How messages begin that say that nothing was sent, in lower case: a system call and its error code, since the words
 * of the app (the reason of an abort, say) may begin with `connect` as well.
 */
const NEVER_SENT_STARTS = [
  'connect econn',
  'connect etimedout',
  'connect ehost',
  'connect enet',
  'connect eaddr',
  'getaddrinfo e',
  'queryaaaa e',
  'querya e',
]
/**
 * What such messages contain. A TLS alert counts only when it can come from the handshake alone: under TLS 1.3 a server
 * refuses a client's certificate after the first request may have gone out.
 */
const NEVER_SENT_PARTS = [
  'before secure tls connection was established',
  'handshake failure',
  'unsupported protocol',
  'tlsv1 alert protocol version',
]

/**
 * A server that speaks no TLS fails the first write of the handshake. The same words without `write` say that plain text
 * came in the midst of a session.
 */
const isNoTls = (message: string) => message.startsWith('write eproto') && message.includes('wrong version number')

/** A message is evidence by its first words; the rest of a long one is not read. */
const READ_OF_MESSAGE = 500

/**
 * Reads how a request failed. Every other error than the known ones is `network`.
 *
 * @param names - error codes, or class names where nothing else is known
 * @param messages - of the same error
 */
export function readFailure(names: readonly string[], messages: readonly string[]): Failure {
  const beginnings = messages.map((message) => message.slice(0, READ_OF_MESSAGE).toLowerCase())
  const neverSent = isNeverSent(names, beginnings)
  if (beginnings.includes(ABORT_MESSAGE)) return { kind: 'cancelled', neverSent }
  if (
    names.some((name) => TIMEOUT_NAMES.has(name) || (name.startsWith('UND_ERR_') && name.endsWith('_TIMEOUT'))) ||
    beginnings.some((message) => message.includes('timeout') || message.includes('timed out'))
  ) {
    return { kind: 'timeout', neverSent }
  }
  return { kind: names.some((name) => CANCEL_NAMES.has(name)) ? 'cancelled' : 'network', neverSent }
}

/** Whether one of the names or messages proves it. */
function isNeverSent(names: readonly string[], messages: readonly string[]): boolean {
  const isOf = (name: string) =>
    NEVER_SENT_NAMES.has(name) || NEVER_SENT_NAME_STARTS.some((start) => name.startsWith(start))
  return (
    names.some(isOf) ||
    (names.includes(ALL_ADDRESSES) && names.some((name) => CONNECT_OR_LATER_NAMES.has(name))) ||
    messages.some((message) => NEVER_SENT_STARTS.some((start) => message.startsWith(start))) ||
    messages.some((message) => isNoTls(message) || NEVER_SENT_PARTS.some((part) => message.includes(part)))
  )
}
