/** Which reading of a quota is believed, for how long, and whose it is. */
import { describe, expect, it } from 'vitest'
import { QuotaAccounts } from '../../src/quota/accounts.ts'
import { headersAt, START } from '../support/quota-headers.ts'
import { said } from '../support/traced-calls.ts'

const NOBODY = () => undefined

describe('the newest reading', () => {
  const book = () => new QuotaAccounts({})
  const used = (one: QuotaAccounts, now: number) => one.states(now).map((state) => state.used)

  it('is not held back by one whose Date was hours ahead', () => {
    const one = book()
    const read = (server: number, count: number) =>
      one.read('sandbox', headersAt(server, { '15m': [count, 2300] }), START, NOBODY)
    read(START + 7_200_000, 101)
    read(START, 500)
    read(START + 1000, 2300)
    expect(one.states(START + 1000)).toMatchObject([{ used: 2300, remaining: 0, readingTimestamp: START / 1000 + 1 }])
  })

  it('without a Date goes by the clock of the server, as far as it is known', () => {
    const one = book()
    const slow = START - 20 * 60_000 // ours
    one.read('sandbox', headersAt(START, { '15m': [10, 2300], '30m': [20, 4500] }), slow, NOBODY)
    const undated = headersAt(START + 60_000, { '15m': [11, 2300], '30m': [21, 4500] }, false)
    one.read('sandbox', undated, slow + 60_000, NOBODY)
    expect(one.states(slow + 60_000).map(({ window, used, limit }) => [window, used, limit])).toEqual([
      ['15m', 11, 2300],
      ['30m', 21, 4500],
    ])
  })

  it('is not given up for one that a long body has held up', () => {
    const one = book()
    one.read('sandbox', headersAt(START, { '15m': [800, 2300] }), START, NOBODY)
    one.read('sandbox', headersAt(START - 150_000, { '15m': [100, 2300] }), START + 1000, NOBODY, true)
    expect(used(one, START + 1000)).toEqual([800])
  })

  it('is over when its window has passed, however late another one came in the meantime', () => {
    const one = book()
    one.read('sandbox', headersAt(START + 599_000, { '15m': [2300, 2300] }), START + 599_000, NOBODY)
    one.read('sandbox', headersAt(START, { '15m': [100, 2300] }), START + 600_000, NOBODY, true)
    expect(used(one, START + 1_498_000)).toEqual([2300])
    expect(used(one, START + 1_500_000)).toEqual([0])
  })

  it('that came late sets the clock of the server where it is the first', () => {
    const one = book()
    one.read('sandbox', headersAt(START, { '15m': [100, 2300] }), START - 3_600_000, NOBODY, true)
    expect(used(one, START - 3_600_000)).toEqual([100])
    expect(used(one, START - 3_600_000 + 900_000)).toEqual([0])
  })

  it('is kept apart for environments and accounts whose names run together', () => {
    const one = new QuotaAccounts({ a: 'west one', b: 'one' })
    one.read('eu', headersAt(START, { '15m': [1, 100] }), START, () => 'a')
    one.read('eu west', headersAt(START, { '15m': [2, 100] }), START, () => 'b')
    expect(one.states(START).map(({ environment, account, used: count }) => [environment, account, count])).toEqual([
      ['eu', 'west one', 1],
      ['eu west', 'one', 2],
    ])
  })

  it('is shown with limit, age and time of the response', () => {
    const one = book()
    const server = START - 600_000
    one.read('sandbox', headersAt(server, { '15m': [2, 2300], '24h': [10, 105_600] }), START, NOBODY)
    expect(one.states(START + 5000)).toEqual([
      {
        environment: 'sandbox',
        window: '15m',
        limit: 2300,
        used: 2,
        remaining: 2298,
        reset: server + 900_000,
        age: 5000,
        readingTimestamp: server / 1000,
      },
      {
        environment: 'sandbox',
        window: '24h',
        limit: 105_600,
        used: 10,
        remaining: 105_590,
        reset: server + 86_340_000,
        age: 5000,
        readingTimestamp: server / 1000,
      },
    ])
  })

  it('wins by its Date, however late it arrives; of one second, the one with more calls', () => {
    const one = book()
    const at = (seconds: number, calls: number) =>
      one.read('sandbox', headersAt(START + seconds * 1000, { '15m': [calls, 2300] }), START + 60_000, NOBODY)
    at(10, 5)
    at(5, 3)
    expect(used(one, START + 60_000)).toEqual([5])
    at(10, 7)
    expect(used(one, START + 60_000)).toEqual([7])
    at(10, 6)
    expect(used(one, START + 60_000)).toEqual([7])
    at(11, 2)
    expect(used(one, START + 60_000)).toEqual([2])
  })

  it('does not let a Date of the far future freeze it for ever', () => {
    const one = book()
    one.read('sandbox', headersAt(START + 50 * 365 * 86_400_000, { '15m': [5, 2300] }), START, NOBODY)
    one.read('sandbox', headersAt(START, { '15m': [1, 2300] }), START, NOBODY)
    expect(used(one, START)).toEqual([1])
  })

  it('is empty once a whole window has passed on the server’s clock, whatever ours says', () => {
    for (const skew of [-600_000, 0, 600_000]) {
      const one = book()
      one.read('sandbox', headersAt(START + skew, { '15m': [2000, 2300], '1h': [2000, 8800] }), START, NOBODY)
      expect(used(one, START + 899_000), `${skew}`).toEqual([2000, 2000])
      expect(one.states(START + 900_000), `${skew}`).toMatchObject([
        { window: '15m', used: 0, remaining: 2300, limit: 2300, readingTimestamp: (START + skew) / 1000 },
        { window: '1h', used: 2000 },
      ])
      expect(used(one, START + 3_600_000), `${skew}`).toEqual([0, 0])
    }
  })

  it('counts without a Date by the clock, corrected by the last Date', () => {
    const one = book()
    one.read('sandbox', headersAt(START + 300_000, { '15m': [5, 2300] }), START, NOBODY)
    one.read('sandbox', headersAt(START + 310_000, { '15m': [6, 2300] }, false), START + 10_000, NOBODY)
    expect(one.states(START + 10_000)).toMatchObject([{ used: 6, readingTimestamp: (START + 310_000) / 1000 }])
  })

  it('is kept for each environment apart', () => {
    const one = book()
    one.read('sandbox', headersAt(START, { '15m': [1, 2300] }), START, NOBODY)
    one.read('production', headersAt(START, { '15m': [2, 2300] }), START, NOBODY)
    expect(one.states(START).map((state) => [state.environment, state.used])).toEqual([
      ['sandbox', 1],
      ['production', 2],
    ])
  })

  it('says once what is wrong with the headers', () => {
    const one = book()
    for (let i = 0; i < 3; i++)
      one.read('sandbox', { ...headersAt(START, { '15m': [1, 2300] }), used: 'x' }, START, NOBODY)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('rate-limit headers: a value that is no count')
  })

  it('names the windows with nothing left', () => {
    const headers = headersAt(START, { '15m': [2300, 2300], '30m': [2300, 4500], '1h': [8800, 8800] })
    expect(book().read('sandbox', headers, START, NOBODY)).toEqual(['15m', '1h'])
    expect(book().read('sandbox', headersAt(START, { '15m': [1, 2300] }), START, NOBODY)).toBeUndefined()
  })

  it('forecasts 0 seconds when nothing is left', () => {
    const one = book()
    one.read('sandbox', headersAt(START, { '15m': [2300, 2300] }), START, NOBODY)
    expect(one.states(START)).toMatchObject([{ remaining: 0, secondsToEmpty: 0 }])
    expect(one.states(START + 900_000)[0]).not.toHaveProperty('secondsToEmpty')
  })
})

