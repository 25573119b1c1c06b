/** Clocks, providers and loggers that are not what they should be. */
import { DiagLogLevel, diag, type MeterProvider } from '@opentelemetry/api'
import { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import { setUp, tagsOf } from '../support/traced-calls.ts'

const hostile = () => {
  throw new Error('hostile')
}

describe('bad input', () => {
  it('a clock that goes back, or says nothing, loses no call', () => {
    const times = [1e12, 5, Number.NaN, undefined, 'later', 1e12 + 1]
    const { start, answer, total } = setUp({ clock: () => times.shift() as number })
    for (let i = 0; i < 8; i++) answer(start(), 200)
    expect(total()).toBe(8)
  })

  it.each<[what: string, time: unknown]>([
    ['infinity', Number.POSITIVE_INFINITY],
    ['a bigint', 2n ** 62n],
    ['a text', '2e12'],
    ['a date', new Date(2e12)],
  ])('a clock that says %s once is not believed and loses no call', (_, time) => {
    const times = [1e12, time, 1e12 + 1, 1e12 + 2, 1e12 + 3]
    const { mangopay, start, answer } = setUp({ clock: () => (times.shift() ?? 1e12 + 4) as number })
    for (let i = 0; i < 3; i++) answer(start(), 429)
    const { time: last, environments } = mangopay.snapshot()
    expect(last).toBeLessThan(1e12 + 10)
    expect(environments['sandbox']).toMatchObject({ calls: 3, status429: 3, rates: { calls: 3 } })
  })

  it('a clock that goes back does not turn the snapshot back', () => {
    const times = [1e12, 5, 5, 1e12 + 1]
    const { mangopay } = setUp({ clock: () => times.shift() ?? 1e12 + 1 })
    const taken = [1, 2, 3].map(() => mangopay.snapshot().time)
    expect(taken).toEqual([...taken].sort((a, b) => a - b))
    expect(taken[0]).toBe(1e12)
  })

  it('a clock that throws loses no call', () => {
    const { start, answer, total } = setUp({ clock: hostile })
    answer(start(), 200)
    expect(total()).toBe(1)
  })

  it.each([
    ['MeterProvider', { getMeter: hostile }],
    [
      'duration histogram',
      {
        getMeter: (name: string) =>
          new Proxy(new SdkMeterProvider().getMeter(name), {
            get: (meter, key) => (key === 'createHistogram' ? () => ({ record: hostile }) : Reflect.get(meter, key)),
          }),
      },
    ],
  ])('a %s that throws loses no call and no tag', (_, meterProvider) => {
    const { start, answer, total, last } = setUp({ meterProvider: meterProvider as unknown as MeterProvider })
    answer(start(), 200)
    expect(total()).toBe(1)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.outcome': 'success' })
  })

  it('a logger that throws never reaches the application', () => {
    diag.setLogger(
      { error: hostile, warn: hostile, info: hostile, debug: () => {}, verbose: hostile },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    )
    const { start, answer, total } = setUp()
    expect(() => answer(start(), 200)).not.toThrow()
    expect(total()).toBe(1)
  })
})
