import axios from 'axios'
import MangopaySdk from 'mangopay4-nodejs-sdk'
import type { Client } from '../scenarios.ts'
import type { PlannedCall } from './operations.ts'

/** Where Mangopay is and who calls it. */
export interface Account {
  baseUrl: string
  clientId: string
  apiKey: string
  /** Milliseconds after which every client gives up. */
  timeout: number
}

/** How one call went for the app that made it. */
export type Verdict = 'answered' | 'failed'

/** Makes a planned call and tells how it went. Never rejects. */
export type Caller = (call: PlannedCall) => Promise<Verdict>

/** The three ways this app reaches Mangopay. Import this file after the instrumentations are in place. */
export const makeCallers = (account: Account): Record<Client, Caller> => ({
  sdk: throughSdk(account),
  axios: throughAxios(account),
  fetch: throughFetch(account),
})

/**
 * The official SDK. On a connection reset its promise never settles (its error handler reads a response that does not
 * exist); the rejection that nobody holds is all that is heard of such a call, see `app.ts`.
 */
const throughSdk = (account: Account): Caller => {
  const api = new MangopaySdk({
    clientId: account.clientId,
    clientApiKey: account.apiKey,
    baseUrl: account.baseUrl,
    connectionTimeout: account.timeout,
    // axios' own time-out must never win against the SDK's: it is one of the errors the SDK dies of. It is the only
    // one of token calls, though, so it cannot be left out.
    responseTimeout: account.timeout + 500,
    errorHandler: () => {},
  })
  const send = ({ operation, id = '', body = {}, idempotencyKey }: PlannedCall): Promise<unknown> => {
    const options = idempotencyKey === undefined ? {} : { headers: { 'Idempotency-Key': idempotencyKey } }
    switch (operation) {
      case 'GET /users/{userId}':
        return api.Users.get(id)
      case 'GET /wallets/{walletId}':
        return api.Wallets.get(id)
      case 'GET /wallets/{walletId}/transactions':
        return api.Wallets.getTransactions(id)
      case 'GET /payouts/{payoutId}':
        return api.PayOuts.get(id)
      case 'POST /payins/card/direct':
        return api.PayIns.create(body as unknown as Parameters<typeof api.PayIns.create>[0], options)
      case 'POST /transfers':
        return api.Transfers.create(body as unknown as Parameters<typeof api.Transfers.create>[0], options)
      case 'POST /payouts/bankwire':
        return api.PayOuts.create(body as unknown as Parameters<typeof api.PayOuts.create>[0], options)
      case 'POST /users/natural':
        return api.Users.create(body as unknown as Parameters<typeof api.Users.create>[0])
      case 'POST /wallets':
        return api.Wallets.create(body as unknown as Parameters<typeof api.Wallets.create>[0])
      case 'POST /cardregistrations':
        return api.CardRegistrations.create(body as unknown as Parameters<typeof api.CardRegistrations.create>[0])
      default:
        throw new RangeError(`no method of the SDK is known for "${operation}"`)
    }
  }
  return (call) =>
    send(call).then(
      (): Verdict => 'answered',
      (): Verdict => 'failed',
    )
}

/** A token that is asked for once, however many calls wait for it, and again when it was refused. */
const tokenHolder = (request: () => Promise<{ access_token: string; expires_in: number }>) => {
  let pending: Promise<string> | undefined
  return {
    get: (): Promise<string> => {
      if (!pending) {
        pending = request().then((answer) => {
          setTimeout(forget, (answer.expires_in - 60) * 1_000).unref()
          return answer.access_token
        })
        pending.catch(forget)
      }
      return pending
    },
    forget,
  }
  function forget() {
    pending = undefined
  }
}

const requestHeaders = (call: PlannedCall, token: string): Record<string, string> => ({
  Authorization: `Bearer ${token}`,
  'Content-Type': 'application/json',
  ...(call.idempotencyKey === undefined ? {} : { 'Idempotency-Key': call.idempotencyKey }),
})

const throughAxios = (account: Account): Caller => {
  const api = axios.create({ baseURL: `${account.baseUrl}/v2.01`, timeout: account.timeout })
  const token = tokenHolder(async () => {
    const auth = { username: account.clientId, password: account.apiKey }
    const form = new URLSearchParams({ grant_type: 'client_credentials' })
    return (await api.post('/oauth/token', form, { auth })).data
  })
  return async (call) => {
    try {
      const headers = requestHeaders(call, await token.get())
      const url = `/${account.clientId}${call.path}`
      await api.request({ method: call.method, url, headers, ...(call.body ? { data: call.body } : {}) })
      return 'answered'
    } catch (error) {
      // A 401 with a challenge asks for the end user, not for a new token.
      const refused = axios.isAxiosError(error) && error.response?.status === 401
      if (refused && !error.response?.headers['www-authenticate']) token.forget()
      return 'failed'
    }
  }
}

const throughFetch = (account: Account): Caller => {
  const base = `${account.baseUrl}/v2.01`
  const send = (url: string, init: RequestInit) =>
    fetch(`${base}${url}`, { ...init, signal: AbortSignal.timeout(account.timeout) })
  const token = tokenHolder(async () => {
    const basic = Buffer.from(`${account.clientId}:${account.apiKey}`).toString('base64')
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const response = await send('/oauth/token', { method: 'POST', headers: { Authorization: `Basic ${basic}` }, body })
    if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`)
    return (await response.json()) as { access_token: string; expires_in: number }
  })
  return async (call) => {
    try {
      const headers = requestHeaders(call, await token.get())
      const body = call.body ? { body: JSON.stringify(call.body) } : {}
      const response = await send(`/${account.clientId}${call.path}`, { method: call.method, headers, ...body })
      await response.text()
      if (response.status === 401 && !response.headers.has('www-authenticate')) token.forget()
      return response.ok ? 'answered' : 'failed'
    } catch {
      return 'failed'
    }
  }
}
