/** What is read of the rate-limit headers of one response. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HeaderLine, type HeaderValue, linesOf, type ResponseHeaders, textOf } from '../../src/quota/headers.ts'
import { QUOTA_WINDOWS, readQuota } from '../../src/quota/reading.ts'

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

// Rate-limit headers with something wrong: that is left out and named, the rest is kept.

describe('the quota of a response', () => {
  const cases: [
    what: string,
    headers: Partial<ResponseHeaders>,
    windows: string[] | undefined,
    problem: string | undefined,
  ][] = [
    ['no headers', {}, undefined, undefined],
    ['only one header', { used: '2' }, [], 'headers of different length'],
    [
      'one remaining too few',
      { ...four, remaining: '2298, 4495, 8791' },
      FOUR.slice(0, 3),
      'headers of different length',
    ],
    [
      'an empty element',
      { ...four, used: '2, , 9, 5280' },
      ['15m 2/2300', '1h 9/8800', '24h 5280/105600'],
      'a value that is no count of calls or no time',
    ],
    ['all empty', { used: '', remaining: '', reset: '' }, [], 'a value that is no count of calls or no time'],
    [
      'letters',
      { ...four, remaining: 'x, 4495, 8791, 100320' },
      FOUR.slice(1),
      'a value that is no count of calls or no time',
    ],
    ['negative', { ...four, used: '-2, 5, 9, 5280' }, FOUR.slice(1), 'a value that is no count of calls or no time'],
    ['a fraction', { ...four, used: '2.5, 5, 9, 5280' }, FOUR.slice(1), 'a value that is no count of calls or no time'],
    [
      'hexadecimal',
      { ...four, used: '0x2, 5, 9, 5280' },
      FOUR.slice(1),
      'a value that is no count of calls or no time',
    ],
    [
      'an exponent',
      { ...four, used: '2e0, 5, 9, 5280' },
      FOUR.slice(1),
      'a value that is no count of calls or no time',
    ],
    [
      'absurdly many',
      { ...four, used: '99999999999999, 5, 9, 5280' },
      FOUR.slice(1),
      'a value that is no count of calls or no time',
    ],
    [
      'a limit of nothing',
      { used: '0', remaining: '0', reset: reset(900) },
      [],
      'a value that is no count of calls or no time',
    ],
    [
      'milliseconds',
      { ...four, reset: `${MINUTE * 1000 + 900_000}, ${reset(1800, 3600, 86_340)}` },
      FOUR.slice(1),
      'a value that is no count of calls or no time',
    ],
    [
      'a window nobody knows',
      { used: '1', remaining: '1', reset: reset(7200) },
      [],
      'a reset time that fits no window',
    ],
    ['a reset of long ago', { used: '1', remaining: '1', reset: '1' }, [], 'a reset time that fits no window'],
    [
      'one window twice: the better fit',
      { used: '1, 7', remaining: '9, 3', reset: reset(930, 900) },
      ['15m 7/10'],
      'two values for one window',
    ],
    ['too many values', { used: '1,'.repeat(20), remaining: '1', reset: '1' }, [], 'too many values'],
  ]
  it.each(cases)('%s', (_, headers, windows, problem) => {
    expect(shown(headers)).toEqual(windows)
    expect(read(headers)?.problem).toBe(problem)
  })
})

// Rate-limit headers of any text: nothing is invented, and bytes are read as text is.

describe('the quota of a response', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.oneof(fc.nat().map(String), fc.integer().map(String), fc.constantFrom('', ' ', '-', 'NaN', '1e9', '٣')),
        { maxLength: 8 },
      )
      .map((all) => all.join(',')),
    fc.array(fc.constantFrom(60, 300, 900, 1800, 3600, 86_340, 7200), { maxLength: 8 }).map((all) => reset(...all)),
  )
  const value: fc.Arbitrary<HeaderValue | undefined> = fc.oneof(
    text,
    fc.array(text, { maxLength: 4 }),
    fc.constant(undefined),
  )

  it('never throws, and never invents a window or a number, for any header text', () => {
    fc.assert(
      fc.property(value, value, value, value, (used, remaining, resetAt, date) => {
        const response = readQuota({ ...NONE, used, remaining, reset: resetAt, date }, SERVER)
        const numbers = (header: HeaderValue | undefined) =>
          [header ?? []].flat().flatMap((line) =>
            textOf(line as HeaderLine)
              .split(',')
              .map((one) => one.trim()),
          )
        for (const reading of response?.readings ?? []) {
          expect(QUOTA_WINDOWS).toContain(reading.window)
          expect(numbers(used).map(Number)).toContain(reading.used)
          expect(numbers(remaining).map(Number)).toContain(reading.remaining)
          expect(numbers(resetAt).map(Number)).toContain(reading.reset / 1000)
        }
        const windows = (response?.readings ?? []).map(({ window }) => window)
        expect(new Set(windows).size).toBe(windows.length)
      }),
      { numRuns: 3000 },
    )
  })

  it('reads bytes as it reads the text they spell', () => {
    const bytes = (header: HeaderValue | undefined) =>
      header === undefined ? undefined : linesOf(header).map((line) => Buffer.from(textOf(line), 'latin1'))
    const latin1 = fc.array(fc.string({ unit: 'binary-ascii' }), { maxLength: 4 })
    const header = fc.oneof(value, latin1).filter((one) => linesOf(one).every((line) => !textOf(line).includes('٣')))
    fc.assert(
      fc.property(
        header,
        header,
        header,
        fc.constantFrom(undefined, DATE, 'then'),
        (used, remaining, resetAt, date) => {
          const headers = { ...NONE, used, remaining, reset: resetAt, date }
          const same = {
            ...NONE,
            used: bytes(used),
            remaining: bytes(remaining),
            reset: bytes(resetAt),
            date: bytes(date),
          }
          if ([used, remaining, resetAt].includes('')) return // no bytes at all are no line
          expect(readQuota(same, SERVER)).toEqual(readQuota(headers, SERVER))
        },
      ),
      { numRuns: 2000 },
    )
  })
})

// The rate-limit headers of one response, and what is read of them.

const NONE: ResponseHeaders = {
  used: undefined,
  remaining: undefined,
  reset: undefined,
  date: undefined,
  challenge: undefined,
}

/** 24 February 2025, 12:05:42 UTC, as the server says. */
const DATE = 'Mon, 24 Feb 2025 12:05:42 GMT'
const SERVER = Date.parse(DATE)
const MINUTE = Math.floor(SERVER / 60_000) * 60

/** Values of the reset header, so many seconds ahead. */
const reset = (...ahead: number[]) => ahead.map((seconds) => MINUTE + seconds).join(', ')

/** Four windows, which are those of `FOUR`. */
const four = {
  used: '2, 5, 9, 5280',
  remaining: '2298, 4495, 8791, 100320',
  reset: reset(900, 1800, 3600, 86_340),
}
const FOUR = ['15m 2/2300', '30m 5/4500', '1h 9/8800', '24h 5280/105600']

/** What is read of the headers, and in short: name, used and limit of each window. */
const read = (headers: Partial<ResponseHeaders>, now = SERVER) => readQuota({ ...NONE, date: DATE, ...headers }, now)
const shown = (headers: Partial<ResponseHeaders>, now?: number) =>
  read(headers, now)?.readings.map(({ window, used, remaining }) => `${window.name} ${used}/${used + remaining}`)
