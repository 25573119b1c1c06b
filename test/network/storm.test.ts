/** Everything at once: calls side by side with faults by chance, and each of them accounted for. */
import { afterEach, expect, it } from 'vitest'
import { seededRandom } from '../../examples/chance.ts'
import { type Lab, startLab } from './lab.ts'
import { ASKS, expectCategories, FAULTS } from './storm.ts'
import { expectTruth } from './truth.ts'

const CALLS = 900
const SEED = 1
const SIDE_BY_SIDE = 40

let lab: Lab
afterEach(() => lab.close())

it('seeded', { timeout: 60_000 }, async () => {
  lab = await startLab({ mock: { seed: SEED, quota: [{ seconds: 900, limit: 1_000_000 }] } })
  const random = seededRandom(SEED)
  const clients = ['axios', 'fetch', 'undici'] as const
  for (const client of clients) await lab.call(client, { method: 'GET', url: lab.url('/clients') })
  lab.mock.setFaults(FAULTS)
  let left = CALLS
  const caller = async () => {
    while (left-- > 0) {
      const client = clients[Math.floor(random() * clients.length)] ?? 'axios'
      const [method, path] = ASKS[Math.floor(random() * ASKS.length)] ?? ASKS[0]
      const body = method === 'GET' ? {} : { body: { Amount: 1 } }
      await lab.call(client, { method, url: lab.url(path), ...body })
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, caller))
  await expectTruth(lab)

  const snapshot = lab.mangopay.snapshot().environments['lab']
  expectCategories(snapshot, lab.mock.log.entries)
  // Calls run side by side, so that answers arrive in any order: the newest reading still is the account's.
  expect(lab.mock.used()[0]).toBe(snapshot?.quota[0]?.used)
})
