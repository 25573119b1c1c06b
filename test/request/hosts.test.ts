/** Which hosts are Mangopay's, in old and new conventions, and what the option takes. */
import type { Attributes } from '@opentelemetry/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Hosts } from '../../src/request/hosts.ts'

/** As the stable conventions have them. */
const stable = (address: string, url = `https://${address}/v2.01/a/users`, port: unknown = 443): Attributes =>
  ({ 'http.request.method': 'GET', 'server.address': address, 'server.port': port, 'url.full': url }) as Attributes

const hosts = new Hosts({
  'mangopay-proxy.internal:8443': 'production',
  'gateway.internal/mangopay': 'via-gateway',
  'gateway.internal/mangopay/eu': 'via-gateway-eu',
  'gateway.internal:9000': 'gateway-9000',
  '127.0.0.1:3999': 'mock',
  '[::1]:3999': 'mock-6',
  'Mixed.Example': 'mixed',
  'kk.example': 'kk',
})

/** The environment it is of; none when it is foreign. */
const environment = (attributes: Attributes) => hosts.find(attributes)?.environment

// Hosts that are Mangopay's, by rule, port and path, in old and new conventions.

describe('a host is ours', () => {
  const cases: [what: string, attributes: Attributes, environment: string | undefined][] = [
    ['production', stable('api.mangopay.com'), 'production'],
    ['production over mTLS', stable('api-mtls.mangopay.com'), 'production'],
    ['sandbox', stable('api.sandbox.mangopay.com'), 'sandbox'],
    ['sandbox over mTLS', stable('api-mtls.sandbox.mangopay.com'), 'sandbox'],
    ['upper case', stable('API.Mangopay.COM'), 'production'],
    ['trailing dot', stable('api.mangopay.com.'), 'production'],
    ['upper case and trailing dot', stable('API.MANGOPAY.COM.'), 'production'],
    [
      'any port without a port in the rule',
      stable('api.mangopay.com', 'https://api.mangopay.com:444/', 444),
      'production',
    ],
    ['port in the rule', stable('mangopay-proxy.internal', 'https://x/', 8443), 'production'],
    ['port as a string', stable('mangopay-proxy.internal', 'https://x/', '8443'), 'production'],
    ['another port than the rule’s', stable('mangopay-proxy.internal', 'https://x/', 443), undefined],
    ['prefix', stable('gateway.internal', 'https://gateway.internal/mangopay/v2.01/a/users'), 'via-gateway'],
    ['prefix alone', stable('gateway.internal', 'https://gateway.internal/mangopay'), 'via-gateway'],
    ['longest prefix', stable('gateway.internal', 'https://gateway.internal/mangopay/eu/v2.01/a'), 'via-gateway-eu'],
    ['prefix and query', stable('gateway.internal', 'https://gateway.internal/mangopay?x=1'), 'via-gateway'],
    ['half a segment is no prefix', stable('gateway.internal', 'https://gateway.internal/mangopays/v2.01'), undefined],
    ['another path of the gateway', stable('gateway.internal', 'https://gateway.internal/stripe/v1'), undefined],
    [
      'port before prefix',
      stable('gateway.internal', 'https://gateway.internal:9000/mangopay/x', 9000),
      'gateway-9000',
    ],
    ['IPv6 with brackets', stable('[::1]', 'http://[::1]:3999/', 3999), 'mock-6'],
    ['IPv6 without brackets', stable('::1', 'http://[::1]:3999/', 3999), 'mock-6'],
    ['a rule in mixed case', stable('mixed.example'), 'mixed'],
    // Old conventions.
    [
      'old',
      { 'http.method': 'GET', 'net.peer.name': 'api.mangopay.com', 'http.url': 'https://api.mangopay.com/' },
      'production',
    ],
    [
      'old, port in http.host',
      { 'http.method': 'GET', 'net.peer.name': '127.0.0.1', 'http.host': '127.0.0.1:3999' },
      'mock',
    ],
    [
      'old, port in the URL',
      { 'http.method': 'GET', 'net.peer.name': '127.0.0.1', 'http.url': 'http://127.0.0.1:3999/x' },
      'mock',
    ],
    [
      'old, port in the URL, none in http.host',
      {
        'http.method': 'GET',
        'net.peer.name': '127.0.0.1',
        'http.host': '127.0.0.1',
        'http.url': 'http://127.0.0.1:3999/x',
      },
      'mock',
    ],
    ['old, only http.host', { 'http.method': 'GET', 'http.host': 'api.mangopay.com:443' }, 'production'],
    ['old, only the URL', { 'http.method': 'GET', 'http.url': 'https://api.mangopay.com/v2.01/a' }, 'production'],
    [
      'the URL with a user',
      { 'http.method': 'GET', 'url.full': 'https://me:secret@api.mangopay.com/v2.01' },
      'production',
    ],
    ['the URL with an IPv6 host', { 'http.method': 'GET', 'url.full': 'http://[::1]:3999/v2.01' }, 'mock-6'],
    [
      'the default port of http',
      { 'http.method': 'GET', 'url.full': 'http://mangopay-proxy.internal/v2.01' },
      undefined,
    ],
  ]
  it.each(cases)('%s', (_, attributes, expected) => {
    expect(environment(attributes)).toBe(expected)
  })

  it('accepts exactly the host names that the rules name, in any case, with or without a dot', () => {
    const known = new Set(['api.mangopay.com', 'api-mtls.mangopay.com', 'api.sandbox.mangopay.com', 'mixed.example'])
    const look = fc.oneof(
      fc.constantFrom(...known),
      fc
        .tuple(fc.constantFrom(...known), fc.string({ maxLength: 3 }), fc.nat(30))
        .map(([name, junk, at]) => name.slice(0, at) + junk + name.slice(at)),
      fc.string(),
    )
    const plain = new Hosts({ 'mixed.example': 'mixed' })
    fc.assert(
      fc.property(look, (name) => {
        const ascii = [...name].every((letter) => letter.charCodeAt(0) < 128)
        const bare = name.replace(/\.$/, '').toLowerCase()
        expect(plain.find(stable(name, 'https://x/')) !== undefined).toBe(
          (ascii && known.has(bare)) || (ascii && bare === 'api-mtls.sandbox.mangopay.com'),
        )
      }),
      { numRuns: 5000 },
    )
  })
})

