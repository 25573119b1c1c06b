/** Requests at the edges: unread, many at once, hostile, under way at the start and at the end. */
import diagnosticsChannel from 'node:diagnostics_channel'
import http, { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import fc from 'fast-check'
import { MangopayClientMonitor } from 'opentelemetry-mangopay'
import { request as undiciRequest } from 'undici'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'

let server: Server
let origin: string
let host: string
/** Answers that wait until they are let go. */
const held: (() => void)[] = []
let monitor: MangopayClientMonitor
let now: number
const said: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const status = Number(/\/(\d{3})/.exec(request.url ?? '')?.[1] ?? 200)
    const answer = () => response.writeHead(status).end('x'.repeat(request.url?.includes('large') ? 300_000 : 2))
    if (request.url?.includes('held')) held.push(answer)
    else answer()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  origin = `http://${host}`
  const keep = (line: string) => void said.push(line)
  diag.setLogger({ error: keep, warn: keep, info: keep, debug: keep, verbose: keep }, { logLevel: DiagLogLevel.WARN })
})
afterAll(() => {
  diag.disable()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  now = 1e12
  monitor = new MangopayClientMonitor({ hosts: { [host]: 'lab' }, clock: () => now })
})
afterEach(() => monitor.shutdown())

const counted = () => {
  const { calls = 0, failures = {} } = monitor.snapshot().environments['lab'] ?? {}
  return { calls, ...failures }
}
const get = (path: string, agent?: http.Agent) =>
  new Promise<void>((resolve, reject) => {
    http.get(origin + path, { agent }, (answer) => answer.resume().on('end', resolve)).on('error', reject)
  })
const until = async (done: () => boolean) => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5))
}

it('counts an answer that nobody reads by its status, once it has waited', async () => {
  const { body } = await undiciRequest(`${origin}/v2.01/a/users/429/large`)
  const answer = await new Promise<http.IncomingMessage>((resolve) =>
    http.get(`${origin}/v2.01/a/users/large`, resolve),
  )
  now += 29_000
  expect(counted().calls).toBe(0)
  now += 2_000
  expect(counted()).toEqual({ calls: 2, rate_limit: 1 })
  await Promise.all([body.text(), new Promise((resolve) => answer.resume().on('end', resolve))])
  expect(counted().calls).toBe(2)
})

it('counts it at once by forceFlush, after which the process may end', async () => {
  const { body } = await undiciRequest(`${origin}/v2.01/a/users/large`)
  await new Promise<http.IncomingMessage>((resolve) => http.get(`${origin}/v2.01/a/users/429/large`, resolve))
  const waiting = get('/v2.01/a/users/held')
  await until(() => held.length === 1)
  await monitor.forceFlush()
  expect(counted()).toEqual({ calls: 2, rate_limit: 1 })
  held.splice(0)[0]?.()
  await Promise.all([body.text(), waiting])
  expect(counted()).toEqual({ calls: 3, rate_limit: 1 })
})

it('does not end an answer that is slow to be read', async () => {
  const answer = await new Promise<http.IncomingMessage>((resolve) =>
    http.get(`${origin}/v2.01/a/users/large`, resolve),
  )
  const read = new Promise((resolve) => answer.on('data', () => {}).on('end', resolve))
  now += 60_000
  await monitor.forceFlush()
  expect(counted().calls).toBe(0)
  await read
  expect(counted()).toEqual({ calls: 1 })
})

it('counts thousands at once, each as it ended', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 50 })
  const paths = ['/v2.01/a/users', '/v2.01/a/users/429', '/v2.01/a/users/500', '/v2.01/a/users/404']
  await Promise.all(Array.from({ length: 4_000 }, (_, i) => get(paths[i % 4] as string, agent)))
  agent.destroy()
  expect(counted()).toEqual({ calls: 4_000, rate_limit: 1_000, server_error: 1_000, not_found: 1_000 })
})

it('counts what is under way when it is made, and when it is shut down', async () => {
  const before = [get('/v2.01/a/users/held'), undiciRequest(`${origin}/v2.01/a/users/held`)]
  await until(() => held.length === 2)
  const late = new MangopayClientMonitor({ hosts: { [host]: 'late' } })
  await monitor.shutdown()
  await late.shutdown()
  const last = get('/v2.01/a/users') // nobody counts any more
  for (const answer of held.splice(0)) answer()
  await Promise.all([...before, last])
  await until(() => counted().calls === 1 || counted().calls === 2)
  await ((await before[1]) as { body: { text(): Promise<string> } }).body.text()
  expect(counted().calls).toBe(2)
})

it('takes over what had begun before anybody looked', async () => {
  await monitor.shutdown()
  const calls = [get('/v2.01/a/users/held'), fetch(`${origin}/v2.01/a/users/held`).then((answer) => answer.text())]
  await until(() => held.length === 2)
  monitor = new MangopayClientMonitor({ hosts: { [host]: 'lab' } })
  for (const answer of held.splice(0)) answer()
  await Promise.all(calls)
  expect(counted().calls).toBe(2)
})

it('bears messages of any shape on every channel, and says so once', () => {
  const channels = [
    ...['request.created', 'request.start', 'request.error', 'response.finish'].map((name) => `http.client.${name}`),
    ...['request:create', 'client:sendHeaders', 'request:bodySent', 'request:headers', 'request:trailers'].map(
      (name) => `undici:${name}`,
    ),
    ...[
      'undici:request:error',
      'http2.client.stream.created',
      'http2.client.stream.finish',
      'http2.client.stream.close',
    ],
  ]
  const part = fc.oneof(
    fc.anything(),
    fc.record({ method: fc.string(), path: fc.string(), origin: fc.string(), host: fc.string() }),
  )
  const shape = fc.record({ request: part, response: part, error: fc.anything(), stream: part, headers: fc.anything() })
  fc.assert(
    fc.property(fc.constantFrom(...channels), fc.oneof(shape, fc.anything()), (name, message) => {
      diagnosticsChannel.channel(name).publish(message)
    }),
    { numRuns: 2_000 },
  )
  expect(new Set(said).size).toBe(said.length)
  expect(said.length).toBeLessThanOrEqual(channels.length)
})

it('takes no hostile host, path or method for ours, and none for less than it is', async () => {
  const paths = ['//api.mangopay.com/v2.01/a/users', '/v2.01/a/users?x=http://api.mangopay.com', '/%2e%2e/v2.01']
  for (const path of paths) await get(path)
  expect(counted().calls).toBe(paths.length) // all went to our host
  for (const headers of [{ host: 'api.mangopay.com.evil.example' }, { host: 'api.mangopay.com@evil.example' }]) {
    await new Promise<void>((resolve) => {
      http.get(origin, { headers }, (answer) => answer.resume().on('end', resolve))
    })
  }
  expect(Object.keys(monitor.snapshot().environments)).toEqual(['lab'])
})
