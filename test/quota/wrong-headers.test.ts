/** Rate-limit headers with something wrong: that is left out and named, the rest is kept. */
import { describe, expect, it } from 'vitest'
import type { ResponseHeaders } from '../../src/quota/headers.ts'
import { FOUR, four, MINUTE, read, reset, shown } from '../support/quota-response.ts'

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
