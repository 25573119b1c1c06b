/**
 * The real instrumentations of this process, and the real clients behind one call. Instrumentation must be in place
 * before a client is loaded, so clients are required here and nowhere else.
 */
import { createRequire } from 'node:module'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { node } from '@opentelemetry/sdk-node'
import type { AxiosStatic } from 'axios'
import type MangopaySdk from 'mangopay4-nodejs-sdk'

/** The http instrumentation; each lab gives it its provider and its hook. */
export const httpInstrumentation = new HttpInstrumentation()
/** The undici instrumentation, which also sees Node's own `fetch`. */
export const undiciInstrumentation = new UndiciInstrumentation()

// Context and propagation as every Node app has them. The provider itself stays unused: each lab has its own.
new node.NodeTracerProvider().register()

const require = createRequire(import.meta.url)
// What is patched is what `require` returns from now on; the clients below are CommonJS, as in most apps.
require('node:http')
require('node:https')
const axios: AxiosStatic = require('axios')
const undici: typeof import('undici') = require('undici')
const Sdk: typeof MangopaySdk = require('mangopay4-nodejs-sdk')

/** The clients of the tests. */
export type ClientName = 'sdk' | 'axios' | 'fetch' | 'undici'

/** One request to make. */
export interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Whole URL. */
  url: string
  body?: unknown
  headers?: Record<string, string>
  /** Gives up after this long, in the way usual with the client. */
  timeout?: number
  /** Follow redirects. Default true. */
  follow?: boolean
  signal?: AbortSignal
}

/** How a call went for the app. */
interface Told {
  status?: number
  body?: unknown
  error?: unknown
}

/** Makes a call and tells how it went; never rejects. */
export type Call = (ask: Ask) => Promise<Told>

const headersOf = ({ headers, body }: Ask) => ({
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...headers,
})

/** Text, such as a form, as it stands; the rest as JSON. */
const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body))

/** axios with its http adapter. */
export const axiosCall: Call = async (ask) => {
  try {
    const { status, data } = await axios.request({
      method: ask.method,
      url: ask.url,
      headers: headersOf(ask),
      data: ask.body,
      validateStatus: () => true,
      ...(ask.timeout === undefined ? {} : { timeout: ask.timeout }),
      ...(ask.follow === false ? { maxRedirects: 0 } : {}),
      ...(ask.signal === undefined ? {} : { signal: ask.signal }),
    })
    return { status, body: data }
  } catch (error) {
    return { error }
  }
}

/** Node's own fetch. */
export const fetchCall: Call = async (ask) => {
  let status: number | undefined
  try {
    const response = await fetch(ask.url, {
      method: ask.method,
      headers: headersOf(ask),
      redirect: ask.follow === false ? 'manual' : 'follow',
      signal: ask.signal ?? (ask.timeout === undefined ? null : AbortSignal.timeout(ask.timeout)),
      ...(ask.body === undefined ? {} : { body: textOf(ask.body) }),
    })
    status = response.status
    return { status, body: await response.text() }
  } catch (error) {
    return { ...(status === undefined ? {} : { status }), error }
  }
}

/** `request` of undici, which follows no redirects. */
export const undiciCall: Call = async (ask) => {
  let status: number | undefined
  try {
    const { timeout, signal } = ask
    const response = await undici.request(ask.url, {
      method: ask.method,
      headers: headersOf(ask),
      ...(timeout === undefined ? {} : { headersTimeout: timeout, bodyTimeout: timeout }),
      ...(signal === undefined ? {} : { signal }),
      ...(ask.body === undefined ? {} : { body: textOf(ask.body) }),
    })
    status = response.statusCode
    return { status, body: await response.body.text() }
  } catch (error) {
    return { ...(status === undefined ? {} : { status }), error }
  }
}

/** Where the SDK finds its Mangopay. */
export interface SdkAccount {
  baseUrl: string
  clientId: string
  clientApiKey: string
}

/** Mangopay's own SDK. Its first call fetches a token. */
export const makeSdk = (account: SdkAccount, connectionTimeout = 30_000): MangopaySdk => {
  const api = new Sdk({ ...account, connectionTimeout, responseTimeout: 30_000, errorHandler: () => {} })
  // The token of the last instance is kept on the prototype.
  const { headers } = (api as unknown as { requestOptions: { headers: Record<string, string> } }).requestOptions
  for (const name of Object.keys(headers)) if (!['Content-Type', 'User-Agent'].includes(name)) delete headers[name]
  return api
}

/** Any request through the SDK's own way for what it has no method of. */
export const sdkCall =
  (api: MangopaySdk): Call =>
  async (ask) => {
    try {
      const verb = ask.method.toLowerCase()
      const response = await api.method(verb as never, () => {}, {
        url: ask.url,
        data: ask.body,
        resolveWithFullResponse: true,
        ...(ask.headers === undefined ? {} : { headers: ask.headers }),
      } as never)
      return { status: (response as unknown as { status: number }).status, body: response }
    } catch (error) {
      return { ...statusIn(error), error }
    }
  }

function statusIn(error: unknown): Told {
  const status = typeof error === 'object' && error !== null ? (error as { status?: unknown }).status : undefined
  return typeof status === 'number' ? { status } : {}
}
