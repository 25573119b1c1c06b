/** Which names and messages prove that nothing of a request was sent: each of them. */
import { describe, expect, it } from 'vitest'
import { readEvidence } from '../../src/span/evidence.ts'
import { spanWith } from '../support/failed-span.ts'

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
      expect(readEvidence(spanWith(evidence), undefined, false).failure?.neverSent).toBe(true)
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
    expect(readEvidence(spanWith(evidence), undefined, false).failure?.neverSent).toBe(true)
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
      expect(
        readEvidence(spanWith({ type: code, message, exception: code }), undefined, false).failure?.neverSent,
      ).toBe(false)
    }
  })
})
