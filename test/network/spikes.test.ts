/** Spikes of real failures: when they start, how long they last at least, and that they end when nobody calls any more. */
import type { SpikeEvent } from 'opentelemetry-mangopay'
import { afterEach, expect, it, vi } from 'vitest'
import type { Fault } from '../../examples/scenarios.ts'
import { type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

let lab: Lab
let now: number
let events: SpikeEvent[]
afterEach(() => lab.close())

const start = async (spike: object) => {
  now = Date.UTC(2026, 10, 23, 7)
  events = []
  lab = await startLab({
    mock: { clock: () => now },
    processor: { clock: () => now, onSpike: (event) => void events.push(event), spike },
  })
}
const call = async (fault?: Fault, path = '/users') => {
  if (fault !== undefined) lab.mock.failNext(fault)
  await lab.call('axios', { method: 'GET', url: lab.url(path) })
}
const told = async () => {
  await new Promise((resolve) => setImmediate(resolve))
  return events.map(({ kind, state, count }) => `${kind} ${state} ${count}`)
}
const ERROR: Fault = { kind: 'status', status: 500 }

it('one failure of three calls at night is none', async () => {
  await start({ minimumCount: 3, ratio: 0.1 })
  await call()
  await call(ERROR)
  await call(ERROR)
  expect(await told()).toEqual([])
  await expectTruth(lab)
})

it('starts with count and share, names the operations, lasts its time and ends at the lower share', async () => {
  await start({ windowSeconds: 10, minimumCount: 3, ratio: 0.3, clearRatio: 0.2, minimumSeconds: 60, kinds: ['500'] })
  for (let i = 0; i < 4; i++) await call()
  await call(ERROR)
  await call(ERROR, '/wallets/wlt_m_01SECRET')
  const since = now
  await call(ERROR, '/wallets/wlt_m_01SECRET')
  expect(await told()).toEqual(['500 started 3'])
  expect(events[0]).toMatchObject({ environment: 'lab', since: new Date(since), ratio: 3 / 7 })
  expect(events[0]?.operations).toEqual([
    { operation: 'GET /wallets/{walletId}', count: 2 },
    { operation: 'GET /users', count: 1 },
  ])
  expect(lab.mangopay.snapshot().environments['lab']?.spikes).toEqual([{ kind: '500', since, count: 3, ratio: 3 / 7 }])
  for (const seconds of [30, 29.9]) {
    now += seconds * 1_000
    await call() // all is well again, but it has not lasted its time
    expect(await told()).toHaveLength(1)
  }
  now += 100
  await call()
  expect(await told()).toEqual(['500 started 3', '500 ended 0'])
  expect(events[1]?.since).toEqual(new Date(since))
  expect(lab.mangopay.snapshot().environments['lab']?.spikes).toEqual([])
  await expectTruth(lab)
})

it('does not flap between the two shares', async () => {
  await start({ windowSeconds: 3_600, minimumCount: 1, ratio: 0.3, clearRatio: 0.1, minimumSeconds: 0, kinds: ['500'] })
  await call(ERROR) // 1/1
  for (let i = 0; i < 8; i++) await call() // down to 1/9
  expect(await told()).toEqual(['500 started 1'])
  for (let i = 0; i < 3; i++) await call(ERROR) // up again
  for (let i = 0; i < 29; i++) await call() // below a tenth
  expect(await told()).toEqual(['500 started 1', '500 ended 4'])
  await expectTruth(lab)
})

it('an outage is one spike, whatever it looks like, and ends without any further call', async () => {
  await start({ windowSeconds: 60, minimumCount: 4, ratio: 0.5, minimumSeconds: 30, kinds: ['unavailable'] })
  await call()
  await call({ kind: 'edge', status: 502 })
  await call({ kind: 'edge', status: 520 })
  await call({ kind: 'reset' })
  await call({ kind: 'cut', how: 'fin' })
  expect(await told()).toEqual(['unavailable started 4'])
  now += 120_000
  expect(await told()).toHaveLength(1)
  // By nothing but the library's own timer.
  await vi.waitFor(async () => expect(await told()).toEqual(['unavailable started 4', 'unavailable ended 0']), 30_000)
  await expectTruth(lab)
})

it('shutdown ends what has started, once', async () => {
  await start({ minimumCount: 1, ratio: 0.1, kinds: ['429', '500'] })
  await call({ kind: 'status', status: 429 })
  await call(ERROR)
  await lab.mangopay.shutdown()
  await lab.mangopay.shutdown()
  const all = ['429 started 1', '500 started 1', '429 ended 1', '500 ended 1']
  expect(await told()).toEqual(all)
  // Nobody would tell the end of what started now.
  await call(ERROR)
  now += 2_000
  expect(lab.mangopay.snapshot().environments['lab']).toMatchObject({ calls: 3, status500: 2, spikes: [] })
  expect(await told()).toEqual(all)
  await expectTruth(lab)
})
