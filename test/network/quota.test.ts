/** A real storm of 429s on small quotas: everything the library says at every step against the mock's own log. */
import type { QuotaLowEvent, SpikeEvent } from 'opentelemetry-mangopay'
import { afterEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../examples/chance.ts'
import { type Alarm, exhaustedAt, Hysteresis, type Limit, ratesAt, readingOf } from './account.ts'
import type { ClientName } from './instrumented.ts'
import { type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const FOUR: Limit[] = [
  { name: '15m', seconds: 900, limit: 20 },
  { name: '30m', seconds: 1_800, limit: 34 },
  { name: '1h', seconds: 3_600, limit: 60 },
  { name: '24h', seconds: 86_400, limit: 150 },
]
const SIX: Limit[] = [{ name: '1m', seconds: 60, limit: 8 }, { name: '5m', seconds: 300, limit: 14 }, ...FOUR]
const SETS: Record<string, Limit[]> = { three: FOUR.slice(1), four: FOUR, six: SIX }

const START = Date.UTC(2026, 10, 23, 11, 58, 47, 250)
const WINDOW_SECONDS = 300
const SPIKE = { windowSeconds: WINDOW_SECONDS, minimumCount: 3, ratio: 0.2, clearRatio: 0.1, minimumSeconds: 30 }
const LOW_SHARE = 0.2
const KINDS = ['429', '500', 'unavailable'] as const

let lab: Lab
afterEach(() => lab.close())

const rows: { client: ClientName; set: string; skew: number }[] = [
  ...(['sdk', 'axios', 'fetch'] as const).flatMap((client) =>
    Object.keys(SETS).map((set) => ({ client, set, skew: 0 })),
  ),
  { client: 'sdk', set: 'four', skew: 600 },
  { client: 'axios', set: 'three', skew: -600 },
  { client: 'fetch', set: 'six', skew: -600 },
  { client: 'fetch', set: 'four', skew: 600 },
]

describe.each(rows)('$client, $set windows, server $skew s ahead', ({ client, set, skew }) => {
  const limits = SETS[set] ?? []

  it('agrees with the log at every step', async () => {
    let now = START
    const alarms: Alarm[] = []
    const note = (what: string, { state }: SpikeEvent | QuotaLowEvent) => void alarms.push({ what, state })
    lab = await startLab({
      mock: { quota: limits, clock: () => now, skewMilliseconds: skew * 1_000, tokenSeconds: 10_000_000 },
      processor: {
        clock: () => now,
        spike: SPIKE,
        onSpike: (event) => note(event.kind, event),
        quota: { lowShare: LOW_SHARE, emptyWithinSeconds: 0 },
        onQuotaLow: (event) => note(event.window, event),
      },
    })
    const { entries } = lab.mock.log
    const random = seededRandom(limits.length * 7 + skew)
    const expectedAlarms = new Hysteresis()

    const check = async () => {
      const last = entries.at(-1)
      if (last === undefined) throw new Error('nothing was received')
      const truth = readingOf(entries, limits, last)
      const { quota, rates } = lab.mangopay.snapshot().environments['lab'] ?? {}
      expect(quota?.map(({ window, limit, used, remaining }) => ({ window, limit, used, remaining }))).toEqual(truth)
      expect(quota?.every(({ age }) => age === 0)).toBe(true)
      expect(rates).toEqual({ windowSeconds: WINDOW_SECONDS, ...ratesAt(entries, now, WINDOW_SECONDS, skew * 1_000) })
      const points = await lab.metrics()
      for (const { window, ...values } of truth) {
        const of = { 'mangopay.rate_limit.window': window, 'mangopay.environment': 'lab' }
        for (const [name, value] of Object.entries(values)) {
          const gauge = name === 'used' ? 'usage' : name
          expect(points.value(`mangopay.client.rate_limit.${gauge}`, of), `${name} of ${window}`).toBe(value)
        }
        expect(points.value('mangopay.client.rate_limit.reading_timestamp', of)).toBe(Math.floor(last.time / 1_000))
      }
      expect(points.of('mangopay.client.rate_limit.usage')).toHaveLength(limits.length)
      for (const kind of KINDS) {
        expect(points.value('mangopay.client.error_ratio', { 'mangopay.error_ratio.kind': kind })).toBe(
          rates?.kinds[kind].ratio,
        )
      }
    }
    const callOnce = async () => {
      if (random() < 0.06) lab.mock.failNext({ kind: 'status', status: 500 })
      await lab.call(client, { method: 'GET', url: lab.url('/users') })
      const last = entries.at(-1)
      const attributes = lab.spans().at(-1)?.attributes
      if (last === undefined) throw new Error('nothing was received')
      const exhausted = last.status === 429 ? exhaustedAt(entries, limits, last) : undefined
      expect(attributes?.['mangopay.rate_limit.exhausted_windows'], `call ${last.number}`).toEqual(exhausted)
      expectAlarms(last)
    }
    const pass = (milliseconds: number) => {
      now += milliseconds
      const last = entries.at(-1)
      if (last !== undefined) expectAlarms(last)
      // Looks as the library's own timer does, which must not come between two lines here.
      lab.mangopay.snapshot()
    }
    /** What the library is to tell after a call or a look. A window without a call for its whole length is unused. */
    const expectAlarms = (last: (typeof entries)[number]) => {
      const { kinds } = ratesAt(entries, now, WINDOW_SECONDS, skew * 1_000)
      for (const kind of KINDS) {
        const { count, ratio } = kinds[kind]
        const starts = count >= SPIKE.minimumCount && ratio >= SPIKE.ratio
        expectedAlarms.look(kind, now, starts, ratio < SPIKE.clearRatio, SPIKE.minimumSeconds * 1_000)
      }
      for (const [i, { window, remaining: left, limit }] of readingOf(entries, limits, last).entries()) {
        const isPassed = now + skew * 1_000 - last.time >= (limits[i]?.seconds ?? 0) * 1_000
        const remaining = isPassed ? limit : left
        expectedAlarms.look(window, now, remaining / limit <= LOW_SHARE, remaining / limit > LOW_SHARE * 1.5)
      }
    }

    await lab.call(client, { method: 'GET', url: lab.url('/clients') })
    expectAlarms(entries.at(-1) as (typeof entries)[number])
    for (let step = 0; step < 20; step++) {
      // Bursts with a second between the calls, so that each is looked at; then a pause of up to some minutes.
      const burst = 1 + Math.floor(random() * 12)
      for (let i = 0; i < burst; i++) {
        pass(1_001)
        await callOnce()
      }
      await check()
      pass(Math.floor(random() ** 3 * 900_000))
    }
    await new Promise((resolve) => setImmediate(resolve))
    expect(alarms).toEqual(expectedAlarms.alarms)
    expect(lab.mock.log.totals().statuses['429'], 'a storm there was').toBeGreaterThan(20)
    expect(alarms.filter(({ state }) => state === 'ended').length, 'and it ended').toBeGreaterThan(0)
    expect(lab.said).toEqual([])
    await expectTruth(lab)
  })
})
