/** What a span tells of how its call failed. */
import type { Attributes } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../src/span/evidence.ts'
import type { SpanView } from '../../src/span/otel.ts'

/** What instrumentations leave of an error. */
interface Evidence {
  type?: string | number
  message?: string
  exception?: string
  exceptionMessage?: string
  stack?: string
  old?: [name: string, message: string]
}

function spanWith({ type, message, exception, exceptionMessage, stack, old }: Evidence): SpanView {
  const attributes: Attributes = {}
  if (type !== undefined) attributes['error.type'] = type
  if (old !== undefined) {
    attributes['http.error_name'] = old[0]
    attributes['http.error_message'] = old[1]
  }
  const events = [{ name: 'something else', attributes: { 'exception.type': 'ETIMEDOUT' } }]
  if (exception !== undefined) {
    events.push({
      name: 'exception',
      attributes: {
        'exception.type': exception,
        'exception.message': exceptionMessage ?? message ?? '',
        ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
      } as never,
    })
  }
  return {
    attributes,
    events,
    status: { code: 2, ...(message === undefined ? {} : { message }) },
  } as unknown as SpanView
}

// How failures of the network are told, and whether the request was ever sent.

const cases: [what: string, evidence: Evidence, kind: string, neverSent: boolean][] = [
  // As the instrumentations leave it (http: the class in error.type, the code in the event; undici: the code in both).
  ['http reset', { type: 'Error', message: 'read ECONNRESET', exception: 'ECONNRESET' }, 'network', false],
  ['undici reset', { type: 'ECONNRESET', message: 'read ECONNRESET', exception: 'ECONNRESET' }, 'network', false],
  ['socket hang up', { type: 'Error', message: 'socket hang up', exception: 'ECONNRESET' }, 'network', false],
  [
    'undici socket closed',
    { type: 'UND_ERR_SOCKET', message: 'other side closed', exception: 'UND_ERR_SOCKET' },
    'network',
    false,
  ],
  [
    'http refused',
    { type: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:1', exception: 'ECONNREFUSED' },
    'network',
    true,
  ],
  [
    'undici refused',
    { type: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1', exception: 'ECONNREFUSED' },
    'network',
    true,
  ],
  ['refused, message only', { type: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:1' }, 'network', true],
  ['refused on every address', { type: 'AggregateError', message: '', exception: 'ECONNREFUSED' }, 'network', true],
  [
    'undici, refused on every address',
    { type: 'ECONNREFUSED', message: '', exception: 'ECONNREFUSED', stack: 'AggregateError [ECONNREFUSED]: \n    at' },
    'network',
    true,
  ],
  ['DNS', { type: 'Error', message: 'getaddrinfo ENOTFOUND nope.invalid', exception: 'ENOTFOUND' }, 'network', true],
  ['DNS, message only', { type: 'Error', message: 'getaddrinfo EAI_AGAIN nope.invalid' }, 'network', true],
  [
    'no route',
    { type: 'Error', message: 'connect EHOSTUNREACH 10.0.0.1:443', exception: 'EHOSTUNREACH' },
    'network',
    true,
  ],
  // Linux reports what the network said last on a connection that stands, too: the request may have been read.
  ['no route any more', { type: 'Error', message: 'read EHOSTUNREACH', exception: 'EHOSTUNREACH' }, 'network', false],
  ['network gone', { type: 'ENETUNREACH', message: 'write ENETUNREACH', exception: 'ENETUNREACH' }, 'network', false],
  ['network down', { type: 'ENETDOWN', message: 'read ENETDOWN', exception: 'ENETDOWN' }, 'network', false],
  ['no route on any address', { type: 'AggregateError', message: '', exception: 'EHOSTUNREACH' }, 'network', true],
  ['time ran out on every address', { type: 'AggregateError', message: '', exception: 'ETIMEDOUT' }, 'timeout', true],
  ['somebody’s own AggregateError', { type: 'AggregateError', message: 'both failed' }, 'network', false],
  ['somebody’s own words', { type: 'Error', message: 'connect exceeded its budget' }, 'network', false],
  ['broken pipe', { type: 'Error', message: 'write EPIPE', exception: 'EPIPE' }, 'network', false],
  [
    'certificate expired',
    { type: 'Error', message: 'certificate has expired', exception: 'CERT_HAS_EXPIRED' },
    'network',
    true,
  ],
  [
    'self-signed',
    { type: 'Error', message: 'self-signed certificate', exception: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    'network',
    true,
  ],
  [
    'wrong name',
    {
      type: 'Error',
      message: "Hostname/IP does not match certificate's altnames",
      exception: 'ERR_TLS_CERT_ALTNAME_INVALID',
    },
    'network',
    true,
  ],
  [
    'TLS cut in the handshake',
    {
      type: 'Error',
      message: 'Client network socket disconnected before secure TLS connection was established',
      exception: 'ECONNRESET',
    },
    'network',
    true,
  ],
  [
    'not TLS at all',
    { type: 'Error', message: 'write EPROTO 00:error:wrong version number', exception: 'EPROTO' },
    'network',
    true,
  ],
  [
    'plain text in the midst of a TLS session',
    { type: 'Error', message: '00:error:wrong version number', exception: 'ERR_SSL_WRONG_VERSION_NUMBER' },
    'network',
    false,
  ],
  [
    'TLS alert that may follow the request',
    {
      type: 'Error',
      message: 'tlsv13 alert certificate required',
      exception: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    },
    'network',
    false,
  ],
  ['somebody’s own error', { type: 'Error', message: 'bye', exception: 'Error' }, 'network', false],
  ['nothing at all', {}, 'network', false],
]

describe('how a request failed', () => {
  it.each(cases)('%s', (_, evidence, kind, neverSent) => {
    expect(failureOf(spanWith(evidence), undefined, undefined)).toEqual({ kind, neverSent })
  })

  it('goes by the last exception event', () => {
    const span = spanWith({ type: 'Error', exception: 'ECONNREFUSED' })
    ;(span.events as { name: string; attributes: Attributes }[]).push({
      name: 'exception',
      attributes: { 'exception.type': 'ECONNRESET' },
    })
    expect(failureOf(span, undefined, undefined)?.neverSent).toBe(false)
  })
})

// Which names and messages prove that nothing of a request was sent: each of them.

describe('a request that failed', () => {
  // Each is what Node, OpenSSL or undici says before the first byte of a request can go out.
  it.each([
    'ENOTFOUND',
    'EAI_AGAIN',
    'EAI_FAIL',
    'EAI_NODATA',
    'EAI_NONAME',
    'ETIMEOUT',
    'UND_ERR_CONNECT_TIMEOUT',
    'ConnectTimeoutError',
    'ERR_TLS_HANDSHAKE_TIMEOUT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_TLS_CERT_ALTNAME_FORMAT',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_NOT_YET_VALID',
    'CERT_HAS_EXPIRED',
    'CERT_REVOKED',
    'CERT_REJECTED',
    'CERT_UNTRUSTED',
    'CERT_SIGNATURE_FAILURE',
    'CERT_CHAIN_TOO_LONG',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'HOSTNAME_MISMATCH',
  ])('takes %s alone for proof that nothing was sent', (name) => {
    for (const evidence of [{ type: name }, { type: 'Error', exception: name }]) {
      expect(failureOf(spanWith(evidence), undefined, undefined)?.neverSent).toBe(true)
    }
  })

  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'EHOSTDOWN',
    'ENETUNREACH',
    'ENETDOWN',
    'EADDRNOTAVAIL',
  ])('takes "connect %s" for proof that nothing was sent', (code) => {
    const evidence = { type: 'Error', message: `connect ${code} 10.0.0.1:443`, exception: code }
    expect(failureOf(spanWith(evidence), undefined, undefined)?.neverSent).toBe(true)
  })

  it.each([
    'ETIMEDOUT',
    'ECONNREFUSED',
    'EHOSTUNREACH',
    'EHOSTDOWN',
    'ENETUNREACH',
    'ENETDOWN',
    'EADDRNOTAVAIL',
    'ECONNRESET',
  ])('takes %s alone for none', (code) => {
    for (const message of ['', `read ${code}`, `write ${code}`]) {
      expect(failureOf(spanWith({ type: code, message, exception: code }), undefined, undefined)?.neverSent).toBe(false)
    }
  })
})

describe('How time-outs and cancels are told, and whether the request was ever sent', () => {
  const cases: [what: string, evidence: Evidence, kind: string, neverSent: boolean][] = [
    // Time-outs.
    [
      'axios timeout',
      { type: 'AxiosError', message: 'timeout of 100ms exceeded', exception: 'ECONNABORTED' },
      'timeout',
      false,
    ],
    [
      'axios fetch adapter timeout',
      { type: 'ETIMEDOUT', message: 'timeout of 100ms exceeded', exception: 'ETIMEDOUT' },
      'timeout',
      false,
    ],
    ['axios signal', { type: 'CanceledError', message: 'canceled', exception: 'ERR_CANCELED' }, 'timeout', false],
    ['axios signal, old', { old: ['CanceledError', 'canceled'] }, 'timeout', false],
    [
      'axios fetch adapter signal',
      { type: 'ERR_CANCELED', message: 'The operation was aborted due to timeout', exception: 'ERR_CANCELED' },
      'timeout',
      false,
    ],
    [
      'fetch AbortSignal.timeout',
      { type: 23, message: 'The operation was aborted due to timeout', exception: '23' },
      'timeout',
      false,
    ],
    ['fetch AbortSignal.timeout, number only', { type: 23 }, 'timeout', false],
    ['TimeoutError', { type: 'TimeoutError' }, 'timeout', false],
    [
      'undici headers',
      { type: 'UND_ERR_HEADERS_TIMEOUT', message: 'Headers Timeout Error', exception: 'UND_ERR_HEADERS_TIMEOUT' },
      'timeout',
      false,
    ],
    ['undici body', { type: 'UND_ERR_BODY_TIMEOUT' }, 'timeout', false],
    ['undici connect', { type: 'UND_ERR_CONNECT_TIMEOUT', message: 'Connect Timeout Error' }, 'timeout', true],
    [
      'socket timeout while connecting',
      { type: 'Error', message: 'connect ETIMEDOUT 10.0.0.1:443', exception: 'ETIMEDOUT' },
      'timeout',
      true,
    ],
    ['socket timeout later', { type: 'Error', message: 'read ETIMEDOUT', exception: 'ETIMEDOUT' }, 'timeout', false],
    // Cancels.
    ['AbortError', { type: 'AbortError', message: 'This operation was aborted' }, 'cancelled', false],
    [
      'node:http abort',
      { type: 'AbortError', message: 'The operation was aborted', exception: 'ABORT_ERR' },
      'cancelled',
      false,
    ],
    [
      'DOMException ABORT_ERR',
      { type: 20, message: 'This operation was aborted', exception: '20' },
      'cancelled',
      false,
    ],
  ]

  describe('how a request failed', () => {
    it.each(cases)('%s', (_, evidence, kind, neverSent) => {
      expect(failureOf(spanWith(evidence), undefined, undefined)).toEqual({ kind, neverSent })
    })

    it.each([
      'ETIMEDOUT',
      'ESOCKETTIMEDOUT',
      'ETIMEOUT',
      'ECONNABORTED',
      'ERR_TLS_HANDSHAKE_TIMEOUT',
      'TimeoutError',
      'CanceledError',
      'ERR_CANCELED',
      'UND_ERR_HEADERS_TIMEOUT',
      '23',
    ])('takes the name %s for a time-out, wherever it stands', (name) => {
      const places = [{ type: name }, { type: 'Error', exception: name }, { old: [name, ''] as [string, string] }]
      for (const evidence of places) expect(failureOf(spanWith(evidence), undefined, undefined)?.kind).toBe('timeout')
    })

    it.each(['AbortError', 'ABORT_ERR', 'UND_ERR_ABORTED', '20'])('takes the name %s for a cancel', (name) => {
      for (const evidence of [{ type: name }, { type: 'Error', exception: name }]) {
        expect(failureOf(spanWith(evidence), undefined, undefined)?.kind).toBe('cancelled')
      }
    })
  })
})
