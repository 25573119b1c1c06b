import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { OFFICIAL_ROUTES } from '../../examples/mock/route-table.ts'
import { matchRoute, operationShape, ROUTE_LINES, shapeOfRequest } from '../../examples/mock/routes.ts'

const official = readFileSync(new URL('../request/routes.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [, method, template = ''] = line.split('\t')
    return `${method} ${template.split('?')[0]?.replace(/\/$/, '')}`
  })

describe('routes of the mock', () => {
  it('has every row of the official table and no other in the official part', () => {
    expect(OFFICIAL_ROUTES.trim().split('\n').sort()).toEqual(official.sort())
  })

  it('finds its own template for every row, with ids that no literal is spelled like', () => {
    const missed = ROUTE_LINES.filter((line) => {
      const [method = '', template = ''] = line.split(' ')
      const target = template.replace('{apiVersion}', 'v2.01').replace(/\{(\w+)\}/g, 'x-$1')
      return shapeOfRequest(method, target) !== operationShape(line)
    })
    expect(missed).toEqual([])
  })

  it.each([
    ['GET', '/v2.01/me/disputes/pendingsettlement', 'get /disputes/pendingsettlement'],
    ['GET', '/v2.01/me/disputes/4659626451', 'get /disputes/{}'],
    ['GET', '/v2.01/me/recipients/schema?country=FR', 'get /recipients/schema'],
    ['GET', '/v2.01/users/users/4659626451/', 'get /users/{}'],
    ['POST', '/$%7BapiVersion%7D/oauth/token', 'post /oauth/token'],
    ['GET', '/v2.01/me/users/1/KYC/documents', 'get /users/{}/kyc/documents'],
    ['GET', '/V3.0/me/payins/intents/int_1', 'get /payins/intents/{}'],
    ['DELETE', '/v2.01/me/payins/1', undefined],
    ['GET', '/v2.01/me//users/1', undefined],
    ['GET', '/users/1', undefined],
  ])('reads %s %s', (method, target, shape) => {
    expect(shapeOfRequest(method, target)).toBe(shape)
  })

  it('knows the path of an unknown method, which makes the difference between 405 and 404', () => {
    expect([...(matchRoute('/v2.01/me/users/natural/1')?.methods.keys() ?? [])].sort()).toEqual([
      'DELETE',
      'GET',
      'PUT',
    ])
    expect(matchRoute('/v2.01/me/nothing')).toBeUndefined()
  })
})
