/** A mock whose clock stands still for each test, and calls of it: by the real SDK, and by fetch. */
import Mangopay from 'mangopay4-nodejs-sdk'
import { afterEach, beforeEach } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'

export const USER_ID = 'user_m_01J82SPSKW53XZM936PDVN76W0'
export const WALLET_ID = 'wlt_m_01J82SPSKW53XZM936PDVN76W1'
export const KEY = 'order-0123456789abcdef'

let now: number
export let mock: Mock
export let sdk: Mangopay
/** What `call` sends. */
export let headers: Record<string, string>

beforeEach(async () => {
  now = 1_795_000_000_000
  mock = await startMock({ clock: () => now, maximumBody: 1_000 })
  headers = { authorization: `Bearer ${mock.issueToken()}`, 'content-type': 'application/json' }
  sdk = newSdk(DEMO_CLIENT.apiKey)
})
afterEach(() => mock.close())

/** Sets the clock of the mock forward. */
export const advance = (milliseconds: number) => {
  now += milliseconds
}

export const newSdk = (clientApiKey: string) => {
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

export const call = async (
  method: string,
  path: string,
  init: { body?: string; headers?: Record<string, string> } = {},
) => {
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
