/** What the rate-limit headers of one response say, in every shape they come in. */
import { describe, expect, it } from 'vitest'
import { type HeaderLine, linesOf, type ResponseHeaders, textOf } from '../../src/quota/headers.ts'
import { DATE, FOUR, four, MINUTE, read, reset, SERVER, shown } from '../support/quota-response.ts'

describe('the quota of a response', () => {
  const cases: [
    what: string,
    headers: Partial<ResponseHeaders>,
    windows: string[] | undefined,
    problem: string | undefined,
  ][] = [
    ['four windows (2017)', four, FOUR, undefined],
    [
      'three windows (2025)',
      { used: '6, 15, 100', remaining: '4494, 8785, 105500', reset: reset(1800, 3600, 86_340) },
      ['30m 6/4500', '1h 15/8800', '24h 100/105600'],
      undefined,
    ],
    [
      'six windows',
      { used: '1,1,1,1,1,1', remaining: '9,9,9,9,9,9', reset: reset(60, 300, 900, 1800, 3600, 86_340) },
      ['1m 1/10', '5m 1/10', '15m 1/10', '30m 1/10', '1h 1/10', '24h 1/10'],
      undefined,
    ],
    [
      'in reverse',
      { used: '5280, 9', remaining: '100320, 8791', reset: reset(86_340, 3600) },
      ['1h 9/8800', '24h 5280/105600'],
      undefined,
    ],
    ['custom limits', { used: '500000', remaining: '500000', reset: reset(900) }, ['15m 500000/1000000'], undefined],
    // Every shape that instrumentations deliver.
    [
      'an array of lines',
      { used: ['2', '5'], remaining: ['2298', '4495'], reset: reset(900, 1800).split(', ') },
      ['15m 2/2300', '30m 5/4500'],
      undefined,
    ],
    [
      'an array of one joined line',
      { used: ['2, 5'], remaining: ['2298, 4495'], reset: [reset(900, 1800)] },
      ['15m 2/2300', '30m 5/4500'],
      undefined,
    ],
    [
      'without spaces',
      { used: '2,5', remaining: '2298,4495', reset: reset(900, 1800).replace(' ', '') },
      ['15m 2/2300', '30m 5/4500'],
      undefined,
    ],
    ['only the last line', { used: '9', remaining: '8791', reset: reset(3600) }, ['1h 9/8800'], undefined],
    // The minute may have changed between Reset and Date.
    ['a minute later', { ...four, reset: reset(840, 1740, 3540, 86_280) }, FOUR, undefined],
    ['a minute earlier', { ...four, reset: reset(960, 1860, 3660, 86_400) }, FOUR, undefined],
  ]
  it.each(cases)('%s', (_, headers, windows, problem) => {
    expect(shown(headers)).toEqual(windows)
    expect(read(headers)?.problem).toBe(problem)
  })

  it('does not depend on the clock of the process when there is a Date', () => {
    for (const skew of [-600_000, 600_000, -86_400_000, 1e12]) expect(shown(four, SERVER + skew)).toEqual(FOUR)
  })

  it('takes the nearest window by the clock when there is no Date', () => {
    for (const skew of [-200_000, -60_000, 0, 60_000, 200_000]) {
      expect(shown({ ...four, date: undefined }, SERVER + skew), `${skew}`).toEqual(FOUR)
      expect(shown({ ...four, date: 'yesterday' }, SERVER + skew), `${skew}`).toEqual(FOUR)
    }
  })

  it('keeps used and remaining of a window together', () => {
    const { readings } = read(four) ?? { readings: [] }
    expect(readings.map((reading) => reading.reset)).toEqual([900, 1800, 3600, 86_340].map((s) => (MINUTE + s) * 1000))
  })

  it('is that of its own Date, whatever the answer before said', () => {
    const other = new Date(SERVER + 61_000).toUTCString()
    for (const date of [DATE, other, 'then', other, Buffer.from(DATE), Buffer.from('then'), [DATE], undefined, DATE]) {
      const text = date === undefined ? '' : textOf(linesOf(date)[0] as HeaderLine)
      expect(read({ ...four, date })?.date, text).toBe(Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text))
    }
  })
})
