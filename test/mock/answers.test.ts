/** What the mock answers, to plain HTTP and to Mangopay's own SDK. */

import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import axios from 'axios'
import { describe, expect, it } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { OFFICIAL_ROUTES } from '../../examples/mock/route-table.ts'
import { matchRoute, operationShape, ROUTE_LINES, shapeOfRequest } from '../../examples/mock/routes.ts'
import { advance, call, headers, KEY, mock, newSdk, sdk, USER_ID, WALLET_ID } from '../support/mock-calls.ts'

/** A request that no HTTP client of Node would send. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(mock.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.setTimeout(2_000, () => socket.destroy())
  })

describe('answers', () => {
  it('lets a token expire after its time, and revokes all at once', async () => {
    expect((await call('GET', '/events')).status).toBe(200)
    advance(1_199_999)
    expect((await call('GET', '/events')).status).toBe(200)
    advance(1)
    const expired = await call('GET', '/events')
    expect([expired.status, expired.body.Type]).toEqual([401, 'invalid_credentials'])
    headers['authorization'] = `Bearer ${mock.issueToken()}`
    mock.revokeTokens()
    expect((await call('GET', '/events')).status).toBe(401)
  })

  it('gives a token for grant_type=client_credentials alone, after it has looked at the credentials', async () => {
    const ask = async (body: string | undefined, apiKey: string = DEMO_CLIENT.apiKey, kind = '') => {
      const answered = await fetch(`${mock.url}/v2.01/oauth/token${kind}`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${DEMO_CLIENT.clientId}:${apiKey}`)}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        ...(body === undefined ? {} : { body }),
      })
      const told = (await answered.json()) as Record<string, unknown>
      return [answered.status, 'access_token' in told ? Object.keys(told) : told]
    }
    const token = [200, ['access_token', 'token_type', 'expires_in']]
    expect(await ask('grant_type=client_credentials')).toEqual(token)
    expect(await ask('grant_type=client_credentials&scope=all')).toEqual(token)
    for (const body of [undefined, '', 'grant_type=', 'scope=all', '{"grant_type":"client_credentials"}']) {
      expect([body, ...(await ask(body))]).toEqual([body, 400, { error: 'invalid_request' }])
    }
    for (const type of ['password', 'Client_Credentials', 'client_credentials ']) {
      expect(await ask(`grant_type=${encodeURIComponent(type)}`)).toEqual([400, { error: 'unsupported_grant_type' }])
    }
    expect(await ask('grant_type=password', 'wrong')).toEqual([401, { error: 'invalid_client' }])
    // What these want in their body is not established.
    expect(await ask(undefined, undefined, '/embedded/checkout')).toEqual(token)
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
    const answers = [
      await call('POST', '/wallets', { body: '{"a"' }),
      await call('POST', '/wallets', { body: 'a=1', headers: { 'content-type': 'text/plain' } }),
      await call('POST', '/wallets', { body: JSON.stringify({ File: 'x'.repeat(1_000) }) }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([400, 415, 413])
    expect(answers[0]?.body).toMatchObject({ Type: 'param_error', errors: null })
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

// The mock's answers as Mangopay's own SDK takes them.

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

const official = readFileSync(new URL('../request/routes.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [, method, template = ''] = line.split('\t')
    return `${method} ${template.split('?')[0]?.replace(/\/$/, '')}`
  })

describe('routes of the mock', () => {
  it('has every row of the official table and no other in the official part', () => {
    expect(OFFICIAL_ROUTES.trim().split('\n').sort()).toEqual(official.sort())
  })

  it('finds its own template for every row, with ids that no literal is spelled like', () => {
    const missed = ROUTE_LINES.filter((line) => {
      const [method = '', template = ''] = line.split(' ')
      const target = template.replace('{apiVersion}', 'v2.01').replace(/\{(\w+)\}/g, 'x-$1')
      return shapeOfRequest(method, target) !== operationShape(line)
    })
    expect(missed).toEqual([])
  })

  it.each([
    ['GET', '/v2.01/me/disputes/pendingsettlement', 'get /disputes/pendingsettlement'],
    ['GET', '/v2.01/me/disputes/4659626451', 'get /disputes/{}'],
    ['GET', '/v2.01/me/recipients/schema?country=FR', 'get /recipients/schema'],
    ['GET', '/v2.01/users/users/4659626451/', 'get /users/{}'],
    ['POST', '/$%7BapiVersion%7D/oauth/token', 'post /oauth/token'],
    ['GET', '/v2.01/me/users/1/KYC/documents', 'get /users/{}/kyc/documents'],
    ['GET', '/V3.0/me/payins/intents/int_1', 'get /payins/intents/{}'],
    ['DELETE', '/v2.01/me/payins/1', undefined],
    ['GET', '/v2.01/me//users/1', undefined],
    ['GET', '/users/1', undefined],
  ])('reads %s %s', (method, target, shape) => {
    expect(shapeOfRequest(method, target)).toBe(shape)
  })

  it('knows the path of an unknown method, which makes the difference between 405 and 404', () => {
    expect([...(matchRoute('/v2.01/me/users/natural/1')?.methods.keys() ?? [])].sort()).toEqual([
      'DELETE',
      'GET',
      'PUT',
    ])
    expect(matchRoute('/v2.01/me/nothing')).toBeUndefined()
  })
})
