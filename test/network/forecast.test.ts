/** How long the quota will last, told from real answers and compared with when it was really gone. */
import type { QuotaLowEvent } from 'opentelemetry-mangopay'
import { afterEach, expect, it } from 'vitest'
import { DEFAULT_QUOTA } from '../../examples/mock/quota.ts'
import { type Lab, type LabOptions, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

let lab: Lab
let now: number
let low: QuotaLowEvent[]
afterEach(() => lab.close())

const start = async (quota: readonly { seconds: number; limit: number }[], processor: LabOptions['processor'] = {}) => {
  now = Date.UTC(2026, 10, 23, 8, 0, 12)
  low = []
  lab = await startLab({
    mock: { quota, clock: () => now, tokenSeconds: 10_000_000 },
    processor: { clock: () => now, onQuotaLow: (event) => void low.push(event), ...processor },
  })
}
const call = () => lab.call('fetch', { method: 'GET', url: lab.url('/users') })
const forecast = (window: string) =>
  lab.mangopay.snapshot().environments['lab']?.quota.find((each) => each.window === window)?.secondsToEmpty

it('steady calls below what the window gives back never forecast its end', async () => {
  await start([
    { seconds: 900, limit: 40 },
    { seconds: 86_400, limit: 5_000 },
  ])
  for (let i = 0; i < 250; i++) {
    now += 25_000 // 36 in 15 minutes: a tenth is left, for ever
    await call()
    for (const window of ['15m', '24h']) expect(forecast(window), `call ${i}`).toBeUndefined()
  }
  expect(lab.mock.log.totals().statuses['429']).toBeUndefined()
  await expectTruth(lab)
})

it('a retry loop is seen within seconds, and the end comes when it was told to', async () => {
  await start(
    [
      { seconds: 900, limit: 300 },
      { seconds: 3_600, limit: 5_000 },
    ],
    { quota: { lowShare: 0 } },
  )
  for (let i = 0; i < 60; i++) {
    now += 30_000
    await call()
  }
  const begun = now
  let told: { after: number; end: number } | undefined
  const ends: number[] = []
  while (lab.mock.log.totals().statuses['429'] === undefined) {
    now += 250
    await call()
    const seconds = forecast('15m')
    if (seconds === undefined) continue
    told ??= { after: (now - begun) / 1_000, end: now + seconds * 1_000 }
    ends.push(now + seconds * 1_000)
  }
  const gone = now
  expect(told?.after, 'seconds until it was first told').toBeLessThan(10)
  const tenSecondsIn = ends[40 - Math.round((told?.after ?? 0) * 4)] ?? 0
  expect(Math.abs(tenSecondsIn - gone) / (gone - begun)).toBeLessThan(0.25)
  await new Promise((resolve) => setImmediate(resolve))
  // Once 40 % are used, by the forecast alone: the share is switched off.
  expect(low[0]).toMatchObject({ window: '15m', state: 'started', limit: 300 })
  expect(low[0]?.remaining).toBeGreaterThan(150)
  await expectTruth(lab)
})

it('the whole account at 1.5 calls a second is told hours ahead by a process that makes one in 270', async () => {
  await start(DEFAULT_QUOTA)
  const everySeconds = 180
  // The day's window is the one that gives less back than comes: 105,600 / 1.5 s = 19.6 hours after the start.
  const empty = now + (105_600 / 1.5) * 1_000
  const errors: number[] = []
  for (let seconds = everySeconds; seconds <= 15 * 3_600; seconds += everySeconds) {
    now += everySeconds * 1_000
    lab.mock.spend(1.5 * everySeconds - 1)
    await call()
    const left = (forecast('24h') ?? Number.POSITIVE_INFINITY) * 1_000
    expect(forecast('1h'), `after ${seconds} s`).toBeUndefined()
    if (seconds >= 2 * 3_600) errors.push((left - (empty - now)) / (empty - now))
  }
  expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(low).toEqual([])
  await expectTruth(lab)
})

it('a window that has passed without a reading is unused', async () => {
  await start([
    { seconds: 60, limit: 5 },
    { seconds: 900, limit: 50 },
  ])
  for (let i = 0; i < 6; i++) await call()
  const used = async (window: string) =>
    (await lab.metrics()).value('mangopay.client.rate_limit.usage', { 'mangopay.rate_limit.window': window })
  expect([await used('1m'), await used('15m')]).toEqual([5, 5])
  now += 59_999
  expect(await used('1m')).toBe(5)
  now += 1
  expect([await used('1m'), await used('15m')]).toEqual([0, 5])
  now += 840_000
  expect(await used('15m')).toBe(0)
  expect(lab.mock.used()).toEqual([0, 0])
  await expectTruth(lab)
})
