import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EnvironmentCounts, Tally } from '../../src/metrics/series.ts'
import { expected, judge } from '../../src/outcome/outcome.ts'
import { allOperations, OTHER_OPERATION } from '../../src/request/route.ts'
import { said } from '../support/traced-calls.ts'

const operations = allOperations()
const ENVIRONMENTS = ['production', 'sandbox', 'proxy']
const answer = (status: number | undefined, write = false) =>
  judge({ write, token: false, status, failure: undefined, undici: false, sca: false })

describe('counting', () => {
  it('has the 429 and the 500 of an operation at 0 from its first call, exactly as the first error will be', () => {
    const tally = new Tally(1)
    const production = tally.environment('production')
    const [operation] = operations
    if (operation === undefined) throw new Error('no operation')
    tally.count(production, operation, true, 200, answer(200, true))
    expect(tally.cells.map(({ attributes, count }) => ({ ...attributes, count }))).toEqual([
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
    expect(tally.cells.map(({ count }) => count)).toEqual([1, 1, 1])
  })

  it('has the zeros of reads and of writes of _OTHER', () => {
    const tally = new Tally(1)
    const production = tally.environment('production')
    tally.count(production, OTHER_OPERATION, false, 200, answer(200))
    tally.count(production, OTHER_OPERATION, true, 200, answer(200, true))
    const zeros = tally.cells.filter(({ count }) => count === 0)
    expect(zeros.map(({ status, verdict }) => `${status} ${verdict.outcome}`)).toEqual([
      '429 failure',
      '500 failure',
      '500 unknown',
    ])
  })

  it('leaves out a status that is no HTTP status', () => {
    const tally = new Tally(1)
    const production = tally.environment('production')
    tally.count(production, OTHER_OPERATION, false, 999, answer(999))
    const cell = tally.cells.find(({ count }) => count === 1)
    expect(cell?.attributes).not.toHaveProperty('http.response.status_code')
    expect(cell?.attributes['mangopay.error.category']).toBe('unexpected_response')
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
        const tally = new Tally(3)
        const environments = new Map(ENVIRONMENTS.map((name) => [name, tally.environment(name)]))
        for (const { environment, operation, write, status } of calls) {
          const counts = environments.get(environment) as EnvironmentCounts
          tally.count(counts, operation, write, status, answer(status, write))
        }
        expect(tally.cells.length).toBeLessThanOrEqual(1900)
        expect(new Set(tally.cells.map(({ attributes }) => JSON.stringify(attributes))).size).toBe(tally.cells.length)
        for (const environment of ENVIRONMENTS) {
          const mine = tally.cells.filter((cell) => cell.environment === environment)
          const made = calls.filter((one) => one.environment === environment)
          const sum = (cells: typeof mine) => cells.reduce((total, { count }) => total + count, 0)
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
    const tally = new Tally(1)
    const production = tally.environment('production')
    for (const operation of operations) {
      for (let status = 100; status < 600; status++)
        tally.count(production, operation, true, status, answer(status, true))
    }
    const others = tally.cells.filter(({ operation }) => operation === '_OTHER')
    const withoutCode = others.filter(({ status }) => status === undefined)
    expect(tally.cells.length - others.length).toBe(1900 - 39 - 150)
    expect(others.length - withoutCode.length).toBe(150)
    expect(withoutCode.length).toBeGreaterThan(0)
    expect(tally.cells.length).toBeLessThanOrEqual(1900)
    expect(tally.cells.reduce((sum, { count }) => sum + count, 0)).toBe(operations.length * 500)
    expect(said.filter((line) => line.includes('further ones are counted as _OTHER'))).toHaveLength(1)
  })

  it('folds only when there is no room: all operations with a few codes each have their own', () => {
    const tally = new Tally(2)
    const production = tally.environment('production')
    for (const operation of operations) {
      for (const status of [200, 400, 404, 429, 500]) tally.count(production, operation, false, status, answer(status))
    }
    expect(tally.cells.filter((cell) => cell.operation === '_OTHER')).toEqual([])
    expect(tally.cells).toHaveLength(operations.length * 5)
  })
})
