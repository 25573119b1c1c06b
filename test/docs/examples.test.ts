/** The short examples do with real traffic what they say. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { serveHealth } from '../../examples/health.ts'
import { logSpike, mangopay as spiking } from '../../examples/log-spikes.ts'
import { stop } from '../../examples/mock/listen.ts'
import { headroom, runInBackground } from '../../examples/pause-on-quota.ts'
import { type Lab, startLab } from '../network/lab.ts'
import { expectTruth } from '../network/truth.ts'

let lab: Lab
let now: number
beforeEach(() => {
  now = Date.UTC(2026, 10, 23, 9, 30)
})
afterEach(async () => {
  await lab?.close()
  vi.restoreAllMocks()
})

const get = () => lab.call('fetch', { method: 'GET', url: lab.url('/users') })

it.each(['log-spikes', 'pause-on-quota', 'health'])('%s can be copied: at most 40 lines, imports by name', (name) => {
  const text = readFileSync(new URL(`../../examples/${name}.ts`, import.meta.url), 'utf8')
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40)
  const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from)
  expect(imports.filter((from) => !from?.startsWith('node:'))).toEqual(['opentelemetry-mangopay'])
})

it('log-spikes writes one line when 500s spike and one when it is over', async () => {
  expect(spiking.snapshot().environments).toEqual({})
  const error = vi.spyOn(console, 'error').mockReturnValue()
  const info = vi.spyOn(console, 'info').mockReturnValue()
  lab = await startLab({
    mock: { clock: () => now },
    processor: { clock: () => now, onSpike: logSpike, spike: { minimumCount: 3, kinds: ['500'] } },
  })
  for (let i = 0; i < 20; i++) await get()
  lab.mock.failNext({ kind: 'status', status: 500 }, 4)
  for (let i = 0; i < 4; i++) await get()
  const started = now
  now += 400_000
  await get()
  await new Promise((resolve) => setImmediate(resolve))
  expect(error.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
    {
      message: 'Mangopay answers 500',
      environment: 'lab',
      since: new Date(started).toISOString(),
      failures: 3,
      share: '13.0 %',
      operations: ['GET /users: 3'],
    },
  ])
  expect(info.mock.calls.map(([line]) => JSON.parse(line).message)).toEqual(['Mangopay answers 500: over'])
  await expectTruth(lab)
})

it('pause-on-quota slows a job under 40 %, stops it under 20 % and goes on when calls have come back', async () => {
  const quota = [
    { seconds: 900, limit: 200 },
    { seconds: 86_400, limit: 10_000 },
  ]
  lab = await startLab({ mock: { quota, clock: () => now }, processor: { clock: () => now } })
  expect(headroom(lab.mangopay)).toBe(1)
  /** Share that was left when a step was made, and what the job waited for before it. */
  const steps: { share: number; waited: number[] }[] = []
  let waited: number[] = []
  const wait = async (milliseconds: number) => {
    waited.push(milliseconds)
    now += milliseconds
  }
  const left = () => (200 - (lab.mock.used()[0] ?? 0)) / 200
  const step = async () => {
    steps.push({ share: left(), waited })
    waited = []
    now += 100
    await get()
  }
  await runInBackground(
    lab.mangopay,
    Array(260).fill(step),
    () => lab.call('fetch', { method: 'GET', url: lab.url('/clients') }),
    wait,
  )
  expect(lab.mock.log.totals().statuses).toEqual({ 200: lab.mock.log.totals().requests })
  for (const [i, { share, waited: pauses }] of steps.entries()) {
    expect(share, `step ${i}`).toBeGreaterThanOrEqual(0.2)
    const stopped = pauses.includes(60_000)
    if (stopped) continue
    // What a reading said is up to one call old.
    if (share > 0.4) expect(pauses, `step ${i} with ${share}`).toEqual([])
    if (share < 0.4) expect(pauses, `step ${i} with ${share}`).toEqual([1_000])
  }
  expect(steps.filter(({ waited: pauses }) => pauses.includes(60_000)).length).toBeGreaterThan(0)
  await expectTruth(lab)
})

it('health answers 200 with what the snapshot says, degraded in a storm', async () => {
  lab = await startLab({ mock: { quota: [{ seconds: 900, limit: 30 }] } })
  const server = serveHealth(lab.mangopay, 0)
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // Not by an instrumented client: /health is no call to Mangopay, and it must not matter.
  const ask = async (path = '/health') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  expect(await ask()).toEqual({ status: 200, body: { status: 'ok', mangopay: {} } })
  await get()
  expect((await ask()).body).toMatchObject({ status: 'ok', mangopay: { lab: { calls: 1, failing: 0 } } })
  lab.mock.failNext({ kind: 'edge', status: 502 }, 6)
  for (let i = 0; i < 36; i++) await get()
  const { status, body } = await ask()
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'degraded',
    mangopay: { lab: { status: 'degraded', calls: 37, quota: [{ window: '15m', remaining: 0, limit: 30 }] } },
  })
  expect((await ask('/else')).status).toBe(404)
  await stop(server)
  await expectTruth(lab)
})
