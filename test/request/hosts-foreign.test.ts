/** Hosts that are not Mangopay's, however much they look like it. */
import type { Attributes } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { environment, stable } from '../support/host-attributes.ts'

describe('a host is ours', () => {
  const cases: [what: string, attributes: Attributes, environment: string | undefined][] = [
    ['no method', { 'server.address': 'api.mangopay.com' }, undefined],
    ['a method that is no string', { 'http.request.method': 7, 'server.address': 'api.mangopay.com' }, undefined],
    ['the URL says ours, the address not', stable('evil.example', 'https://api.mangopay.com/'), undefined],
    ['suffix', stable('api.mangopay.com.evil.example'), undefined],
    ['prefix of the name', stable('xapi.mangopay.com'), undefined],
    ['another subdomain', stable('docs.mangopay.com'), undefined],
    ['the parent', stable('mangopay.com'), undefined],
    ['two trailing dots', stable('api.mangopay.com..'), undefined],
    [
      'a user that looks like us',
      { 'http.method': 'GET', 'url.full': 'https://api.mangopay.com@evil.example/' },
      undefined,
    ],
    [
      'a backslash before the at',
      { 'http.method': 'GET', 'url.full': 'https://evil.example\\@api.mangopay.com/' },
      undefined,
    ],
    [
      'our name in the query',
      { 'http.method': 'GET', 'url.full': 'https://evil.example?@api.mangopay.com/' },
      undefined,
    ],
    [
      'our name in the path',
      { 'http.method': 'GET', 'url.full': 'https://evil.example/@api.mangopay.com/' },
      undefined,
    ],
    [
      'our URL in a relative path',
      { 'http.method': 'GET', 'http.target': '/x?u=https://api.mangopay.com/' },
      undefined,
    ],
    ['Kelvin sign for a k', stable('\u212A\u212A.example'), undefined],
    ['full-width letters', stable('ａpi.mangopay.com'), undefined],
    ['Cyrillic a', stable('аpi.mangopay.com'), undefined],
    ['space in front', stable(' api.mangopay.com'), undefined],
    ['line feed behind', stable('api.mangopay.com\n'), undefined],
    ['zero byte', stable('api.mangopay.com\0'), undefined],
    ['control characters that lack one bit of a dot', stable('api\x0Emangopay\x0Ecom'), undefined],
    ['percent-encoded dot', stable('api%2Emangopay.com'), undefined],
    ['__proto__', stable('__proto__'), undefined],
    ['constructor', stable('constructor'), undefined],
    ['empty', stable(''), undefined],
    ['a megabyte', stable('a'.repeat(1 << 20)), undefined],
    ['no attributes', {}, undefined],
  ]
  it.each(cases)('%s', (_, attributes, expected) => {
    expect(environment(attributes)).toBe(expected)
  })
})
