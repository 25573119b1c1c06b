/** Each request counts once, whoever watches: both builds of the package, as an app has them, in one process. */
import { once } from 'node:events'
import type { Agent } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import axios, { type AxiosRequestConfig } from 'axios'
import { HttpProxyAgent } from 'hpagent'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { Agent as Dispatcher, ProxyAgent, RetryAgent, request } from 'undici'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { retryMangopay } from '../../examples/retry.ts'
import { startProxy } from '../support/proxy.ts'

type Library = typeof import('opentelemetry-mangopay')
const require = createRequire(import.meta.url)
const tunnel: { httpOverHttp(options: object): Agent } = require('tunnel') // has no types
const built = (file: string) => fileURLToPath(new URL(`../../dist/${file}/index.js`, import.meta.url))
const copies: Library[] = [require(built('cjs')) as Library, (await import(built('esm'))) as Library]

let mock: Mock
let proxy: Awaited<ReturnType<typeof startProxy>>
let monitors: InstanceType<Library['MangopayClientMonitor']>[]
beforeEach(async () => {
  mock = await startMock()
  proxy = await startProxy()
  const hosts = { [mock.hostPort]: 'lab', [proxy.hostPort]: 'lab' }
  monitors = copies.map(({ MangopayClientMonitor }) => new MangopayClientMonitor({ hosts }))
})
afterEach(async () => {
  await Promise.all(monitors.map((monitor) => monitor.shutdown()))
  await proxy.close()
  await mock.close()
})

const url = () => `${mock.url}/v2.01/${DEMO_CLIENT.clientId}/users`
const headers = () => ({ authorization: `Bearer ${mock.issueToken()}` })
const byAxios = (own: AxiosRequestConfig = {}) => axios.get(url(), { headers: headers(), proxy: false, ...own })
const byFetch = async () => (await fetch(url(), { headers: headers() })).text()
const byUndici = async (dispatcher?: Dispatcher | ProxyAgent | RetryAgent) =>
  (await request(url(), { headers: headers(), ...(dispatcher && { dispatcher }) })).body.text()
const byAgent = (httpAgent: Agent) => byAxios({ httpAgent })
const port = () => Number(new URL(proxy.url).port)

const SETUPS: [name: string, requests: number, tunnels: number, act: () => Promise<unknown>][] = [
  ['node:http', 1, 0, () => byAxios()],
  ['fetch', 1, 0, byFetch],
  ['undici', 1, 0, () => byUndici()],
  ['a redirect that axios follows', 2, 0, () => failing(1, () => byAxios())],
  ['a redirect that fetch follows', 2, 0, () => failing(1, byFetch)],
  [
    'a policy of the app that tries again',
    3,
    0,
    () => failing(2, () => retryMangopay({ method: 'GET', url: url() }, 1).execute(() => byAxios()), 500),
  ],
  [
    'undici’s own agent that tries again',
    3,
    0,
    () => failing(2, () => byUndici(new RetryAgent(new Dispatcher(), { minTimeout: 1 })), 500),
  ],
  ['a proxy of axios', 1, 0, () => byAxios({ proxy: { protocol: 'http', host: '127.0.0.1', port: port() } })],
  ['a proxy of undici', 1, 0, () => byUndici(new ProxyAgent({ uri: proxy.url, proxyTunnel: false }))],
  ['a tunnel of undici', 1, 1, () => byUndici(new ProxyAgent({ uri: proxy.url, proxyTunnel: true }))],
  ['a tunnel of https-proxy-agent', 1, 1, () => byAgent(new HttpsProxyAgent(proxy.url))],
  ['a tunnel of hpagent', 1, 1, () => byAgent(new HttpProxyAgent({ proxy: proxy.url }))],
  ['a tunnel of tunnel', 1, 1, () => byAgent(tunnel.httpOverHttp({ proxy: { host: '127.0.0.1', port: port() } }))],
]

/** Acts while the next calls fail: by redirects, or by a status. */
function failing(times: number, act: () => Promise<unknown>, status?: number): Promise<unknown> {
  mock.failNext(status === undefined ? { kind: 'redirect', status: 302 } : { kind: 'status', status }, times)
  return act()
}

const counted = () => monitors.map((monitor) => monitor.snapshot().environments['lab']?.calls ?? 0)

it.each(SETUPS)('%s: %i', async (_, requests, tunnels, act) => {
  await act()
  expect(mock.log.totals().requests).toBe(requests)
  expect(proxy.asked.filter((line) => line.startsWith('CONNECT'))).toHaveLength(tunnels)
  expect(counted().reduce((sum, one) => sum + one)).toBe(requests)
})

const THREAD = `
  const { parentPort, workerData: { library, url, headers, hosts } } = require('node:worker_threads')
  const { MangopayClientMonitor } = require(library)
  const monitor = new MangopayClientMonitor({ hosts })
  const run = async () => {
    for (let i = 0; i < 3; i++) await (await fetch(url, { headers })).text()
    parentPort.postMessage(monitor.snapshot().environments.lab.calls)
  }
  run()
`

it('worker threads: each counts its own, and the main thread none of them', async () => {
  const workerData = { library: built('cjs'), url: url(), headers: headers(), hosts: { [mock.hostPort]: 'lab' } }
  const threads = [1, 2].map(() => new Worker(THREAD, { eval: true, workerData }))
  const told = await Promise.all(threads.map((thread) => once(thread, 'message')))
  expect(told).toEqual([[3], [3]])
  await byFetch()
  expect(counted().reduce((sum, one) => sum + one)).toBe(1)
  expect(mock.log.totals().requests).toBe(7)
  await Promise.all(threads.map((thread) => thread.terminate()))
})
