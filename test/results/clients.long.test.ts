/** Mangopay's SDKs of both lines and the other clients on every Node: what is counted is what the mock answered. */
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { type OtlpReceiver, startReceiver } from '../../examples/otlp-receiver.ts'
import type { FateShare } from '../../examples/scenarios.ts'
import { nodeBinary } from '../matrix/lab.ts'
import { nodeVersions } from '../matrix/lines.ts'
import { pack } from '../matrix/project.ts'
import { end, place, type Running, start } from '../platforms/place.ts'

// Most of a test's time is npm's.
vi.setConfig({ testTimeout: 600_000 })

const CLIENTS = ['SDK 4', 'SDK 2', 'axios', 'node:http', 'undici', 'fetch']
/** How often each of them pays. */
const ROUNDS = 40

const of = (operation: string, shares: readonly [share: number, status: string, code?: string][]): FateShare[] =>
  shares.map(([share, status, code]) => ({
    share,
    fate: { status, ...(code === undefined ? {} : { code }) },
    only: [operation],
  }))

const FATES: readonly FateShare[] = [
  ...of('POST /payins/card/direct', [
    [0.2, 'FAILED', '101101'],
    [0.2, 'FAILED', '101301'],
    [0.1, 'FAILED', '009199'],
    [0.1, 'FAILED', '770001'],
    [0.1, 'CREATED'],
  ]),
  ...of('POST /transfers', [[0.5, 'FAILED', '001001']]),
  ...of('POST /payouts/bankwire', [[0.2, 'FAILED', '121003']]),
]

let tarball: string
let mock: Mock
let receiver: OtlpReceiver
let running: Running | undefined

beforeAll(() => {
  tarball = pack()
})
beforeEach(async () => {
  mock = await startMock({ fates: FATES })
  receiver = await startReceiver()
})
afterEach(async () => {
  if (running !== undefined) end(running.child)
  await Promise.all([mock.close(), receiver.close()])
})

const add = (counts: Record<string, number>, name: string, count: number) => {
  if (count > 0) counts[name] = (counts[name] ?? 0) + count
}

it.each(['22', '24', '26'])('Node %s', async (line) => {
  const node = nodeBinary(nodeVersions[line] ?? '')
  const env = { API_KEY: DEMO_CLIENT.apiKey }
  running = start(place('results', tarball), [node, 'results.cjs', `${ROUNDS}`], { mock, backend: receiver }, env)
  const { code, stdout, stderr } = await running.ended
  expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: `${CLIENTS.join('\n')}\n` })

  const answered: Record<string, number> = {}
  const failed: Record<string, number> = {}
  for (const [key, count] of Object.entries(mock.log.totals().results)) {
    const [resource, status, result] = key.split(' ')
    add(answered, `${resource} ${status}`, count)
    if (status === 'FAILED') add(failed, `${resource} ${result}`, count)
  }
  const counted: Record<string, number> = {}
  for (const { attributes, value } of receiver.points('mangopay.client.results')) {
    add(counted, `${attributes['mangopay.resource']} ${attributes['mangopay.result.status']}`, value)
  }
  const codes: Record<string, number> = {}
  for (const { attributes, value } of receiver.points('mangopay.client.result.failures')) {
    add(codes, `${attributes['mangopay.resource']} ${attributes['mangopay.result.code']}`, value)
  }
  expect(counted).toEqual(answered)
  expect(codes).toEqual(failed)
  expect(Object.values(counted).reduce((sum, count) => sum + count, 0)).toBe(CLIENTS.length * ROUNDS)
  expect(Object.keys(failed).length).toBe(6)
})
