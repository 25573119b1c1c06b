/** One way to watch requests, or none, in a process of its own: makes as many calls as its parent says, and answers with what they took. */
import diagnosticsChannel from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import type http from 'node:http'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { MangopayClientMonitor, MangopaySpanProcessor } from 'opentelemetry-mangopay'

/** Nobody; an SDK with instrumentations and nothing of ours; the same with our processor and hook; our monitor alone. */
export type Watching = 'nothing' | 'tracing' | 'spans' | 'requests'
/** Whose calls are made; of `bytes`, how much they hold. */
export type Client = 'http' | 'undici' | 'bytes'
export type Host = 'ours' | 'foreign'

const [watching, client, host] = process.argv.slice(2) as [Watching, Client, Host]
const meterProvider = new MeterProvider()

function trace(mangopay: MangopaySpanProcessor | undefined): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const tracerProvider = new BasicTracerProvider({
    ...(mangopay && { spanProcessors: [mangopay], sampler: mangopay.sampler() }),
  })
  const hook = mangopay && { responseHook: mangopay.responseHook }
  for (const instrumentation of [new HttpInstrumentation(hook), new UndiciInstrumentation(hook)]) {
    instrumentation.setTracerProvider(tracerProvider)
    instrumentation.enable()
  }
}
if (watching === 'tracing') trace(undefined)
if (watching === 'spans') trace(new MangopaySpanProcessor({ meterProvider }))
// After the instrumentation.
const { request: newRequest, IncomingMessage } = createRequire(import.meta.url)('http') as typeof http
if (watching === 'requests') new MangopayClientMonitor({ meterProvider })

const name = host === 'ours' ? 'api.mangopay.com' : 'api.example.com'
const path = '/v2.01/acme/users/user_m_01HV3C6B7Q'
const now = Math.floor(Date.now() / 1000)
const headers = [
  ...['Content-Type', 'application/json', 'Date', new Date(now * 1000).toUTCString(), 'Connection', 'keep-alive'],
  ...['Server', 'cloudflare', 'CF-RAY', '8c1', 'X-Request-Id', 'abc', 'Cache-Control', 'no-store', 'Vary', 'Origin'],
  ...[900, 1_800, 3_600, 86_340].flatMap((seconds) => [
    ...['X-RateLimit', '10', 'X-RateLimit-Remaining', '2290', 'X-RateLimit-Reset', `${now + seconds}`],
  ]),
]
const headerBytes = headers.map((text) => Buffer.from(text))

/** Takes requests and gives them nothing. */
const agent = { addRequest: () => {}, protocol: 'http:', defaultPort: 80, options: {} } as unknown as http.Agent
const newSocket = () =>
  Object.assign(new EventEmitter(), { connecting: false, destroyed: false, remoteAddress: '10.0.0.1', remotePort: 443 })
// One that is kept alive, as most are.
const socket = newSocket().on('timeout', () => {})

const channel = (named: string) => diagnosticsChannel.channel(named)
const sent = channel('http.client.request.start')
const answered = channel('http.client.response.finish')

function begin(): http.ClientRequest {
  const request = newRequest({ host: name, path, agent })
  request.on('response', () => {})
  request.emit('socket', (client === 'bytes' ? newSocket() : socket) as unknown as Socket)
  if (sent.hasSubscribers) sent.publish({ request })
  return request
}

function callHttp(): void {
  const request = begin()
  const response = new IncomingMessage(socket as unknown as Socket)
  response.rawHeaders = headers
  response.statusCode = 200
  response.complete = true
  if (answered.hasSubscribers) answered.publish({ request, response })
  request.emit('response', response)
  response.emit('end')
  request.emit('close')
}

const undici = {
  create: channel('undici:request:create'),
  send: channel('undici:client:sendHeaders'),
  sent: channel('undici:request:bodySent'),
  head: channel('undici:request:headers'),
  end: channel('undici:request:trailers'),
}

function callUndici(): void {
  const request = { origin: `https://${name}`, method: 'GET', path, headers: '', completed: false }
  if (undici.create.hasSubscribers) undici.create.publish({ request })
  if (undici.send.hasSubscribers) undici.send.publish({ request, socket })
  if (undici.sent.hasSubscribers) undici.sent.publish({ request })
  if (undici.head.hasSubscribers) {
    undici.head.publish({ request, response: { statusCode: 200, headers: headerBytes, statusText: 'OK' } })
  }
  request.completed = true
  if (undici.end.hasSubscribers) undici.end.publish({ request, trailers: [] })
}

function nanoseconds(calls: number): number {
  const call = client === 'http' ? callHttp : callUndici
  const before = process.cpuUsage()
  for (let i = 0; i < calls; i++) call()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / calls
}

/** Bytes for each call while all of them are under way, and once they have ended. */
function held(calls: number): [underWay: number, after: number] {
  const heap = (): number => {
    global.gc?.()
    global.gc?.()
    return process.memoryUsage().heapUsed
  }
  const round = (): [number, number] => {
    const before = heap()
    const requests = Array.from({ length: calls }, begin)
    const most = heap()
    for (const request of requests.splice(0)) request.emit('close')
    return [(most - before) / calls, (heap() - before) / calls]
  }
  round()
  return round()
}

process.on('message', (calls: number) => process.send?.(client === 'bytes' ? held(calls) : nanoseconds(calls)))
process.on('disconnect', () => process.exit(0))
