/** Quotas of several client ids of one environment. */
import { describe, expect, it } from 'vitest'
import { QuotaAccounts } from '../../src/quota/accounts.ts'
import { headersAt, START } from '../support/quota-headers.ts'
import { said } from '../support/traced-calls.ts'

const NOBODY = () => undefined

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
