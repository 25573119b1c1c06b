/** The mock's answers as Mangopay's own SDK takes them. */
import { describe, expect, it } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { call, mock, newSdk, sdk, USER_ID, WALLET_ID } from '../support/mock-calls.ts'

describe('the real SDK', () => {
  it('gets a token, reads, writes and sees the quota', async () => {
    const user = await sdk.Users.get(USER_ID)
    expect(user.Id).toBe(USER_ID)
    const wallet = await sdk.Wallets.create({ Owners: [USER_ID], Description: 'Savings', Currency: 'EUR' })
    expect(wallet.Id).toMatch(/^wlt_m_01[0-9A-Z]{24}$/)
    expect(wallet.Description).toBe('Savings')
    expect(sdk.rateLimits.map(({ callsMade, callsRemaining }) => [callsMade, callsRemaining])).toEqual([
      [2, 2298],
      [2, 4498],
      [2, 8798],
      [2, 105598],
    ])
    const list = await sdk.Wallets.getTransactions(WALLET_ID)
    expect(list).toHaveLength(2)
    expect(
      mock.log.entries.map(({ method, path, status, state, clientId }) => [method, path, status, state, clientId]),
    ).toEqual([
      ['POST', '/v2.01/oauth/token', 200, 'answered', 'demo-platform'],
      ['GET', `/v2.01/demo-platform/users/${USER_ID}`, 200, 'answered', 'demo-platform'],
      ['POST', '/v2.01/demo-platform/wallets', 200, 'answered', 'demo-platform'],
      ['GET', `/v2.01/demo-platform/wallets/${WALLET_ID}/transactions`, 200, 'answered', 'demo-platform'],
    ])
  })

  it.each([
    [400, 'param_error'],
    [401, 'invalid_credentials'],
    [403, 'forbidden_ressource'],
    [404, 'ressource_not_found'],
    [409, 'idempotent_creation_conflict'],
    [429, 'rate_limit'],
    [500, 'other'],
  ])('rejects with the body of a %i, Type %s', async (status, type) => {
    mock.failNext({ kind: 'status', status })
    const error = await sdk.Users.get(USER_ID).catch((body) => body)
    expect(error.Type).toBe(type)
    expect(error.Message).toEqual(expect.any(String))
    if (status !== 401) expect(error.Id).toMatch(/^[0-9a-f-]{36}#\d{10}$/)
    expect(mock.log.totals().statuses[status]).toBe(1)
  })

  it.each([405, 413, 415, 422])('rejects with a body without Type for %i', async (status) => {
    mock.failNext({ kind: 'status', status })
    const error = await sdk.Users.get(USER_ID).catch((body) => body)
    expect(Object.keys(error)).toEqual(['Message'])
  })

  it('rejects with a page for what the edge answers, which knows no quota', async () => {
    for (const status of [403, 502, 503, 504, 520] as const) {
      mock.failNext({ kind: 'edge', status })
      await expect(sdk.Users.get(USER_ID)).rejects.toMatch(/^<!DOCTYPE html>/)
      mock.failNext({ kind: 'edge', status })
      const { headers: answered } = await call('GET', '/events')
      expect(answered.get('x-ratelimit')).toBeNull()
    }
    expect(mock.used()).toEqual([0, 0, 0, 0])
  })

  it('is refused a token for a wrong key, and for a locked client with 400', async () => {
    await expect(newSdk('wrong').Users.get(USER_ID)).rejects.toEqual({ error: 'invalid_client' })
    mock.lock(DEMO_CLIENT.clientId)
    await expect(newSdk(DEMO_CLIENT.apiKey).Users.get(USER_ID)).rejects.toMatchObject({ error: 'unauthorized_client' })
    expect(mock.log.totals().statuses).toEqual({ 400: 1, 401: 1 })
  })

  it('meets credentials that were rotated: the call fails, and the next token call too', async () => {
    await sdk.Users.get(USER_ID)
    mock.setFaults([{ share: 1, fault: { kind: 'credentials' } }])
    await expect(sdk.Users.get(USER_ID)).rejects.toMatchObject({ Type: 'invalid_credentials' })
    await expect(newSdk(DEMO_CLIENT.apiKey).Users.get(USER_ID)).rejects.toEqual({ error: 'invalid_client' })
  })
})
