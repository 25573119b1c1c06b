/** What a storm of calls is made of, and what its server's log lets one know of each. */
import { expect } from 'vitest'
import type { LogEntry } from '../../examples/mock/log.ts'
import type { FaultShare } from '../../examples/scenarios.ts'
import type { EnvironmentSnapshot } from '../../src/snapshot.ts'

/**
 * What goes wrong by chance. No time limits, and no RST in a body: on a busy machine both may come before the client has
 * read what the server has sent.
 */
export const FAULTS: FaultShare[] = [
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

/** Methods and paths below the client id. */
export const ASKS = [
  ['GET', '/users/user_m_01SECRET'],
  ['GET', '/wallets/wlt_m_01SECRET/transactions'],
  ['GET', '/nothing/like/that'],
  ['POST', '/payins/card/direct'],
  ['POST', '/transfers'],
  ['PUT', '/users/natural/user_m_01SECRET'],
  ['DELETE', '/users/natural/user_m_01SECRET'],
] as const

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

/** Holds what was counted against the log: failures by category, and writes of unknown outcome. */
export function expectCategories(snapshot: EnvironmentSnapshot | undefined, entries: readonly LogEntry[]): void {
  const truth: Record<string, number> = {}
  for (const entry of entries) {
    const category = categoryOf(entry)
    if (category !== undefined) truth[category] = (truth[category] ?? 0) + 1
  }
  const counted: Record<string, number> = {}
  for (const [category, count] of Object.entries(snapshot?.failures ?? {})) {
    const key = MERGED[category] ?? category
    counted[key] = (counted[key] ?? 0) + count
  }
  expect(counted).toEqual(truth)
  expect(Object.keys(snapshot?.failures ?? {})).toEqual(expect.arrayContaining(['sca_required', 'timeout', 'network']))
  expect(snapshot?.unknownOutcomes).toBe(entries.filter(isUnknown).length)
}
