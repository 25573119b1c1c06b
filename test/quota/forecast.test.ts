/** Forecasts of when a quota is used up. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Forecast } from '../../src/quota/forecast.ts'
import { play, SlidingQuota, START } from '../support/sliding-quota.ts'

const QUOTAS = {
  '15m': () => new SlidingQuota(900, 2300),
  '30m': () => new SlidingQuota(1800, 4500),
  '1h': () => new SlidingQuota(3600, 8800),
}

describe('steady load below the sustainable rate', () => {
  it.each(Object.entries(QUOTAS))('of the %s window never forecasts that it empties', (_, make) => {
    for (const share of [0.1, 0.5, 0.8, 0.9]) {
      for (const seed of [undefined, 1, 2, 3]) {
        const quota = make()
        const sustainable = quota.limit / quota.windowSeconds
        const { forecasts } = play(quota, {
          seconds: 2.5 * quota.windowSeconds,
          rate: () => share * sustainable,
          ...(seed === undefined ? {} : { seed }),
        })
        expect(forecasts.filter(({ forecast }) => forecast !== undefined)).toEqual([])
      }
    }
  })

  it('of the 24 h window never forecasts that it empties', () => {
    const quota = new SlidingQuota(86_400, 105_600)
    const { forecasts } = play(quota, { seconds: 86_400, rate: () => 1.1, seed: 4, every: 25 })
    expect(forecasts.filter(({ forecast }) => forecast !== undefined)).toEqual([])
  })
})

describe('a retry loop', () => {
  it.each(Object.entries(QUOTAS))(
    'is forecast within seconds in the %s window, and the forecast is right',
    (_, make) => {
      const quota = make()
      const usual = play(quota, { seconds: 1200, rate: () => 0.5, seed: 5 })
      const { forecasts } = play(quota, { seconds: 600, rate: () => 20, seed: 6, from: START + 1201, pace: usual.pace })
      const first = forecasts.find(({ forecast }) => forecast !== undefined)
      const empty = forecasts.find(({ refused }) => refused)
      expect(first?.t).toBeLessThan(10)
      if (empty === undefined) throw new Error('the loop did not empty the window')
      // From halfway on, the moment it names is within a tenth of what is left.
      for (const { t, forecast } of forecasts.filter(({ t }) => t > empty.t / 2 && t < empty.t - 5)) {
        expect(forecast).toBeDefined()
        expect(Math.abs(t + (forecast as number) - empty.t)).toBeLessThan(0.2 * (empty.t - t) + 5)
      }
      expect(empty.forecast).toBeLessThan(2)
    },
  )
})

describe('a slow leak', () => {
  it('of the 24 h window at 1.5 calls/s is forecast hours ahead, to the hour', () => {
    const quota = new SlidingQuota(86_400, 105_600)
    const { forecasts } = play(quota, { seconds: 72_000, rate: () => 1.5, seed: 7, every: 20 })
    const empty = forecasts.find(({ refused }) => refused)?.t as number
    expect(empty).toBeGreaterThan(19 * 3600)
    const first = forecasts.find(({ forecast }) => forecast !== undefined)
    expect(empty - (first?.t as number)).toBeGreaterThan(12 * 3600)
    for (const { t, forecast } of forecasts.filter(({ t }) => t > empty / 2 && t < empty - 60)) {
      expect(Math.abs(t + (forecast as number) - empty)).toBeLessThan(0.15 * (empty - t) + 300)
    }
  })
})

describe('what leaves the window counts', () => {
  it('a batch that fits is not taken for one that does not, and is over when it is over', () => {
    const quota = new SlidingQuota(900, 2300)
    const batch = play(quota, { seconds: 300, rate: () => 5, seed: 8 })
    const after = play(quota, { seconds: 1500, rate: () => 0.2, seed: 9, from: START + 301, pace: batch.pace })
    const late = after.forecasts.filter(({ t }) => t > 300)
    expect(late.length).toBeGreaterThan(100)
    expect(late.filter(({ forecast }) => forecast !== undefined)).toEqual([])
  })

  it('the end of a burst is believed a minute later in the 30 min window', () => {
    const quota = new SlidingQuota(1800, 4500)
    const burst = play(quota, { seconds: 120, rate: () => 20, seed: 10 })
    expect(burst.forecasts.at(-1)?.forecast).toBeDefined()
    const after = play(quota, { seconds: 120, rate: () => 1, seed: 11, from: START + 121, pace: burst.pace })
    expect(after.forecasts.filter(({ t, forecast }) => t > 75 && forecast !== undefined)).toEqual([])
  })

  it('the pace of others is seen in the readings of a process that makes one call a minute', () => {
    const quota = new SlidingQuota(900, 2300)
    const pace = new Forecast(900, START, 0)
    let forecast: number | undefined
    for (let t = 0; t < 300; t += 0.2) {
      quota.call(START + t)
      if (Math.round(t * 5) % 300 === 0) {
        pace.update(Math.floor(START + t), quota.used(START + t))
        forecast = pace.secondsToEmpty(START + t, quota.limit)
      }
    }
    // 5 calls/s empty 2,300 after 460 s; the last reading was at 240 s.
    expect(forecast).toBeGreaterThan(460 - 240 - 80)
    expect(forecast).toBeLessThan(460 - 240 + 80)
  })
})

describe('whatever the readings', () => {
  it('a forecast is a number of seconds from now to one window, or none', () => {
    const reading = fc.record({
      pause: fc.oneof(fc.nat(5), fc.nat(3600), fc.nat(200_000), fc.integer({ min: -100, max: 0 })),
      used: fc.nat(5000),
    })
    fc.assert(
      fc.property(fc.constantFrom(60, 300, 900, 86_400), fc.nat(5000), fc.array(reading), (window, first, readings) => {
        const pace = new Forecast(window, START, first)
        let now = START
        for (const { pause, used } of readings) {
          now += pause
          pace.update(now, used)
          const forecast = pace.secondsToEmpty(now, 2300)
          if (forecast === undefined) continue
          expect(forecast).toBeGreaterThanOrEqual(0)
          expect(forecast).toBeLessThanOrEqual(window * (1 + 2 / 60))
          if (used >= 2300 && pause >= 0) expect(forecast).toBe(0)
        }
      }),
      { numRuns: 500 },
    )
  })
})
