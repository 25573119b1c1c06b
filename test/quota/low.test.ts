/** When a quota is low, and when no longer. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QuotaAccounts } from '../../src/quota/accounts.ts'
import { LowQuotaDetector, type QuotaLowEvent } from '../../src/quota/low.ts'
import { headersAt, START } from '../support/quota-headers.ts'

describe('a quota that is low', () => {
  const watchAt = (options = {}) => {
    const book = new QuotaAccounts({})
    const watch = new LowQuotaDetector({ lowShare: 0.1, emptyWithinSeconds: 600, ...options })
    return (seconds: number, calls: number): QuotaLowEvent[] => {
      const now = START + seconds * 1000
      book.read('production', headersAt(now, { '15m': [calls, 1000] }), now, () => undefined)
      return watch.look(book.states(now))
    }
  }

  it('starts at its share, ends with half as much again, and says what is left', () => {
    const at = watchAt({ emptyWithinSeconds: 0 })
    expect(at(0, 899)).toEqual([])
    expect(at(60, 900)).toEqual([
      { window: '15m', environment: 'production', state: 'started', remaining: 100, limit: 1000 },
    ])
    expect(at(120, 950)).toEqual([])
    expect(at(180, 860)).toEqual([])
    expect(at(240, 849)).toMatchObject([{ state: 'ended', remaining: 151 }])
  })

  it('starts by the forecast, once two fifths are used', () => {
    const at = watchAt({ lowShare: 0 })
    expect(at(0, 0)).toEqual([])
    const events = Array.from({ length: 60 }, (_, i) => at(i + 1, (i + 1) * 10)).flat()
    expect(events).toMatchObject([{ state: 'started', remaining: 600, limit: 1000 }])
    expect(events[0]?.secondsToEmpty).toBeGreaterThan(50)
    expect(events[0]?.secondsToEmpty).toBeLessThan(70)
  })

  it('at 0 and 0 says so only when nothing is left', () => {
    const at = watchAt({ lowShare: 0, emptyWithinSeconds: 0 })
    expect(at(0, 999)).toEqual([])
    expect(at(1, 1000)).toMatchObject([{ state: 'started', remaining: 0 }])
  })

  it('at 1 is low from the first reading on, and does not come and go', () => {
    const at = watchAt({ lowShare: 1 })
    expect(at(0, 0)).toMatchObject([{ state: 'started', remaining: 1000 }])
    for (const used of [1, 500, 0, 999, 0]) expect(at(used + 1, used)).toEqual([])
  })

  it('never starts twice without an end, nor ends without a start', () => {
    const reading = fc.record({ pause: fc.oneof(fc.nat(10), fc.nat(2000)), used: fc.nat(1000) })
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 100 }), fc.constantFrom(0, 0.1, 0.7, 1), (readings, lowShare) => {
        const at = watchAt({ lowShare })
        let now = 0
        const states = readings.flatMap(({ pause, used }) => {
          now += pause
          return at(now, used).map(({ state }) => state)
        })
        expect(states).toEqual(states.map((_, i) => (i % 2 === 0 ? 'started' : 'ended')))
      }),
      { numRuns: 300 },
    )
  })
})