// Hosts that are not Mangopay's, however much they look like it.

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

// What the option `hosts` takes and refuses.

describe('option hosts', () => {
  it.each([
    'http://api.example.com',
    '',
    ' ',
    'a b',
    'user@host',
    'host:0',
    'host:65536',
    'host:port',
    'host?x',
    'mängopay.example',
    '/path',
    '::1',
    'a..b',
  ])('refuses %j as a host', (key) => {
    expect(() => new Hosts({ [key]: 'production' })).toThrow(`"${key}"`)
  })

  it.each([
    ['', '""'],
    [' ', '" "'],
    [undefined, 'undefined'],
    [7, '7'],
    [null, 'null'],
  ])('refuses %j as an environment', (value, shown) => {
    expect(() => new Hosts({ 'proxy.example': value as string })).toThrow(
      `option hosts["proxy.example"] must be the name of an environment, such as "production", not ${shown}`,
    )
  })

  it('takes twenty environments and no more', () => {
    const named = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`proxy-${i}.example`, `tenant ${i}`]))
    expect(new Hosts(named(18)).environments.size).toBe(20)
    expect(() => new Hosts(named(19))).toThrow(
      'option hosts names 19 environments; there can be 20, production and sandbox among them',
    )
  })

  it('lets a host of Mangopay’s be named anew', () => {
    expect(new Hosts({ 'API.mangopay.com': 'live' }).find(stable('api.mangopay.com'))?.environment).toBe('live')
  })
})
