/** A SDK that cuts attribute values (`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`): a part of a URL may look like another route. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/request/routes.ts'
import { HOST, setUp, tagsOf } from '../support/traced-calls.ts'

const ID = 'm_01J82SPSKW53XZM936PDVN76W0'
const PATHS: readonly [path: string, operation: string][] = [
  [`/v2.01/acme/users/user_${ID}/wallets?page=1`, 'GET /users/{userId}/wallets'],
  [
    `/v2.01/acme/users/user_${ID}/bankaccounts/bank_${ID}/mandates`,
    'GET /users/{userId}/bankaccounts/{bankAccountId}/mandates',
  ],
  [`/v2.01/acme/wallets/wlt_${ID}/transactions`, 'GET /wallets/{walletId}/transactions'],
]

describe('a URL that was cut', () => {
  it('is told truly or not at all, wherever it was cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATHS), fc.integer({ min: 24, max: 160 }), ([path, operation], limit) => {
        const { start, answer, last } = setUp({}, undefined, { attributeValueLengthLimit: limit })
        const url = `https://${HOST}${path}`
        const cut = url.slice(0, limit)
        answer(start({ 'url.full': url }), 200)
        const isWhole = url.length < limit || cut.includes('?')
        expect(tagsOf(last())['mangopay.operation']).toBe((isWhole ? operation : '_OTHER').slice(0, limit))
        if (!isWhole) expect(tagsOf(last())['url.template']).toBe(undefined)
      }),
    )
  })

  it('is none of Mangopay’s with a limit of 256, as docs/limits.md says', () => {
    const longest = Object.entries(ROUTES).flatMap(([prefix, rows]) =>
      rows.map((row) => `https://api-mtls.sandbox.mangopay.com${prefix}${row.slice(row.indexOf(' ') + 1)}`),
    )
    const lengths = longest.map((url) => url.replace(/\{[^}]*\}/g, `user_${ID}`).length)
    expect(Math.max(...lengths)).toBeLessThan(256)
  })

  it('gives way to a path that was not', () => {
    const [path, operation] = PATHS[0] as [string, string]
    const { start, answer, last } = setUp({}, undefined, { attributeValueLengthLimit: 64 })
    answer(start({ 'url.full': `https://${HOST}${path}`, 'url.path': path.split('?')[0] as string }), 200)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.operation': operation, 'mangopay.outcome': 'success' })
  })

  it('is no other account', () => {
    const { mangopay, start, answer } = setUp({ accounts: { ac: 'another one', acme: 'ours' } }, undefined, {
      attributeValueLengthLimit: `https://${HOST}/v2.01/ac`.length,
    })
    const now = Date.now()
    const span = start({ 'url.full': `https://${HOST}/v2.01/acme/users` })
    const headers = {
      date: new Date(now).toUTCString(),
      'x-ratelimit': '1',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': `${Math.floor(now / 60_000) * 60 + 900}`,
    }
    mangopay.responseHook(span, { headers })
    answer(span, 200)
    expect(mangopay.snapshot().environments['sandbox']?.quota).toEqual([])
  })
})
