/**
 * Calls through a real proxy: each counted once, with its operation. A tunnel leaves the span as it is without a proxy;
 * axios' plain-HTTP way makes the proxy the server of the span, so that the proxy should be among `hosts`.
 */
import { createRequire } from 'node:module'
import { SpanKind } from '@opentelemetry/api'
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace-base'
import { afterEach, describe, expect, it } from 'vitest'
import { startProxy } from '../support/proxy.ts'
import './instrumented.ts' // before the clients are loaded
import { LAB_ENVIRONMENT, type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const require = createRequire(import.meta.url)
const axios: import('axios').AxiosStatic = require('axios')
const undici: typeof import('undici') = require('undici')

let lab: Lab
let proxy: Awaited<ReturnType<typeof startProxy>>
afterEach(async () => {
  delete process.env['http_proxy']
  await proxy.close()
  await lab.close()
})

type Send = (method: 'GET' | 'POST', url: string, headers: Record<string, string>) => Promise<unknown>

const proxyAgent = (proxyTunnel: boolean) => new undici.ProxyAgent({ uri: proxy.url, proxyTunnel })
const viaUndici =
  (dispatcher: () => import('undici').Dispatcher): Send =>
  async (method, url, headers) =>
    (await undici.request(url, { method, headers, dispatcher: dispatcher() })).body.text()
const viaFetch =
  (tunnel: boolean): Send =>
  async (method, url, headers) =>
    // An option of Node's fetch that the types of the web do not know.
    (await fetch(url, { method, headers, dispatcher: proxyAgent(tunnel) } as object)).text()
const viaAxios =
  (own: () => import('axios').AxiosRequestConfig): Send =>
  (method, url, headers) =>
    axios.request({ method, url, headers, validateStatus: () => true, ...own() })
const axiosProxy = (): import('axios').AxiosRequestConfig => {
  const { hostname: host, port } = new URL(proxy.url)
  return { proxy: { protocol: 'http', host, port: Number(port) } }
}

const TUNNELS: [string, Send][] = [
  ['undici ProxyAgent', viaUndici(() => proxyAgent(true))],
  ['undici EnvHttpProxyAgent', viaUndici(() => new undici.EnvHttpProxyAgent({ httpProxy: proxy.url }))],
  ['fetch with a ProxyAgent', viaFetch(true)],
]
const FORWARDED: [string, Send][] = [
  ['undici ProxyAgent', viaUndici(() => proxyAgent(false))],
  ['fetch with a ProxyAgent', viaFetch(false)],
]
const AXIOS: [string, Send][] = [
  ['the option proxy', viaAxios(axiosProxy)],
  [
    'the variable http_proxy',
    (...call) => {
      process.env['http_proxy'] = proxy.url
      return viaAxios(() => ({}))(...call)
    },
  ],
]

/** An answer, a 429, a write that may have been done, and a path that nobody knows. */
const callAll = async (send: Send): Promise<void> => {
  const headers = { authorization: `Bearer ${lab.mock.issueToken()}` }
  await send('GET', lab.url('/users/user_m_01SECRET?Email=secret'), headers)
  lab.mock.failNext({ kind: 'status', status: 429 })
  await send('GET', lab.url('/wallets/wlt_m_01SECRET'), headers)
  lab.mock.failNext({ kind: 'status', status: 500 })
  await send('POST', lab.url('/transfers'), headers)
  await send('GET', lab.url('/nothing/at_all'), headers)
}
const expectTold = (): void => {
  const told = lab
    .spans()
    .map(({ attributes }) => [
      attributes['mangopay.operation'],
      attributes['mangopay.error.category'],
      attributes['mangopay.outcome'],
    ])
  expect(told).toEqual([
    ['GET /users/{userId}', undefined, 'success'],
    ['GET /wallets/{walletId}', 'rate_limit', 'failure'],
    ['POST /transfers', 'server_error', 'unknown'],
    ['_OTHER', 'not_found', 'failure'],
  ])
}

it.each(TUNNELS)('a tunnel: %s', async (_, send) => {
  proxy = await startProxy()
  lab = await startLab()
  await callAll(send)
  expect(proxy.asked).toEqual(Array(4).fill(`CONNECT ${lab.mock.hostPort}`))
  expectTold()
  // The tunnel itself is no call.
  expect(lab.allSpans().filter(({ kind }) => kind === SpanKind.CLIENT)).toHaveLength(4)
  await expectTruth(lab)
})

it.each(FORWARDED)('forwarded: %s', async (_, send) => {
  proxy = await startProxy()
  lab = await startLab()
  await callAll(send)
  expect(proxy.asked).toHaveLength(4)
  expect(proxy.asked[2]).toBe(`POST ${lab.url('/transfers')}`)
  expectTold()
  await expectTruth(lab)
})

it.each(AXIOS)('forwarded: axios with %s, the proxy among the hosts', async (_, send) => {
  proxy = await startProxy()
  lab = await startLab({ hosts: { [proxy.hostPort]: LAB_ENVIRONMENT } })
  await callAll(send)
  expect(proxy.asked).toHaveLength(4)
  expect(proxy.asked[2]).toBe(`POST ${lab.url('/transfers')}`)
  expectTold()
  await expectTruth(lab)
})

it('forwarded: axios, the proxy not among the hosts: by its IP address it is seen through, once an answer came', async () => {
  proxy = await startProxy()
  lab = await startLab()
  await callAll(viaAxios(axiosProxy))
  expect(lab.mock.log.totals().requests).toBe(4)
  expectTold()
  await expectTruth(lab)
  expect(lab.mangopay.snapshot().health).toMatchObject([{ code: 'MANGOPAY_TELEMETRY_IP_ADDRESS' }])
})

it.each([
  ['undici ProxyAgent', TUNNELS[0]?.[1]],
  ['axios', AXIOS[0]?.[1]],
])('a proxy that is down: %s', async (_, send) => {
  proxy = await startProxy()
  lab = await startLab({ hosts: { [proxy.hostPort]: LAB_ENVIRONMENT } })
  await proxy.close()
  await expect(send?.('POST', lab.url('/transfers'), {})).rejects.toThrow()
  await expectTruth(lab, { unreached: { 'POST /transfers': 1 } })
  const [span] = lab.spans()
  expect(span?.attributes).toMatchObject({ 'mangopay.error.category': 'network', 'mangopay.outcome': 'failure' })
})

const Tunnel: { httpOverHttp(options: object): import('node:http').Agent } = require('tunnel')
const { HttpProxyAgent }: { HttpProxyAgent: new (options: object) => import('node:http').Agent } = require('hpagent')
const { HttpsProxyAgent }: typeof import('https-proxy-agent') = require('https-proxy-agent')

/** Agents that ask for a tunnel by node:http, whose CONNECT has a span of its own. */
const AGENTS: [string, () => import('node:http').Agent][] = [
  ['tunnel', () => Tunnel.httpOverHttp({ proxy: { host: '127.0.0.1', port: Number(new URL(proxy.url).port) } })],
  ['hpagent', () => new HttpProxyAgent({ proxy: proxy.url })],
  ['https-proxy-agent', () => new HttpsProxyAgent(proxy.url)],
]

describe.each([true, false])('an agent that makes a tunnel, the proxy among the hosts: %s', (isListed) => {
  const start = async () => {
    // Not by our sampler, with which nobody needs to look for calls without a span.
    const sampler = () => new AlwaysOnSampler()
    lab = await startLab({ sampler, ...(isListed && { hosts: { [proxy.hostPort]: LAB_ENVIRONMENT } }) })
  }
  const by = (agent: () => import('node:http').Agent) => viaAxios(() => ({ httpAgent: agent(), proxy: false }))

  it.each(AGENTS)('%s', async (_, agent) => {
    proxy = await startProxy()
    await start()
    await callAll(by(agent))
    expect(proxy.asked).toEqual(Array(4).fill(`CONNECT ${lab.mock.hostPort}`))
    expectTold()
    await expectTruth(lab)
    await lab.mangopay.forceFlush()
    expect(lab.mangopay.snapshot().health).toEqual([])
  })

  // What https-proxy-agent makes of a refusal is an answer of that status, as if Mangopay had given it.
  it.each(
    AGENTS.flatMap(([name, agent]) =>
      [407, 503].map((status) => {
        const isAnswer = name === 'https-proxy-agent'
        const category = isAnswer ? (status === 407 ? 'invalid_request' : 'server_error') : 'network'
        return { name, status, agent, category, outcome: isAnswer && status === 503 ? 'unknown' : 'failure' }
      }),
    ),
  )('$name, refused with $status', async ({ agent, status, category, outcome }) => {
    proxy = await startProxy(status)
    await start()
    await by(agent)('POST', lab.url('/transfers'), {}).catch(() => {})
    expect(lab.mock.log.totals().requests).toBe(0)
    expect(lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]?.calls).toBe(1)
    expect(lab.spans().map(({ attributes }) => attributes)).toMatchObject([
      { 'mangopay.operation': 'POST /transfers', 'mangopay.error.category': category, 'mangopay.outcome': outcome },
    ])
  })
})
