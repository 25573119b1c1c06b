/** How the operation and the client id of a URL are found. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findClientId, findRoute } from '../../src/request/route.ts'
import { pathOf } from '../../src/request/url.ts'
import { ours } from '../support/our-routes.ts'
import { ROUTE_CASES } from '../support/route-cases.ts'

const ORIGIN = 'https://api.mangopay.com'

const path = (url: string) => pathOf(url, 0)
const route = (url: string) => findRoute(path(url) ?? '')
const operation = (method: string, url: string) =>
  route(url)?.operations.find((one) => one.method === method)?.name ?? '_OTHER'
const template = (url: string) => route(url)?.template

describe('finding the operation of a URL', () => {
  it.each(ROUTE_CASES)('%s %s is %s', (method, path, expected) => {
    expect(operation(method, ORIGIN + path)).toBe(expected)
    if (path.startsWith('/') && !path.startsWith('//')) expect(operation(method, path)).toBe(expected)
  })

  it('spells the version as the table does, whatever the URL says', () => {
    expect(template(`${ORIGIN}/V2.01/acme/users/1`)).toBe('/v2.01/{clientId}/users/{userId}')
    expect(template(`${ORIGIN}/v3.0/acme/payins/intents/1`)).toBe('/V3.0/{clientId}/payins/intents/{intentId}')
  })

  it.each([
    'api.mangopay.com//host/v2.01/acme/users/123',
    'api.mangopay.com/v2.01/acme/users/123',
    'https:/v2.01/acme/users/123',
    'https:v2.01/acme/users/123',
    'https://api.mangopay.com',
    'https://api.mangopay.com?x=/v2.01/acme/users/123',
  ])('finds nothing in %s, which has no path', (url) => {
    expect(path(url)).toBe(undefined)
  })

  it('reads the path alone, whatever the origin, the query and the fragment', () => {
    const tail = fc.string({ unit: fc.constantFrom('/', '?', '#', 'a', '=', ':', 'v2.01', 'users'), maxLength: 30 })
    fc.assert(
      fc.property(
        fc.constantFrom(ORIGIN, 'http://127.0.0.1:3128http://api.mangopay.com', ''),
        fc.constantFrom('/', '/v2.01/acme/users/1', '/v2.01/acme/users', '/v2.01/acme/users/1/wallets/'),
        fc.constantFrom('?', '#'),
        tail,
        (origin, expected, mark, tail) => {
          expect(path(origin + expected + mark + tail)).toBe(expected)
        },
      ),
    )
  })

  it('leaves out the prefix of a gateway', () => {
    expect(pathOf(`${ORIGIN}/mangopay/v2.01/acme/users?x`, '/mangopay'.length)).toBe('/v2.01/acme/users')
    expect(pathOf(`${ORIGIN}/mangopay?x`, '/mangopay'.length)).toBe('')
    expect(findRoute('')).toBe(undefined)
  })

  it('finds the path behind a plain-HTTP proxy, where the URL is joined from two', () => {
    const url = 'http://127.0.0.1:3128http://api.mangopay.com/v2.01/acme/users/123'
    expect(operation('GET', url)).toBe('GET /users/{userId}')
  })

  const version = fc.constantFrom('v2.01', 'V2.01', 'v2', 'V3.0', 'v3.0', '$%7BapiVersion%7D')
  const id = fc
    .stringMatching(/^[A-Za-z0-9_.~%$@:-]{1,60}$/)
    .filter((one) => !ours.some(({ path }) => path.toLowerCase().split('/').includes(one.toLowerCase())))
  const spelling = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.toUpperCase(),
    (text) => text.toLowerCase(),
  )
  const tail = fc.constantFrom('', '/', '?a=b', '/?a=b/c', '?', '#x')

  it('finds every row in any spelling, and never lets an id through', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ours),
        version,
        fc.array(id, { minLength: 8, maxLength: 8 }),
        spelling,
        tail,
        ({ row, method, path }, version, ids, spell, end) => {
          let next = 0
          const segments = path.split('/').slice(2)
          const url = `${ORIGIN}/${version}/${segments
            .map((segment) => (segment.startsWith('{') ? ids[next++] : spell(segment)))
            .join('/')}${end}`
          expect(operation(method, url)).toBe(row)
          expect(template(url)).toBe(path)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('names only templates of the table, whatever the path', () => {
    const templates = new Set(ours.map(({ path }) => path))
    const segment = fc.oneof(fc.constantFrom(...ours.flatMap(({ path }) => path.split('/'))), fc.string())
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 10 }), fc.string(), (segments, query) => {
        const found = template(`${ORIGIN}/${segments.join('/')}?${query}`)
        expect(found === undefined || templates.has(found)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('finding the client id', () => {
  it.each([
    ['/v2.01/acme/users/123', 'acme'],
    ['/v2.01/acme', 'acme'],
    ['/v2.01/acme?x', 'acme'],
    ['/v2.01/acme/nothing', 'acme'],
    ['/v2.01/countries/users/1', 'countries'],
    ['/v2.01/oauth/token', undefined],
    ['/v2.01/countries/FR/authorizations', undefined],
    ['/v2.01/clients', undefined],
    ['/v2.01/countries/FR/requirements', undefined],
    ['/v2.01/OAuth/nothing', undefined],
    ['/v2.01/Acme/nothing', 'Acme'],
    ['/v2.01//users', undefined],
    ['/v2.01', undefined],
    ['/nothing/acme/users', undefined],
  ])('%s → %s', (url, expected) => {
    expect(findClientId(path(url) as string, route(url))).toBe(expected)
  })
})
