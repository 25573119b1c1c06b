import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ERROR_KINDS, SlidingWindow, WINDOW_STEPS } from '../../src/rates/window.ts'
import { verdictOf } from '../support/verdicts.ts'

const add = (window: SlidingWindow, now: number, status: number, operation = 'GET /users') =>
  window.add(now, operation, status, verdictOf({ status }))

describe('the sliding window', () => {
  it('has forgotten everything after an idle hour, whoever looked meanwhile', () => {
    const window = new SlidingWindow(5)
    for (let i = 0; i < 50; i++) add(window, 1000 + i, 500)
    expect(window.count(1100, '500')).toBe(50)
    add(window, 1000 + 3_600_000, 200)
    expect(window.calls(1000 + 3_600_000)).toBe(1)
    expect(window.ratio(1000 + 3_600_000, '500')).toBe(0)
  })

  it('forgets each call a window after the step it came in, and not earlier', () => {
    const window = new SlidingWindow(60)
    for (const now of [0, 1500, 2999]) add(window, now, 500)
    expect([59_999, 60_000, 61_000, 62_000].map((now) => window.calls(now))).toEqual([3, 2, 1, 0])
  })

  it('is 0 without calls', () => {
    const window = new SlidingWindow(300)
    for (const kind of ERROR_KINDS) expect(window.ratio(1e12, kind)).toBe(0)
  })

  it('keeps counting when the clock is set back', () => {
    const window = new SlidingWindow(300)
    add(window, 1e12, 429)
    add(window, 1e12 - 3_600_000, 429)
    expect(window.count(1e12, '429')).toBe(2)
  })

  const statuses = [200, 404, 408, 429, 500, 502]
  const event = fc.record({
    pause: fc.oneof(fc.nat(3), fc.nat(2000), fc.nat(400_000), fc.constant(3_600_000)),
    status: fc.constantFrom(...statuses),
    operation: fc.constantFrom('a', 'b', 'c'),
  })

  it('counts like a list of all events, for any order and any pauses', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 3600 }),
        fc.integer({ min: -1e9, max: 2e12 }),
        fc.array(event, { maxLength: 60 }),
        (seconds, start, events) => {
          const window = new SlidingWindow(seconds)
          const step = (seconds * 1000) / WINDOW_STEPS
          const list: { epoch: number; status: number; operation: string }[] = []
          let now = start
          for (const { pause, status, operation } of events) {
            now += pause
            add(window, now, status, operation)
            list.push({ epoch: Math.floor(now / step), status, operation })
            const current = list.filter(({ epoch }) => epoch > Math.floor(now / step) - WINDOW_STEPS)
            expect(window.calls(now)).toBe(current.length)
            for (const kind of ERROR_KINDS) {
              const failed = current.filter((one) =>
                kind === 'unavailable' ? one.status >= 500 || one.status === 408 : one.status === Number(kind),
              )
              expect(window.count(now, kind)).toBe(failed.length)
              expect(window.ratio(now, kind)).toBe(failed.length === 0 ? 0 : failed.length / current.length)
              const byOperation = window.operations(now, kind)
              expect(byOperation.reduce((sum, { count }) => sum + count, 0)).toBe(failed.length)
              for (const { operation, count } of byOperation) {
                expect(count).toBe(failed.filter((one) => one.operation === operation).length)
              }
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
