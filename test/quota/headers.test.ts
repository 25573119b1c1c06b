import { describe, expect, it } from 'vitest'
import {
  asksForSca,
  type HeaderValue,
  readHeaderAttributes,
  readResponseHeaders,
  textOf,
} from '../../src/quota/headers.ts'

const NONE = { used: undefined, remaining: undefined, reset: undefined, date: undefined, challenge: undefined }
const bytes = (...texts: string[]) => texts.map((text) => Buffer.from(text, 'latin1'))

describe('the headers of a response', () => {
  it.each<[what: string, response: unknown, headers: unknown]>([
    [
      'of node:http, joined',
      {
        headers: {
          'x-ratelimit': '6, 15',
          'x-ratelimit-remaining': '1, 2',
          'x-ratelimit-reset': '3, 4',
          date: 'D',
          'set-cookie': ['a'],
        },
      },
      { ...NONE, used: '6, 15', remaining: '1, 2', reset: '3, 4', date: 'D' },
    ],
    [
      'of undici, a pair for each line, in the server’s case',
      {
        headers: bytes(
          'X-RateLimit',
          '6',
          'x-ratelimit',
          '15',
          'X-RATELIMIT-REMAINING',
          '1',
          'Date',
          'D',
          'Content-Type',
          'x',
        ),
      },
      { ...NONE, used: ['6', '15'], remaining: ['1'], date: ['D'] },
    ],
    [
      'of undici as text',
      { headers: ['WWW-Authenticate', 'P', 'DATE', 'D'] },
      { ...NONE, challenge: ['P'], date: ['D'] },
    ],
    [
      'of undici as plain bytes',
      { headers: [new Uint8Array([68, 97, 116, 101]), new Uint8Array([68])] },
      { ...NONE, date: ['D'] },
    ],
    [
      'of the same length as ours',
      { headers: bytes('x-ratelimiT-reseX', '1', 'dat\x45', 'D', 'x_ratelimit', '1', 'etag', '1') },
      { ...NONE, date: ['D'] },
    ],
    ['a list that ends with a name', { headers: bytes('date') }, NONE],
    ['none', { headers: {} }, NONE],
    ['no headers at all', {}, undefined],
    ['no response', undefined, undefined],
    ['null', null, undefined],
    ['headers that are a number', { headers: 7 }, undefined],
  ])('%s', (_, response, headers) => {
    const found = readResponseHeaders(response)
    const text = (value: HeaderValue | undefined) => (Array.isArray(value) ? value.map(textOf) : value)
    expect(
      found && Object.fromEntries(Object.entries(found).map(([name, value]) => [name, text(value as HeaderValue)])),
    ).toEqual(headers)
  })
})

describe('the headers on a span', () => {
  it.each<[what: string, attributes: Record<string, unknown>, used: unknown]>([
    ['stable, joined in an array', { 'http.response.header.x-ratelimit': ['10, 20, 30'] }, ['10, 20, 30']],
    ['stable, one line each', { 'http.response.header.x-ratelimit': ['10', '20', '30'] }, ['10', '20', '30']],
    ['old, with underscores', { 'http.response.header.x_ratelimit': ['10, 20, 30'] }, ['10, 20, 30']],
    ['plain', { 'http.response.header.x-ratelimit': '30' }, '30'],
    ['mixed types', { 'http.response.header.x-ratelimit': ['10', 20, null] }, ['10']],
    ['a number', { 'http.response.header.x-ratelimit': 30 }, undefined],
  ])('%s', (_, attributes, used) => {
    expect(readHeaderAttributes(attributes as never)).toEqual({ ...NONE, used })
  })

  it('are none when none of them was recorded', () => {
    expect(readHeaderAttributes({ 'http.response.header.date': 'D' })).toBeUndefined()
  })
})

describe('asking for strong customer authentication', () => {
  it.each<[challenge: unknown, asked: boolean]>([
    ['PendingUserAction RedirectUrl=https://x', true],
    [' PendingUserAction RedirectUrl=https://x', true],
    [['PendingUserAction RedirectUrl=https://x'], true],
    [['Bearer', 'PendingUserAction'], true],
    ['Bearer realm="PendingUserAction"', false],
    ['Bearer realm="x", PendingUserAction RedirectUrl=https://x', true],
    ['Bearer realm="x", NoPendingUserAction', false],
    ['', false],
    [undefined, false],
    [[7], false],
    [[Buffer.from('PendingUserAction RedirectUrl=https://x')], true],
    [[new TextEncoder().encode('Bearer')], false],
  ])('%j: %s', (challenge, asked) => {
    expect(asksForSca({ ...NONE, challenge } as never)).toBe(asked)
  })
})
