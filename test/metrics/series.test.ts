/** How calls are counted. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AccountCounts, RequestCounts } from '../../src/metrics/series.ts'
import { expected } from '../../src/outcome/outcome.ts'
import { allOperations, OTHER_OPERATION } from '../../src/request/route.ts'
import { said } from '../support/traced-calls.ts'
import { verdictOf } from '../support/verdicts.ts'

const operations = allOperations()
const ENVIRONMENTS = ['production', 'sandbox', 'proxy']
const answer = (status: number | undefined, write = false) => verdictOf({ write, status })

describe('counting', () => {
  it('has the 429 and the 500 of an operation at 0 from its first call, exactly as the first error will be', () => {
    const tally = new RequestCounts(1)
    const production = tally.account('production')
    const [operation] = operations
    if (operation === undefined) throw new Error('no operation')
    tally.count(production, operation, true, 200, answer(200, true))
    expect(tally.series.map(({ attributes, count }) => ({ ...attributes, count }))).toEqual([
      {
        'mangopay.operation': operation.name,
        'mangopay.environment': 'production',
        'http.response.status_code': 429,
        'mangopay.error.category': 'rate_limit',
        'mangopay.outcome': 'failure',
        count: 0,
      },
      {
        'mangopay.operation': operation.name,
        'mangopay.environment': 'production',
        'http.response.status_code': 500,
        'mangopay.error.category': 'server_error',
        'mangopay.outcome': 'unknown',
        count: 0,
      },
      {
        'mangopay.operation': operation.name,
        'mangopay.environment': 'production',
        'http.response.status_code': 200,
        'mangopay.outcome': 'success',
        count: 1,
      },
    ])
    for (const status of [429, 500] as const) tally.count(production, operation, true, status, expected(status, true))
    expect(tally.series.map(({ count }) => count)).toEqual([1, 1, 1])
  })

  it('has the zeros of reads and of writes of _OTHER', () => {
    const tally = new RequestCounts(1)
    const production = tally.account('production')
    tally.count(production, OTHER_OPERATION, false, 200, answer(200))
    tally.count(production, OTHER_OPERATION, true, 200, answer(200, true))
    const zeros = tally.series.filter(({ count }) => count === 0)
    expect(zeros.map(({ status, verdict }) => `${status} ${verdict.outcome}`)).toEqual([
      '429 failure',
      '500 failure',
      '500 unknown',
    ])
  })

  it('leaves out a status that is no HTTP status', () => {
    const tally = new RequestCounts(1)
    const production = tally.account('production')
    tally.count(production, OTHER_OPERATION, false, 999, answer(999))
    const one = tally.series.find(({ count }) => count === 1)
    expect(one?.attributes).not.toHaveProperty('http.response.status_code')
    expect(one?.attributes['mangopay.error.category']).toBe('unexpected_response')
  })

  const call = fc.record({
    environment: fc.constantFrom(...ENVIRONMENTS),
    operation: fc.constantFrom(OTHER_OPERATION, ...operations),
    write: fc.boolean(),
    status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constant(undefined), fc.constant(999)),
  })

  it('loses nothing and never observes more than 1,900 attribute sets, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 4000, maxLength: 6000 }), (calls) => {
        const tally = new RequestCounts(3)
        const environments = new Map(ENVIRONMENTS.map((name) => [name, tally.account(name)]))
        for (const { environment, operation, write, status } of calls) {
          const counts = environments.get(environment) as AccountCounts
          tally.count(counts, operation, write, status, answer(status, write))
        }
        expect(tally.series.length).toBeLessThanOrEqual(1900)
        expect(new Set(tally.series.map(({ attributes }) => JSON.stringify(attributes))).size).toBe(tally.series.length)
        for (const environment of ENVIRONMENTS) {
          const mine = tally.series.filter((one) => one.environment === environment)
          const made = calls.filter((one) => one.environment === environment)
          const sum = (series: typeof mine) => series.reduce((total, { count }) => total + count, 0)
          expect(sum(mine)).toBe(made.length)
          // What is folded loses its operation, and at the very end its code, but never what happened to it.
          const unknown = made.filter((one) => answer(one.status, one.write).outcome === 'unknown')
          expect(sum(mine.filter(({ verdict }) => verdict.outcome === 'unknown'))).toBe(unknown.length)
        }
      }),
      { numRuns: 5 },
    )
  })

  it('keeps room for the codes of _OTHER, and then for _OTHER without code', () => {
    const tally = new RequestCounts(1)
    const production = tally.account('production')
    for (const operation of operations) {
      for (let status = 100; status < 600; status++)
        tally.count(production, operation, true, status, answer(status, true))
    }
    const others = tally.series.filter(({ operation }) => operation === '_OTHER')
    const withoutCode = others.filter(({ status }) => status === undefined)
    expect(tally.series.length - others.length).toBe(1900 - 39 - 150)
    expect(others.length - withoutCode.length).toBe(150)
    expect(withoutCode.length).toBeGreaterThan(0)
    expect(tally.series.length).toBeLessThanOrEqual(1900)
    expect(tally.series.reduce((sum, { count }) => sum + count, 0)).toBe(operations.length * 500)
    expect(said.filter((line) => line.includes('further ones are counted as _OTHER'))).toHaveLength(1)
  })

  it('folds only when there is no room: all operations with a few codes each have their own', () => {
    const tally = new RequestCounts(2)
    const production = tally.account('production')
    for (const operation of operations) {
      for (const status of [200, 400, 404, 429, 500]) tally.count(production, operation, false, status, answer(status))
    }
    expect(tally.series.filter((one) => one.operation === '_OTHER')).toEqual([])
    expect(tally.series).toHaveLength(operations.length * 5)
  })
})
