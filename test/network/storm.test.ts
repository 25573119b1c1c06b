/**
 * Everything at once: calls side by side with faults by chance, and each of them accounted for. No time limits here,
 * and no RST in a body: on a busy machine both may come before the client has read what the server has sent.
 */
import { afterEach, expect, it } from 'vitest'
import { seededRandom } from '../../examples/chance.ts'
import type { LogEntry } from '../../examples/mock/log.ts'
import type { FaultShare } from '../../examples/scenarios.ts'
import { type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const CALLS = 900
const SEED = 1
const SIDE_BY_SIDE = 40

const FAULTS: FaultShare[] = [
  ...[400, 401, 403, 404, 405, 408, 409, 411, 413, 415, 422, 429, 500].map((status) => ({
    share: 0.02,
    fault: { kind: 'status' as const, status },
  })),
  ...([403, 502, 503, 504, 520] as const).map((status) => ({ share: 0.01, fault: { kind: 'edge' as const, status } })),
  { share: 0.02, fault: { kind: 'redirect' } },
  { share: 0.02, fault: { kind: 'redirect', status: 303 } },
  { share: 0.02, fault: { kind: 'empty', status: 204 } },
  { share: 0.02, fault: { kind: 'sca' } },
  { share: 0.02, fault: { kind: 'credentials' } },
  { share: 0.02, fault: { kind: 'slow', milliseconds: 20 } },
  { share: 0.02, fault: { kind: 'reset' } },
  { share: 0.02, fault: { kind: 'cut', how: 'fin' } },
]

const ASKS = [
  ['GET', '/users/user_m_01SECRET'],
  ['GET', '/wallets/wlt_m_01SECRET/transactions'],
  ['GET', '/nothing/like/that'],
  ['POST', '/payins/card/direct'],
  ['POST', '/transfers'],
  ['PUT', '/users/natural/user_m_01SECRET'],
  ['DELETE', '/users/natural/user_m_01SECRET'],
] as const

let lab: Lab
afterEach(() => lab.close())

const CATEGORIES: Record<number, string> = {
  401: 'authentication or sca_required',
  403: 'authorization',
  404: 'not_found',
  408: 'timeout',
  409: 'idempotency_conflict',
  429: 'rate_limit',
}

/** What the log lets one know of a call; whether a 401 asked for SCA it does not say. */
const categoryOf = ({ status, state }: LogEntry): string | undefined => {
  if (status !== undefined && status >= 500) return 'server_error'
  if (status !== undefined && status >= 400) return CATEGORIES[status] ?? 'invalid_request'
  return state === 'answered' ? undefined : 'network'
}

const isUnknown = ({ method, status, state }: LogEntry) => {
  if (method === 'GET') return false
  if (status === undefined || status >= 500 || status === 408 || status === 409) return true
  if (status >= 400) return false
  return state !== 'answered' || status >= 300
}

const MERGED: Record<string, string> = {
  authentication: 'authentication or sca_required',
  sca_required: 'authentication or sca_required',
}

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

  const { entries } = lab.mock.log
  const truth: Record<string, number> = {}
  for (const entry of entries) {
    const category = categoryOf(entry)
    if (category !== undefined) truth[category] = (truth[category] ?? 0) + 1
  }
  const snapshot = lab.mangopay.snapshot().environments['lab']
  const counted: Record<string, number> = {}
  for (const [category, count] of Object.entries(snapshot?.failures ?? {})) {
    const key = MERGED[category] ?? category
    counted[key] = (counted[key] ?? 0) + count
  }
  expect(counted).toEqual(truth)
  expect(Object.keys(snapshot?.failures ?? {})).toEqual(expect.arrayContaining(['sca_required', 'timeout', 'network']))
  expect(snapshot?.unknownOutcomes).toBe(entries.filter(isUnknown).length)
  // Calls run side by side, so that answers arrive in any order: the newest reading still is the account's.
  expect(lab.mock.used()[0]).toBe(snapshot?.quota[0]?.used)
})
