import { connect } from 'node:net'
import axios from 'axios'
import Mangopay from 'mangopay4-nodejs-sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEMO_CLIENT } from '../examples/mock/options.ts'
import { type Mock, startMock } from '../examples/mock/server.ts'

const USER_ID = 'user_m_01J82SPSKW53XZM936PDVN76W0'
const WALLET_ID = 'wlt_m_01J82SPSKW53XZM936PDVN76W1'
const KEY = 'order-0123456789abcdef'

let now = 1_795_000_000_000
let mock: Mock
let sdk: Mangopay
let headers: Record<string, string>

beforeEach(async () => {
  now = 1_795_000_000_000
  mock = await startMock({ clock: () => now, maximumBody: 1_000 })
  headers = { authorization: `Bearer ${mock.issueToken()}`, 'content-type': 'application/json' }
  sdk = newSdk(DEMO_CLIENT.apiKey)
})
afterEach(() => mock.close())

const newSdk = (clientApiKey: string) => {
  const client = new Mangopay({
    clientId: DEMO_CLIENT.clientId,
    clientApiKey,
    baseUrl: mock.url,
    errorHandler: () => {},
  })
  // The SDK shares headers between all clients of a process: a token of the test before must not be used here.
  // biome-ignore lint/suspicious/noExplicitAny: not in the SDK's types
  delete (client as any).requestOptions.headers.Authorization
  return client
}

const call = async (method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) => {
  const response = await fetch(`${mock.url}/v2.01/demo-platform${path}`, {
    method,
    ...(init.body === undefined ? {} : { body: init.body }),
    headers: { ...headers, ...init.headers },
  })
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: type.includes('json') ? JSON.parse(text) : {},
  }
}

/** A request that no HTTP client of Node would send. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(mock.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.setTimeout(300, () => socket.destroy())
  })

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

describe('answers', () => {
  it('lets a token expire after its time, and revokes all at once', async () => {
    expect((await call('GET', '/events')).status).toBe(200)
    now += 1_199_999
    expect((await call('GET', '/events')).status).toBe(200)
    now += 1
    const expired = await call('GET', '/events')
    expect([expired.status, expired.body.Type]).toEqual([401, 'invalid_credentials'])
    headers['authorization'] = `Bearer ${mock.issueToken()}`
    mock.revokeTokens()
    expect((await call('GET', '/events')).status).toBe(401)
  })

  it('asks for strong customer authentication in a header', async () => {
    mock.setFaults([{ share: 1, fault: { kind: 'sca' }, only: ['GET /wallets/{walletId}'] }])
    const asked = await call('GET', `/wallets/${WALLET_ID}`)
    expect(asked.status).toBe(401)
    expect(asked.headers.get('www-authenticate')).toMatch(/^PendingUserAction RedirectUrl=https:\/\//)
    expect((await call('GET', `/users/${USER_ID}`)).status).toBe(200)
  })

  it('answers an unknown route with a message only, and a known one with another method by 405', async () => {
    const unknown = await call('GET', '/no/such/route')
    expect([unknown.status, Object.keys(unknown.body)]).toEqual([404, ['Message']])
    const method = await call('DELETE', `/wallets/${WALLET_ID}`)
    expect([method.status, method.body]).toEqual([
      405,
      { Message: "The requested resource does not support http method 'DELETE'." },
    ])
  })

  it('refuses what is no JSON, another media type, too much, and a client id that is not the token’s', async () => {
    const statuses = [
      await call('POST', '/wallets', { body: '{"a"' }),
      await call('POST', '/wallets', { body: 'a=1', headers: { 'content-type': 'text/plain' } }),
      await call('POST', '/wallets', { body: JSON.stringify({ File: 'x'.repeat(1_000) }) }),
    ].map(({ status }) => status)
    expect(statuses).toEqual([400, 415, 413])
    const foreign = await fetch(`${mock.url}/v2.01/somebody-else/events`, { headers })
    expect(foreign.status).toBe(403)
  })

  it('wants a length: 411, in HTML', async () => {
    const { authorization } = headers
    const answer = await raw(
      `POST /v2.01/demo-platform/wallets HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 411 Length Required\r\n/)
    expect(answer).toContain('<h1>HTTP Error 411')
  })

  it('answers what is no HTTP, and counts it apart', async () => {
    expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
    expect(mock.log.totals()).toMatchObject({ requests: 0, malformed: 1 })
  })

  it('answers 204, and 200 without a body', async () => {
    for (const status of [204, 200] as const) {
      mock.failNext({ kind: 'empty', status })
      expect(await call('GET', '/events')).toMatchObject({ status, text: '' })
    }
  })

  it.each([301, 302, 303, 307, 308] as const)('redirects by %i, and axios and fetch follow', async (status) => {
    mock.failNext({ kind: 'redirect', status }, 2, ['GET /events'])
    expect(
      (
        await axios.get(`${mock.url}/v2.01/demo-platform/events?page=1`, {
          headers,
          maxRedirects: 0,
          validateStatus: () => true,
        })
      ).status,
    ).toBe(status)
    expect((await call('GET', '/events?page=1')).status).toBe(200)
    expect(mock.log.entries.map(({ path, status: sent }) => [path, sent])).toEqual([
      ['/v2.01/demo-platform/events?page=1', status],
      ['/v2.01/demo-platform/events?page=1', status],
      ['/v2.01/demo-platform/events/?page=1', 200],
    ])
  })

  it('remembers every id, key and token', async () => {
    await call('POST', '/transfers', { body: '{}', headers: { 'idempotency-key': KEY } })
    const { body } = await call('GET', `/users/${USER_ID}/wallets`)
    const token = headers['authorization']?.slice('Bearer '.length)
    for (const secret of [USER_ID, KEY, token, body[0].Id, DEMO_CLIENT.apiKey]) expect(mock.secrets).toContain(secret)
  })
})

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
    now += 86_400_000
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

  it('is not used up by a redirect, and the redirected call does use it', async () => {
    mock.failNext({ kind: 'redirect' })
    expect((await transfer(KEY)).status).toBe(200)
    expect((await transfer(KEY)).status).toBe(409)
    expect(mock.log.entries.map(({ status }) => status)).toEqual([307, 200, 409])
  })

  it('refuses a malformed key', async () => {
    expect((await transfer('short')).status).toBe(400)
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
