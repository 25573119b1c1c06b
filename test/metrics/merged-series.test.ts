/** Which attribute sets one meter shows, of any number of processors. */
import { describe, expect, it } from 'vitest'
import { MergedSeries } from '../../src/metrics/merged-series.ts'
import { attributesOf, ROOM_FOR_OTHER, type Series } from '../../src/metrics/series.ts'
import { expected } from '../../src/outcome/outcome.ts'
import { allOperations } from '../../src/request/route.ts'

const LIMIT = ROOM_FOR_OTHER + 100
const cellOf = (operation: string, status: 429 | 500, environment = 'production'): Series => {
  const verdict = expected(status, false)
  const attributes = attributesOf(environment, operation, status, verdict)
  return { environment, operation, status, verdict, attributes, count: 1 }
}

describe('the sets of a meter', () => {
  it('are those of the series as long as there is room, then of _OTHER with code, then without, and lose nothing', () => {
    const series = Array.from({ length: 300 }, (_, i) => cellOf('GET /users', 429, `environment ${i}`))
    const sets = [...new MergedSeries().sum(series, LIMIT)]
    const others = sets.filter(({ attributes }) => attributes['mangopay.operation'] === '_OTHER')
    const withCode = others.filter(({ attributes }) => 'http.response.status_code' in attributes)
    expect([sets.length - others.length, withCode.length, others.length - withCode.length]).toEqual([100, 150, 50])
    expect(sets.reduce((sum, { count }) => sum + count, 0)).toBe(300)
  })

  it('stay where they are when there is less room later', () => {
    const shown = new MergedSeries()
    const series = allOperations()
      .slice(0, 90)
      .map(({ name }) => cellOf(name, 500))
    const first = [...shown.sum(series, LIMIT)].map(({ attributes, count }) => ({ attributes, count }))
    expect([...shown.sum(series, ROOM_FOR_OTHER)]).toEqual(first)
  })
})
