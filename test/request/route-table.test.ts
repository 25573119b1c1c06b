/** The route table against the official one. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { allOperations } from '../../src/request/route.ts'
import { ours } from '../support/our-routes.ts'

/** Method and path with every placeholder spelled alike: what makes two rows the same route. */
const shape = (method: string, path: string) =>
  `${method} ${(path.split('?')[0] as string).replace(/\/$/, '').replace(/\{[^}]+\}/g, '{}')}`.toLowerCase()

const official = readFileSync(new URL('routes.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t') as [key: string, method: string, template: string])

describe('the route table', () => {
  const officialShapes = new Set(
    official.map(([, method, path]) => shape(method, path.replace('{apiVersion}', 'v2.01'))),
  )
  const ourShapes = ours.map(({ method, path }) => shape(method, path))

  it('holds every operation of the official Node SDK', () => {
    expect(official).toHaveLength(239)
    expect([...officialShapes].filter((one) => !ourShapes.includes(one))).toEqual([])
  })

  it('holds nothing else but the routes known from elsewhere', () => {
    expect(ourShapes.filter((one) => !officialShapes.has(one))).toEqual([
      'post /v2.01/oauth/token/embedded/recipient',
      'post /v2.01/oauth/token/embedded/checkout',
      'post /v2.01/clients',
      'post /v2.01/{}/payins/payconiq/web',
      'post /v2.01/{}/payins/payment-methods/payconiq',
      'get /v2.01/{}/users/{}/emoney',
      'get /v2.01/{}/clients/transactions',
      'put /v3.0/{}/payins/intents/{}',
    ])
  })

  it('has no route twice and no operation of two routes', () => {
    expect(new Set(ourShapes).size).toBe(ourShapes.length)
    expect(new Set(ours.map(({ row }) => row)).size).toBe(ours.length)
  })

  it('has a readable name for each placeholder and never {id}', () => {
    const placeholders = new Set(ours.flatMap(({ path }) => path.match(/\{[^}]+\}/g) ?? []))
    expect(placeholders).not.toContain('{id}')
    for (const placeholder of placeholders) expect(placeholder).toMatch(/^\{[a-z][A-Za-z]+\}$/)
  })

  it('gives each operation an index of its own, none of them that of _OTHER', () => {
    const indexes = allOperations().map(({ index }) => index)
    expect(indexes).toHaveLength(ours.length)
    expect(new Set([0, ...indexes]).size).toBe(ours.length + 1)
  })
})
