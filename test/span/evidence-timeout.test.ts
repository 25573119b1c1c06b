/** How time-outs and cancels are told, and whether the request was ever sent. */
import { describe, expect, it } from 'vitest'
import { readEvidence } from '../../src/span/evidence.ts'
import { type Evidence, spanWith } from '../support/failed-span.ts'

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
  ['DOMException ABORT_ERR', { type: 20, message: 'This operation was aborted', exception: '20' }, 'cancelled', false],
]

describe('how a request failed', () => {
  it.each(cases)('%s', (_, evidence, kind, neverSent) => {
    expect(readEvidence(spanWith(evidence), undefined, false).failure).toEqual({ kind, neverSent })
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
    for (const evidence of places)
      expect(readEvidence(spanWith(evidence), undefined, false).failure?.kind).toBe('timeout')
  })

  it.each(['AbortError', 'ABORT_ERR', 'UND_ERR_ABORTED', '20'])('takes the name %s for a cancel', (name) => {
    for (const evidence of [{ type: name }, { type: 'Error', exception: name }]) {
      expect(readEvidence(spanWith(evidence), undefined, false).failure?.kind).toBe('cancelled')
    }
  })
})
