/** Several processes share one account; what they export is combined as the telemetry contract says. */
import { afterEach, expect, it } from 'vitest'
import { seededRandom } from '../../examples/chance.ts'
import type { Mock } from '../../examples/mock/server.ts'
import { startMock } from '../../examples/mock/server.ts'
import type { MemberOrder, MemberReport, MemberSettings } from '../children/member.ts'
import { type Running, start } from '../support/run.ts'
import { type Limit, usedAt } from './account.ts'

const LIMITS: Limit[] = [
  { name: '15m', seconds: 900, limit: 120 },
  { name: '1h', seconds: 3_600, limit: 400 },
  { name: '24h', seconds: 86_400, limit: 1_000 },
]
const FRESH_SECONDS = 120

let mock: Mock
let members: Running[] = []
afterEach(async () => {
  for (const member of members) member.signal('SIGKILL')
  await Promise.all(members.map(({ ended }) => ended))
  members = []
  await mock.close()
})

/** The rule of the contract: the freshest readings count, and among those the smallest remaining. */
const combined = (reports: readonly MemberReport[], window: string): number | undefined => {
  const readings = reports.flatMap(({ quota }) => quota.filter((each) => each.window === window))
  const freshest = Math.max(...readings.map(({ timestamp }) => timestamp))
  const fresh = readings.filter(({ timestamp }) => timestamp >= freshest - FRESH_SECONDS)
  return fresh.length === 0 ? undefined : Math.min(...fresh.map(({ remaining }) => remaining))
}

it.each([600, -600])('their freshest reading is the account, with a server %i s ahead', async (skew) => {
  let now = Date.UTC(2026, 10, 23, 10, 0, 0, 400)
  mock = await startMock({ quota: LIMITS, clock: () => now, skewMilliseconds: skew * 1_000, tokenSeconds: 1_000_000 })
  const settings: MemberSettings = {
    hostPort: mock.hostPort,
    url: `${mock.url}/v2.01/demo-platform`,
    token: mock.issueToken(),
  }
  members = Array.from({ length: 3 }, () => start('member', settings))
  const reports = (await Promise.all(members.map((member) => member.next()))).map(
    (): MemberReport => ({ quota: [], requests: 0 }),
  )
  const order = async (index: number, calls: number) => {
    const member = members[index]
    if (member === undefined) throw new RangeError(String(index))
    member.tell({ now, calls } satisfies MemberOrder)
    reports[index] = (await member.next()) as MemberReport
  }
  const random = seededRandom(5)
  // Everybody calls at first; then member 0 makes no call for hours while the others go on.
  for (const index of members.keys()) await order(index, 2)
  const idle = reports[0]
  for (let round = 0; round < 25; round++) {
    now += 20_000 + Math.floor(random() * 500_000)
    const busy = 1 + Math.floor(random() * 2)
    const calls = 1 + Math.floor(random() * 6)
    await order(busy, calls)
    // The others are scraped too, and show what they last saw.
    await Promise.all([...members.keys()].filter((index) => index !== busy).map((index) => order(index, 0)))
    const used = usedAt(mock.log.entries, LIMITS, mock.now())
    for (const [i, { name, limit }] of LIMITS.entries()) {
      const truth = limit - (used[i] ?? 0)
      const shown = combined(reports, name) ?? Number.NaN
      // A member that called up to two minutes ago counts as fresh, and what it saw may have left the window since.
      expect(shown, `${name} in round ${round}`).toBeLessThanOrEqual(truth)
      expect(shown, `${name} in round ${round}`).toBeGreaterThanOrEqual(truth - recentlyLeft(i, truth))
    }
  }
  expect(reports[0]?.quota.find(({ window }) => window === '24h')?.remaining).toBe(
    idle?.quota.find(({ window }) => window === '24h')?.remaining,
  )
  const counted = reports.reduce((sum, { requests }) => sum + requests, 0)
  expect(counted).toBe(mock.log.totals().requests)

  /** Calls that left a window in the two minutes before now: what a reading that counts as fresh may still hold. */
  function recentlyLeft(index: number, truth: number): number {
    const limits = LIMITS.slice(index, index + 1)
    const earlier = usedAt(mock.log.entries, limits, mock.now() - (FRESH_SECONDS + 1) * 1_000)[0] ?? 0
    const still = (limits[0]?.limit ?? 0) - truth
    const since = mock.log.entries.filter(({ time }) => time > mock.now() - (FRESH_SECONDS + 1) * 1_000).length
    return Math.max(0, earlier + since - still)
  }
})

it('calls side by side of all processes are within what was in flight', async () => {
  const now = Date.now()
  mock = await startMock({ quota: LIMITS, clock: () => now })
  const settings = { hostPort: mock.hostPort, url: `${mock.url}/v2.01/demo-platform`, token: mock.issueToken() }
  members = Array.from({ length: 3 }, () => start('member', settings satisfies MemberSettings))
  await Promise.all(members.map((member) => member.next()))
  for (let round = 0; round < 4; round++) {
    for (const member of members) member.tell({ now, calls: 6 } satisfies MemberOrder)
    const reports = (await Promise.all(members.map((member) => member.next()))) as MemberReport[]
    const used = usedAt(mock.log.entries, LIMITS, mock.now())
    // All answers carry the same Date here; the highest `used` among them is the newest.
    for (const [i, { name, limit }] of LIMITS.entries()) expect(combined(reports, name)).toBe(limit - (used[i] ?? 0))
  }
})
