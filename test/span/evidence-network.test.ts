/** How failures of the network are told, and whether the request was ever sent. */
import type { Attributes } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { readEvidence } from '../../src/span/evidence.ts'
import { type Evidence, spanWith } from '../support/failed-span.ts'

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
    expect(readEvidence(spanWith(evidence), undefined, false).failure).toEqual({ kind, neverSent })
  })

  it('goes by the last exception event', () => {
    const span = spanWith({ type: 'Error', exception: 'ECONNREFUSED' })
    ;(span.events as { name: string; attributes: Attributes }[]).push({
      name: 'exception',
      attributes: { 'exception.type': 'ECONNRESET' },
    })
    expect(readEvidence(span, undefined, false).failure?.neverSent).toBe(false)
  })
})
