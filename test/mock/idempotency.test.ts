/** Idempotency keys of the mock. */
import { describe, expect, it } from 'vitest'
import { advance, call, headers, KEY, mock, sdk, USER_ID, WALLET_ID } from '../support/mock-calls.ts'

describe('idempotency', () => {
  const transfer = (key: string) =>
    call('POST', '/transfers', { body: '{"Tag":"first"}', headers: { 'idempotency-key': key } })

  it('refuses a key for 24 h and tells the first answer on request', async () => {
    const first = await transfer(KEY)
    expect(first.status).toBe(200)
    const second = await transfer(KEY)
    expect([second.status, second.body.Type, second.body.errors]).toEqual([409, 'idempotent_creation_conflict', null])
    const stored = await call('GET', `/responses/${KEY}`)
    expect(stored.body).toMatchObject({ StatusCode: '200', Resource: { Id: first.body.Id, Tag: 'first' } })
    advance(86_400_000)
    headers['authorization'] = `Bearer ${mock.issueToken()}`
    expect((await transfer(KEY)).status).toBe(200)
  })

  it('tells a stored error inside a 200, and 400 for a key it does not know', async () => {
    mock.failNext({ kind: 'status', status: 500 })
    await transfer(KEY)
    expect(await call('GET', `/responses/${KEY}`)).toMatchObject({ status: 200, body: { StatusCode: '500' } })
    const unknown = await call('GET', '/responses/never-used-before-key')
    expect([unknown.status, unknown.body.Type]).toEqual([400, 'correlationid_not_found'])
  })

  it('is not used up by a call that was never let in', async () => {
    for (const fault of [{ kind: 'edge', status: 502 }, { kind: 'credentials' }] as const) {
      mock.failNext(fault)
      await transfer(KEY)
    }
    expect((await transfer(KEY)).status).toBe(200)
  })

  it('is not used up by a 429, whether by the quota or by order', async () => {
    mock.spend(2_300)
    expect((await transfer(KEY)).status).toBe(429)
    mock.rest()
    mock.failNext({ kind: 'status', status: 429 })
    expect((await transfer(KEY)).status).toBe(429)
    expect((await call('GET', `/responses/${KEY}`)).body.Type).toBe('correlationid_not_found')
    expect((await transfer(KEY)).status).toBe(200)
    mock.failNext({ kind: 'status', status: 429 })
    expect((await transfer(KEY)).status).toBe(429)
    expect((await call('GET', `/responses/${KEY}`)).body).toMatchObject({ StatusCode: '200' })
  })

  it('is not used up by a redirect, and the redirected call does use it', async () => {
    mock.failNext({ kind: 'redirect' })
    expect((await transfer(KEY)).status).toBe(200)
    expect((await transfer(KEY)).status).toBe(409)
    expect(mock.log.entries.map(({ status }) => status)).toEqual([307, 200, 409])
  })

  it('refuses a malformed key', async () => {
    const refused = await transfer('short')
    expect(refused).toMatchObject({ status: 400, body: { Type: 'param_error', errors: null } })
    expect(refused.body.Message).toContain('idempotency key')
  })

  it('is reached through the SDK', async () => {
    const options = { headers: { 'Idempotency-Key': KEY } }
    const data = {
      AuthorId: USER_ID,
      DebitedFunds: { Currency: 'EUR', Amount: 1 },
      Fees: { Currency: 'EUR', Amount: 0 },
      DebitedWalletId: WALLET_ID,
      CreditedWalletId: WALLET_ID,
    } as const
    await sdk.Transfers.create({ ...data }, options)
    await expect(sdk.Transfers.create({ ...data }, { headers: { 'Idempotency-Key': KEY } })).rejects.toMatchObject({
      Type: 'idempotent_creation_conflict',
    })
    expect(await sdk.Idempotency.get(KEY)).toMatchObject({ StatusCode: '200' })
  })
})
