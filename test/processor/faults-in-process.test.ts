/**
 * Faults that need no process of their own: clocks that jump by an hour (counts are never touched, and what depends on
 * time recovers), callbacks that fail, intervals that an exporter throws away.
 */
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor, type SpikeEvent } from 'opentelemetry-mangopay'
import { afterEach, expect, it, vi } from 'vitest'
import { undiciInstrumentation } from '../network/instrumented.ts'
import { type Lab, startLab } from '../network/lab.ts'
import { expectTruth } from '../network/truth.ts'
import { failingExporters } from '../support/failing-exporters.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 23, 12, 0, 30)

let lab: Lab
afterEach(async () => {
  vi.restoreAllMocks()
  await lab.close()
})

const get = () => lab.call('fetch', { method: 'GET', url: lab.url('/users') })
const state = () => {
  const { environments, time } = lab.mangopay.snapshot()
  const { calls, rates, quota } = environments['lab'] ?? {}
  return { time, calls, inWindow: rates?.calls, used: Object.fromEntries((quota ?? []).map((q) => [q.window, q.used])) }
}
const start = async (
  clock: () => number,
  serverClock: () => number,
  onSpike: (event: SpikeEvent) => void = () => {},
) => {
  lab = await startLab({
    mock: { clock: serverClock, tokenSeconds: 10_000_000 },
    processor: { clock, onSpike, spike: { minimumCount: 2, minimumSeconds: 0 } },
  })
}

it('ours forward: the rates begin anew, the short windows of the quota are unused until the next answer', async () => {
  let now = START
  const states: string[] = []
  await start(
    () => now,
    Date.now,
    ({ kind, state: of }) => void states.push(`${kind} ${of}`),
  )
  lab.mock.failNext({ kind: 'status', status: 500 }, 2)
  for (let i = 0; i < 4; i++) await get()
  now += HOUR
  expect(state()).toEqual({ time: now, calls: 4, inWindow: 0, used: { '15m': 0, '30m': 0, '1h': 0, '24h': 4 } })
  await get()
  expect(state()).toEqual({ time: now, calls: 5, inWindow: 1, used: { '15m': 5, '30m': 5, '1h': 5, '24h': 5 } })
  await new Promise((resolve) => setImmediate(resolve))
  expect(states).toEqual(['500 started', 'unavailable started', '500 ended', 'unavailable ended'])
  await expectTruth(lab)
})

it('ours back: time stands still until it has caught up, and every call is counted', async () => {
  let now = START
  await start(() => now, Date.now)
  for (let i = 0; i < 3; i++) await get()
  now -= HOUR
  for (let i = 0; i < 3; i++) await get()
  expect(state()).toMatchObject({ time: START, calls: 6, inWindow: 6, used: { '15m': 6 } })
  now = START + 400_000
  await get()
  expect(state()).toMatchObject({ time: now, calls: 7, inWindow: 1, used: { '15m': 7 } })
  await expectTruth(lab)
})

it('the machine’s clock: the default one of the library does not follow it', async () => {
  lab = await startLab({ mock: { clock: () => START } })
  await get()
  const { time } = lab.mangopay.snapshot()
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + HOUR)
  await get()
  const after = lab.mangopay.snapshot()
  expect(after.time - time).toBeLessThan(10_000)
  expect(after.environments['lab']?.rates.calls).toBe(2)
  await expectTruth(lab)
})

it('the server’s forward and back: its quota follows; only minutes back count as late answers', async () => {
  let now = START
  let jump = 0
  await start(
    () => now,
    () => now + jump,
  )
  await get()
  jump = HOUR
  now += 10_000
  await get()
  expect(state().used).toMatchObject({ '24h': 2 })
  jump = 0
  for (let i = 0; i < 3; i++) {
    now += 10_000
    await get()
  }
  expect(state().used).toMatchObject({ '24h': 5 })
  // A little back is a late answer.
  jump = -60_000
  await get()
  expect(state().used).toMatchObject({ '24h': 5 })
  jump = 0
  now += 30_000
  await get()
  const [quarter, , , day] = lab.mock.used()
  expect(state()).toMatchObject({ calls: 7, used: { '15m': quarter, '24h': day } })
  await expectTruth(lab)
})

it('callbacks that throw or reject: one line, however often, and nobody else hears of it', async () => {
  const heard: unknown[] = []
  const listener = (reason: unknown) => void heard.push(reason)
  process.on('unhandledRejection', listener)
  let now = START
  await start(
    () => now,
    Date.now,
    () => Promise.reject(new Error('of the callback')) as unknown as undefined,
  )
  for (let i = 0; i < 3; i++) {
    lab.mock.failNext({ kind: 'status', status: 500 }, 2)
    await get()
    await get()
    now += HOUR
    lab.mangopay.snapshot()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  process.off('unhandledRejection', listener)
  expect(heard).toEqual([])
  const said = lab.said.filter((line) => line.includes('a callback failed'))
  expect(said).toHaveLength(1)
  // Where, and not what: the message may hold anything.
  expect(said[0]).toContain('faults-in-process.test.ts')
  expect(said[0]).not.toContain('of the callback')
  await expectTruth(lab)
})

it('delta temporality: an interval whose export fails is lost with its counts; cumulative loses none', async () => {
  await start(() => START, Date.now)
  const { accepted, failing, readers } = failingExporters('mangopay.client.requests')
  const meterProvider = new MeterProvider({ readers })
  const mangopay = new MangopaySpanProcessor({ hosts: { [lab.mock.hostPort]: 'lab' }, meterProvider })
  undiciInstrumentation.setTracerProvider(new BasicTracerProvider({ spanProcessors: [mangopay, lab.mangopay] }))
  for (const isDown of [false, true, false]) {
    failing.now = isDown
    await get()
    await meterProvider.forceFlush().catch(() => {})
  }
  expect(accepted).toEqual({ delta: [1, 1], cumulative: [1, 3] })
  await meterProvider.shutdown()
})
