/** How did it end? First: failures without a whole answer, by the names and messages of their errors. */

/** How a request ended that got no whole answer. */
export interface Failure {
  /** `invalid_request`: our own client refused to send it, or could not send it whole. */
  readonly kind: 'timeout' | 'cancelled' | 'network' | 'invalid_request'
  /** Whether it is certain that the server never had the whole request, so that a write cannot have taken effect. */
  readonly neverSent: boolean
}

/** Names (error codes, or class names where the instrumentation records those) that say a time limit ran out. */
export const TIMEOUT_NAMES = new Set([
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

/** Our side gave the call up: aborted it, closed the pool, or got a larger answer than it accepts. */
export const CANCEL_NAMES = new Set([
  'AbortError',
  'ABORT_ERR',
  'UND_ERR_ABORTED',
  '20', // DOMException ABORT_ERR
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_HEADERS_OVERFLOW',
  'HPE_HEADER_OVERFLOW',
])

/**
 * What `AbortController.abort()` says when it is given no reason, and `AbortSignal.timeout()` never: it tells the two
 * apart where axios' fetch adapter has made `ERR_CANCELED` of both.
 */
export const ABORT_MESSAGE = 'this operation was aborted'

/** What clients say of bodies beyond a limit that our side has set: axios' `maxContentLength` and `maxBodyLength`. */
export const TOO_LARGE_ANSWER = 'maxcontentlength size of '
export const TOO_LARGE_REQUEST = 'request body larger than maxbodylength limit'

/** Our own client refuses to send it, or cannot finish: a wrong argument, header, path, method or length. */
export const INVALID_NAMES = new Set([
  'ERR_HTTP_INVALID_HEADER_VALUE',
  'ERR_HTTP_TRAILER_INVALID',
  'ERR_HTTP_HEADERS_SENT',
  'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
  'ERR_UNESCAPED_CHARACTERS',
  'ERR_SOCKET_BAD_PORT',
  'ERR_OUT_OF_RANGE',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_STREAM_NULL_VALUES',
  'ERR_BAD_OPTION', // axios
  'ERR_BAD_OPTION_VALUE',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
])

/** How the names begin that Node gives to every wrong argument: header, protocol, method, URL. */
export const INVALID_NAME_START = 'ERR_INVALID_'

/** Nothing was sent: no address, no connection, or no TLS session. */
export const NEVER_SENT_NAMES = new Set([
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
export const NEVER_SENT_NAME_STARTS = ['EAI_', 'CERT_', 'UNABLE_TO_', 'ERR_TLS_CERT_']

/**
 * A connection that stands can end with these too, after the request was sent: Linux says what the network reported
 * last (`read EHOSTUNREACH`) in place of ETIMEDOUT. So they are evidence only where the message says `connect`, or
 * where every address of the host has failed, of which `node:net` makes an AggregateError without a message.
 */
export const CONNECT_OR_LATER_NAMES = new Set([
  'ETIMEDOUT',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
])
export const ALL_ADDRESSES = 'AggregateError'

/**
 * How messages begin that say that nothing was sent, in lower case: a system call and its error code, since the words
 * of the app (the reason of an abort, say) may begin with `connect` as well.
 */
export const NEVER_SENT_STARTS = [
  'connect econn',
  'connect etimedout',
  'connect ehost',
  'connect enet',
  'connect eaddr',
  'getaddrinfo e',
  'queryaaaa e',
  'querya e',
]
/** What agents say of a proxy that refuses the tunnel: of the packages tunnel and tunnel-agent, undici and hpagent. */
const isNoTunnel = (message: string) =>
  message.startsWith('tunneling socket could not be established') ||
  (message.startsWith('proxy response (') && message.includes('when http tunneling')) ||
  (message.startsWith('bad response: ') && message.length === 'bad response: 407'.length)

/**
 * What such messages contain. A TLS alert counts only when it can come from the handshake alone: under TLS 1.3 a server
 * refuses a client's certificate after the first request may have gone out.
 */
export const NEVER_SENT_PARTS = [
  'before secure tls connection was established',
  'handshake failure',
  'unsupported protocol',
  'tlsv1 alert protocol version',
]

/** Of connections that stood. */
export const BROKEN_NAMES = new Set(['ECONNRESET', 'EPIPE', 'EPROTO', 'ENETRESET', 'ENOTCONN', 'ESHUTDOWN', 'ENOBUFS'])

/** How other names of transport errors begin: of undici, of Node's HTTP parser, TLS, HTTP/2 and streams. */
export const TRANSPORT_NAME_STARTS = [
  'UND_ERR_',
  'HPE_',
  'HTTPParserError',
  'ERR_TLS_',
  'ERR_SSL_',
  'ERR_HTTP2_',
  'ERR_STREAM_',
]

/** The whole of messages that clients and Node give to transport errors, in lower case. */
export const TRANSPORT_MESSAGES = new Set([
  ABORT_MESSAGE,
  'the operation was aborted',
  'the operation was aborted due to timeout',
  'aborted',
  'stream has been aborted', // axios, of a body that was cut
  'canceled',
  'socket hang up',
  'other side closed',
  'terminated',
  'premature close',
])

/** Of a system call on a connection that failed, Node says its name and the code: `read ECONNRESET`. */
export const SYSTEM_CALLS = new Set(['connect', 'read', 'write', 'shutdown'])

function isSystemCall(message: string): boolean {
  const [call = '', code = ''] = message.split(' ', 2)
  return SYSTEM_CALLS.has(call) && isOfConnection(code.toUpperCase())
}

const isOfConnection = (name: string) => BROKEN_NAMES.has(name) || CONNECT_OR_LATER_NAMES.has(name)

/** What axios says of its option `timeout`. */
const isAxiosLimit = (message: string) => message.startsWith('timeout of ') && message.includes('ms exceeded')

/**
 * A server that speaks no TLS fails the first write of the handshake. The same words without `write` say that plain text
 * came in the midst of a session.
 */
const isNoTls = (message: string) => message.startsWith('write eproto') && message.includes('wrong version number')

/** A message is evidence by its first words; the rest of a long one is not read. */
export const READ_OF_MESSAGE = 500

const beginningsOf = (messages: readonly string[]) =>
  messages.map((message) => message.slice(0, READ_OF_MESSAGE).toLowerCase())

/**
 * Reads how a request failed that got no answer. Every other error than the known ones is `network`.
 *
 * @param names - error codes, or class names where nothing else is known
 * @param messages - of the same error
 */
export function readFailure(names: readonly string[], messages: readonly string[]): Failure {
  const beginnings = beginningsOf(messages)
  if (isInvalid(names, beginnings)) return { kind: 'invalid_request', neverSent: true }
  // What is sent in part is cut before its end.
  if (beginnings.includes(TOO_LARGE_REQUEST)) return { kind: 'cancelled', neverSent: true }
  if (beginnings.some(isNoTunnel)) return { kind: 'network', neverSent: true }
  const neverSent = isNeverSent(names, beginnings)
  if (beginnings.some((message) => message === ABORT_MESSAGE || message.startsWith(TOO_LARGE_ANSWER))) {
    return { kind: 'cancelled', neverSent }
  }
  if (
    names.some((name) => TIMEOUT_NAMES.has(name) || (name.startsWith('UND_ERR_') && name.endsWith('_TIMEOUT'))) ||
    beginnings.some((message) => message.includes('timeout') || message.includes('timed out'))
  ) {
    return { kind: 'timeout', neverSent }
  }
  return { kind: names.some((name) => CANCEL_NAMES.has(name)) ? 'cancelled' : 'network', neverSent }
}

/**
 * Whether an error is one that an HTTP client, Node or the network makes. Only such a one says that an answer whose
 * head was fine did not come as a whole: apps give spans and streams errors of their own, for their own reasons.
 */
export function isTransportError(names: readonly string[], messages: readonly string[]): boolean {
  const beginnings = beginningsOf(messages)
  if (isInvalid(names, beginnings)) return false
  return (
    names.some(
      (name) =>
        TIMEOUT_NAMES.has(name) ||
        CANCEL_NAMES.has(name) ||
        isOfConnection(name) ||
        TRANSPORT_NAME_STARTS.some((start) => name.startsWith(start)),
    ) ||
    isNeverSent(names, beginnings) ||
    beginnings.some(
      (message) =>
        TRANSPORT_MESSAGES.has(message) ||
        message.startsWith(TOO_LARGE_ANSWER) ||
        isSystemCall(message) ||
        isAxiosLimit(message),
    )
  )
}

/**
 * Whether an error of undici is one of the app's own: the reason of an abort, of `destroy(error)`, or of an upload that
 * breaks off. Those of undici and of Node have a code. Not so of `node:http`, whose agents make errors without one.
 */
export function isOfApp(names: readonly string[], messages: readonly string[]): boolean {
  return !names.some(isCode) && !isTransportError(names, messages)
}

const isCode = (name: string) => name.length > 1 && name === name.toUpperCase() && name !== name.toLowerCase()

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

/** Whether our own side is to blame: by the name, or since it could not read the file that was to be sent. */
const isInvalid = (names: readonly string[], messages: readonly string[]) =>
  names.some((name) => INVALID_NAMES.has(name) || name.startsWith(INVALID_NAME_START) || isOfAFile(name, messages))

/**
 * Node says `ENOENT: no such file or directory, open '…'` of a file, and `connect ENOENT …` of a connection: the code
 * stands first only where no connection is concerned.
 */
const isOfAFile = (name: string, messages: readonly string[]) =>
  name.length > 2 &&
  name.startsWith('E') &&
  name === name.toUpperCase() &&
  messages.some((message) => message.startsWith(`${name.toLowerCase()}: `))
