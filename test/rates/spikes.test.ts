import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../src/options.ts'
import { SpikeDetector, type SpikeEvent } from '../../src/rates/spikes.ts'
import { SlidingWindow } from '../../src/rates/window.ts'
import { verdictOf } from '../support/verdicts.ts'

function setUp(spike: Parameters<typeof resolveOptions>[0] extends infer O ? NonNullable<O> : never) {
  const options = resolveOptions(spike).spike
  const window = new SlidingWindow(options.windowSeconds)
  const watch = new SpikeDetector(options, 'production', window)
  const call = (now: number, status: number, operation = 'GET /users') => {
    const verdict = verdictOf({ status })
    window.add(now, operation, status, verdict)
    return watch.look(now)
  }
  return { watch, call, options }
}

const START = 1_700_000_000_000

describe('a spike', () => {
  it('needs a count: one failure of three calls at night is none', () => {
    const { call } = setUp({})
    expect([200, 429, 200].flatMap((status, i) => call(START + i, status))).toEqual([])
  })

  it('needs a share: five failures of a thousand calls are none', () => {
    const { call } = setUp({})
    const events = Array.from({ length: 1000 }, (_, i) => call(START + i, i % 200 === 199 ? 429 : 200)).flat()
    expect(events).toEqual([])
  })

  it('tells what, since when, how much and where', () => {
    const { call } = setUp({ spike: { kinds: ['429'] } })
    for (let i = 0; i < 4; i++) expect(call(START + i, 429, i === 0 ? 'POST /transfers' : 'GET /users')).toEqual([])
    expect(call(START + 4, 429)).toEqual([
      {
        kind: '429',
        environment: 'production',
        state: 'started',
        since: new Date(START + 4),
        count: 5,
        ratio: 1,
        operations: [
          { operation: 'GET /users', count: 4 },
          { operation: 'POST /transfers', count: 1 },
        ],
      },
    ])
  })

  it('lasts its minimum time, and ends when all traffic has stopped', () => {
    const { call, watch } = setUp({ spike: { kinds: ['500'], windowSeconds: 10, minimumSeconds: 60 } })
    for (let i = 0; i < 5; i++) call(START, 500)
    expect(watch.active(START)).toMatchObject([{ kind: '500', since: START, count: 5, ratio: 1 }])
    expect(watch.look(START + 59_999)).toEqual([])
    expect(watch.look(START + 60_000)).toMatchObject([
      { kind: '500', state: 'ended', since: new Date(START), count: 0, ratio: 0, operations: [] },
    ])
    expect(watch.active(START + 60_000)).toEqual([])
  })

  it('ends only below the lower share', () => {
    const { call } = setUp({
      spike: { kinds: ['500'], minimumSeconds: 0, ratio: 0.5, clearRatio: 0.1, minimumCount: 2 },
    })
    call(START, 500)
    expect(call(START, 500)).toHaveLength(1)
    let events: SpikeEvent[] = []
    for (let good = 1; events.length === 0; good++) {
      events = [...call(START, 200)]
      expect(events.length === 1).toBe(2 / (2 + good) < 0.1)
    }
  })

  it('ends with the processor', () => {
    const { call, watch } = setUp({ spike: { kinds: ['429', 'unavailable'] } })
    for (let i = 0; i < 5; i++) call(START, 429)
    expect(watch.end(START + 1)).toMatchObject([{ kind: '429', state: 'ended', since: new Date(START) }])
    expect(watch.end(START + 2)).toEqual([])
  })

  it('never starts twice without an end, nor ends without a start', () => {
    const step = fc.record({
      pause: fc.oneof(fc.nat(100), fc.nat(120_000)),
      status: fc.constantFrom(200, 200, 429, 500, 502),
    })
    const limits = fc.record({
      windowSeconds: fc.integer({ min: 10, max: 600 }),
      minimumCount: fc.integer({ min: 1, max: 10 }),
      ratio: fc.double({ min: 0.01, max: 1, noNaN: true }),
      minimumSeconds: fc.nat(120),
    })
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 200 }), (spike, steps) => {
        const { call, watch } = setUp({ spike })
        let now = START
        const events = steps.flatMap(({ pause, status }) => {
          now += pause
          return call(now, status)
        })
        events.push(...watch.end(now))
        for (const kind of ['429', '500', 'unavailable']) {
          const states = events.filter((event) => event.kind === kind).map(({ state }) => state)
          expect(states).toEqual(states.map((_, i) => (i % 2 === 0 ? 'started' : 'ended')))
          expect(states.length % 2).toBe(0)
        }
      }),
      { numRuns: 300 },
    )
  })
})