// Quotas of several client ids of one environment.

describe('several client ids', () => {
  const quota = (calls: number) => headersAt(START, { '15m': [calls, 2300] })

  it('without aliases: the quota of the one seen last, and one line', () => {
    const book = new QuotaAccounts({})
    for (const [client, calls] of [
      ['acme', 9],
      ['bolt', 1],
      ['acme', 9],
      ['bolt', 2],
    ] as const) {
      book.read('sandbox', quota(calls), START, () => client)
    }
    expect(book.states(START)).toMatchObject([{ used: 2 }])
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('two client ids in one environment')
    expect(said[0]).not.toMatch(/acme|bolt/)
  })

  it('with aliases: each for itself, under its alias', () => {
    const book = new QuotaAccounts({ acme: 'fr', bolt: 'uk' })
    book.read('sandbox', quota(9), START, () => 'acme')
    book.read('sandbox', quota(1), START, () => 'bolt')
    book.read('sandbox', quota(5), START, () => 'somebody')
    book.read('sandbox', quota(700), START, NOBODY)
    expect(book.states(START)).toMatchObject([
      { account: 'fr', used: 9 },
      { account: 'uk', used: 1 },
    ])
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('does not list')
    expect(said[0]).not.toContain('somebody')
  })

  it('with a single alias: a token call can be of no other account', () => {
    const book = new QuotaAccounts({ acme: 'fr' })
    book.read('sandbox', quota(1), START, NOBODY)
    expect(book.states(START)).toEqual([])
    book.read('sandbox', quota(9), START, () => 'acme')
    book.read('sandbox', headersAt(START + 1000, { '15m': [10, 2300] }), START, NOBODY)
    expect(book.states(START)).toMatchObject([{ account: 'fr', used: 10 }])
  })

  it('with a single alias: unless a client id without one was seen', () => {
    const book = new QuotaAccounts({ acme: 'fr' })
    book.read('sandbox', quota(2200), START, () => 'acme')
    book.read('sandbox', headersAt(START + 1000, { '15m': [5, 2300] }), START, () => 'somebody')
    book.read('sandbox', headersAt(START + 2000, { '15m': [6, 2300] }), START, NOBODY)
    expect(book.states(START)).toMatchObject([{ account: 'fr', used: 2200 }])
  })
})
