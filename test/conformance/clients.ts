/**
 * The clients under test behind one call. Each does what an app would write with it; a promise that rejects, or never
 * settles, is part of the case.
 */
import type { Act } from './cases.ts'

/** One request to make. */
interface Ask {
  act: Act
  method: 'GET' | 'POST'
  origin: string
  path: string
  /** The SDK is to fetch a token first. */
  token: boolean
}

/** A client: the acts it knows, and the call. */
export interface Client {
  acts: readonly Act[]
  /** Operations it calls, where they are not those of the plain clients. */
  post?: string
  call(ask: Ask): Promise<unknown>
}

const wait = 150
const body = '{"Amount":1}'
const json = { 'content-type': 'application/json' }
const basics = ['plain', 'signal', 'abort', 'unread', 'manual'] as const

// biome-ignore lint/suspicious/noExplicitAny: packages of five SDK lines, loaded at run time, have no common types.
type Loaded = any

/** Aborts as the act says. */
function signalFor(act: Act): AbortSignal | undefined {
  if (act === 'signal') return AbortSignal.timeout(wait)
  if (act !== 'abort' && act !== 'abort-error') return undefined
  const controller = new AbortController()
  setTimeout(() => controller.abort(act === 'abort-error' ? new Error('bye') : undefined), wait)
  return controller.signal
}

const axiosClient = (axios: Loaded, adapter: 'http' | 'fetch'): Client => ({
  acts: adapter === 'http' ? [...basics, 'timeout', 'follow'] : ['plain', 'signal', 'abort', 'timeout', 'follow'],
  call: (ask) =>
    axios.request({
      method: ask.method,
      url: ask.origin + ask.path,
      adapter,
      headers: json,
      ...(ask.method === 'POST' && { data: body }),
      ...(ask.act === 'timeout' && { timeout: wait }),
      ...(ask.act === 'unread' && { responseType: 'stream' }),
      ...(ask.act === 'manual' && { maxRedirects: 0 }),
      signal: signalFor(ask.act),
    }),
})

/** Time-outs of undici, which `fetch` has only by way of a dispatcher. */
const undiciTimes = { headersTimeout: wait, bodyTimeout: wait, connect: { timeout: wait } }

const fetchClient = (undici: Loaded): Client => ({
  acts: [...basics, 'abort-error', 'timeout', 'follow'],
  call: async (ask) => {
    const response = await fetch(ask.origin + ask.path, {
      method: ask.method,
      headers: json,
      redirect: ask.act === 'manual' ? 'manual' : 'follow',
      signal: signalFor(ask.act) ?? null,
      ...(ask.method === 'POST' && { body }),
      ...(ask.act === 'timeout' && { dispatcher: new undici.Agent(undiciTimes) }),
    })
    return ask.act === 'unread' ? response.status : response.text()
  },
})

const redirects = { maxRedirections: 3 }

const undiciClient = (undici: Loaded): Client => ({
  acts: [...basics, 'abort-error', 'timeout', 'follow'],
  call: async (ask) => {
    const response = await undici.request(ask.origin + ask.path, {
      method: ask.method,
      headers: json,
      ...(ask.method === 'POST' && { body }),
      ...(ask.act === 'timeout' && { dispatcher: new undici.Agent(undiciTimes) }),
      ...(ask.act === 'follow' && { dispatcher: new undici.Agent().compose(undici.interceptors.redirect(redirects)) }),
      signal: signalFor(ask.act),
    })
    return ask.act === 'unread' ? response.statusCode : response.body.text()
  },
})

const httpClient = (load: (name: string) => Loaded): Client => ({
  acts: [...basics, 'timeout'],
  call: (ask) =>
    new Promise((resolve, reject) => {
      const http: Loaded = load(ask.origin.startsWith('https') ? 'node:https' : 'node:http')
      const signal = signalFor(ask.act)
      const options = { method: ask.method, headers: json, ...(ask.act === 'timeout' && { timeout: wait }) }
      const request = http.request(
        ask.origin + ask.path,
        { ...options, ...(signal && { signal }) },
        (response: Loaded) => {
          response.on('end', resolve).on('error', reject)
          if (ask.act === 'unread') resolve(response.statusCode)
          else response.resume()
        },
      )
      // As Node's documentation says: the option only tells, the app destroys.
      request.on('timeout', () => request.destroy()).on('error', reject)
      request.end(ask.method === 'POST' ? body : undefined)
    }),
})

/** One of the two generations of Mangopay's SDK. */
const mangopay = (Sdk: Loaded): Client => ({
  acts: ['plain', 'signal', 'timeout', 'follow'],
  post: 'POST /transfers',
  call: (ask) => {
    const api = new Sdk({
      clientId: 'acme',
      clientApiKey: 'key',
      baseUrl: ask.origin,
      errorHandler: () => {},
      connectionTimeout: ask.act === 'signal' ? wait : 30_000,
      responseTimeout: ask.act === 'timeout' ? wait : 30_000,
    })
    if (ask.token) {
      // The headers are kept on the prototype and outlive the instance.
      delete api.requestOptions.headers.Authorization
      return api.authorize()
    }
    api.requestOptions.headers.Authorization = 'bearer token'
    api.authorizationExpireTime = Date.now() + 3_600_000
    if (ask.method === 'GET') return api.Users.get('user_m_01')
    return api.Transfers.create({ AuthorId: 'user_m_01', DebitedFunds: { Amount: 1, Currency: 'EUR' } })
  },
})

/** All clients; to be called when the instrumentations are in place, since it loads what they patch. */
export const clients = (load: (name: string) => Loaded): Readonly<Record<string, Client>> => ({
  axios: axiosClient(load('axios'), 'http'),
  'axios (fetch)': axiosClient(load('axios'), 'fetch'),
  fetch: fetchClient(load('undici')),
  undici: undiciClient(load('undici')),
  'node:http': httpClient(load),
  mangopay4: mangopay(load('mangopay4-nodejs-sdk')),
  mangopay2: mangopay(load('mangopay2-nodejs-sdk')),
})
