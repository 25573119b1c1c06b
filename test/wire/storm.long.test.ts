/** Twenty thousand calls under way at once, counted from requests: each as the server's log has it, and none held. */
import { hasSubscribers, subscribe, unsubscribe } from 'node:diagnostics_channel'
import http from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { MangopayClientMonitor } from 'opentelemetry-mangopay'
import { Agent, request } from 'undici'
import { expect, it } from 'vitest'
import { seededRandom } from '../../examples/chance.ts'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { startMock } from '../../examples/mock/server.ts'
import { PullReader } from '../network/lab.ts'
import { Points } from '../network/points.ts'
import { ASKS, expectCategories, FAULTS } from '../network/storm.ts'
import { tallyOfLog, tallyOfMetrics } from '../network/truth.ts'

const CALLS = 20_000
const SEED = 16
const CONNECTIONS = 100
const CHANNELS = ['http.client.request.start', 'undici:request:create']
/** Nobody else listens to these. */
const OURS = ['http.client.response.finish', 'undici:request:bodySent']

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const turn = () => new Promise((resolve) => setImmediate(resolve))

type Send = (method: string, url: string, headers: Record<string, string>, body: string | null) => Promise<unknown>

it('counts each, and holds none', { timeout: 600_000 }, async () => {
  const mock = await startMock({ seed: SEED, keepLog: 2 * CALLS, quota: [{ seconds: 900, limit: 1_000_000 }] })
  const reader = new PullReader()
  const meterProvider = new MeterProvider({ readers: [reader] })
  const monitor = new MangopayClientMonitor({ hosts: { [mock.hostPort]: 'lab' }, meterProvider })
  const requests: WeakRef<object>[] = []
  const watch = (message: unknown) => void requests.push(new WeakRef((message as { request: object }).request))
  for (const name of CHANNELS) subscribe(name, watch)

  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const dispatcher = new Agent({ connections: CONNECTIONS, headersTimeout: 0, bodyTimeout: 0 })
  const clients: Send[] = [
    (method, url, headers, body) =>
      new Promise((resolve) => {
        // It sends the body of a DELETE without a length otherwise, as if it were the next request.
        const whole = { ...headers, 'content-length': String(body?.length ?? 0) }
        const asked = http.request(url, { method, headers: whole, agent }, (answer) =>
          answer.on('error', resolve).on('close', resolve).resume(),
        )
        asked.on('error', resolve).end(body ?? undefined)
      }),
    async (method, url, headers, body) =>
      (await request(url, { method: method as 'GET', headers, body, dispatcher })).body.dump(),
    // An option of Node's fetch that the types of the web do not know.
    async (method, url, headers, body) => (await fetch(url, { method, headers, body, dispatcher } as object)).text(),
  ]
  const random = seededRandom(SEED)
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item
  const headers = { authorization: `Bearer ${mock.issueToken()}`, 'content-type': 'application/json' }
  mock.setFaults(FAULTS)
  await Promise.allSettled(
    Array.from({ length: CALLS }, () => {
      const [method, path] = pick(ASKS)
      const url = `${mock.url}/v2.01/${DEMO_CLIENT.clientId}${path}`
      return pick(clients)(method, url, headers, method === 'GET' ? null : '{"Amount":1}')
    }),
  )
  agent.destroy()
  await dispatcher.destroy()
  while (mock.log.totals().open > 0) await turn()
  const { entries } = mock.log
  expect(entries.length).toBeGreaterThanOrEqual(CALLS) // fetch follows redirects
  const snapshot = monitor.snapshot().environments['lab']
  expect(snapshot?.calls).toBe(entries.length)
  expect(tallyOfMetrics(new Points((await reader.collect()).resourceMetrics))).toEqual(tallyOfLog(entries))
  expectCategories(snapshot, entries)

  // While a call is open it goes on listening, so that none is.
  expect(OURS.map((name) => hasSubscribers(name))).toEqual([true, true])
  for (const name of CHANNELS) unsubscribe(name, watch)
  await monitor.shutdown()
  expect(OURS.map((name) => hasSubscribers(name))).toEqual([false, false])
  await mock.close()
  for (let i = 0; i < 3; i++) {
    await turn()
    collectGarbage()
  }
  expect(requests).toHaveLength(entries.length)
  expect(requests.filter((one) => one.deref() !== undefined)).toHaveLength(0)
})
