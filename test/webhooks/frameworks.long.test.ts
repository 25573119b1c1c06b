/** Notifications of the mock to real frameworks with their real instrumentations: counted as the mock has sent them. */
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { type OtlpReceiver, startReceiver } from '../../examples/otlp-receiver.ts'
import { pack } from '../matrix/project.ts'
import { end, place, type Running, start } from '../platforms/place.ts'

// Most of a test's time is npm's, and a service's own 2.5 s.
vi.setConfig({ testTimeout: 600_000 })

const NOTIFICATIONS = 'mangopay.webhook.notifications'

let tarball: string
let mock: Mock
/** One for each instance: it keeps series by their attributes, and these are the same. */
let receivers: OtlpReceiver[]
const running: Running[] = []

beforeAll(() => {
  tarball = pack()
})
beforeEach(async () => {
  mock = await startMock()
  receivers = await Promise.all([startReceiver(), startReceiver()])
})
afterEach(async () => {
  for (const { child } of running.splice(0)) end(child)
  await Promise.all([mock, ...receivers].map((each) => each.close()))
})

/** Two instances behind a balancer. */
const serve = async (framework: string) => {
  const folder = place('hooks', tarball)
  const instances = receivers.map(({ url }) => {
    const instance = start(folder, ['node', 'hooks.cjs'], { mock, backend: { url } }, { FRAMEWORK: framework })
    running.push(instance)
    return instance
  })
  const ports = await Promise.all(
    instances.map(async (instance) => /port (\d+)/.exec(await instance.says(/port \d+\n/))?.[1]),
  )
  // Ten minutes are 60 ms.
  mock.notify({ urls: ports.map((port) => `http://127.0.0.1:${port}/hooks/mangopay`), pace: 10_000 })
  return instances
}

const OPERATIONS = ['/payins/card/direct', '/transfers', '/payouts/bankwire', '/payins/card/web']

const pay = async (count: number) => {
  const headers = { Authorization: `Bearer ${mock.issueToken()}`, 'Content-Type': 'application/json' }
  for (let i = 0; i < count; i++) {
    const operation = OPERATIONS[i % OPERATIONS.length] ?? ''
    const status = i % 3 === 0 ? { status: 'FAILED', code: '101101' } : { status: 'SUCCEEDED' }
    mock.resultNext({ status: 'CREATED', later: { milliseconds: 10, ...status } }, [`POST ${operation}`])
    const url = `${mock.url}/v2.01/${DEMO_CLIENT.clientId}${operation}`
    await fetch(url, { method: 'POST', headers, body: '{}' }).then((response) => response.text())
  }
}

/** Counts above zero, by event type and delivery. */
const withoutZeros = (counts: Iterable<readonly [type: string, delivery: string, count: number]>) => {
  const sums: Record<string, number> = {}
  for (const [type, delivery, count] of counts) {
    if (count > 0) sums[`${type} ${delivery}`] = (sums[`${type} ${delivery}`] ?? 0) + count
  }
  return sums
}

it.each(['http', 'express', 'fastify', 'nest'])('%s, one trace in ten', async (framework) => {
  const instances = await serve(framework)
  await pay(120)
  await expect.poll(() => mock.hookTotals()?.waiting, { timeout: 300_000, interval: 100 }).toBe(0)
  const { sent = {}, events = {} } = mock.hookTotals() ?? {}
  const said = await Promise.all(
    instances.map(({ child, ended }) => {
      child.kill('SIGTERM')
      return ended
    }),
  )
  expect(said.map(({ stderr }) => stderr)).toEqual(['', ''])
  const counted = withoutZeros(
    receivers
      .flatMap((receiver) => receiver.points(NOTIFICATIONS))
      .map(({ attributes, value }) => [
        String(attributes['mangopay.webhook.event_type']),
        String(attributes['mangopay.webhook.delivery']),
        value,
      ]),
  )
  const truth = withoutZeros(
    Object.entries(sent).flatMap(([type, outcomes]) =>
      Object.entries(outcomes).map(([delivery, count]) => [type, delivery, count] as const),
    ),
  )
  expect(counted).toEqual(truth)
  const of = (counts: Readonly<Record<string, number>>, delivery: string) =>
    Object.entries(counts).reduce((sum, [name, count]) => sum + (name.endsWith(` ${delivery}`) ? count : 0), 0)
  // Every kind of answer was among them, and what was acknowledged is what happened.
  expect(of(counted, 'late')).toBe(2)
  expect(of(counted, 'refused')).toBeGreaterThan(100)
  const happened = Object.values(events).reduce((sum, count) => sum + count, 0)
  expect(of(counted, 'acknowledged')).toBe(happened)
  // The rest was sampled away.
  const all = Object.values(counted).reduce((sum, count) => sum + count, 0)
  const exported = said.reduce((sum, { stdout }) => sum + Number(/exported (\d+)/.exec(stdout)?.[1]), 0)
  expect(exported).toBeLessThan(all / 3)
})
