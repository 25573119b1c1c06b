/**
 * Traffic full of secrets, once with this library and once without it. What is there only with it must hold no id,
 * query, key, token, header value or person's data, and nothing but the vocabulary of the telemetry contract.
 */
import type { Attributes } from '@opentelemetry/api'
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace-base'
import { MangopayClientMonitor } from 'opentelemetry-mangopay'
import * as names from 'opentelemetry-mangopay/names'
import { afterEach, expect, it, vi } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import type { FateShare } from '../../examples/scenarios.ts'
import { ROUTES } from '../../src/request/routes.ts'
import { RESULT_CODES } from '../../src/results/codes.ts'
import { RESULT_STATUSES } from '../../src/results/resources.ts'
import { difference, leaked, type State, stateOf } from '../network/additions.ts'
import { LAB_ENVIRONMENT, type LabOptions, startLab } from '../network/lab.ts'
import { alterHeaders, SECRETS, traffic } from '../network/secrets.ts'
import { expectTruth } from '../network/truth.ts'

const HEADERS = ['x-ratelimit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'date', 'www-authenticate']

/** Payments that are refused, with a message that is nobody's business, and codes and statuses that nobody knows. */
const FATES: readonly FateShare[] = [
  { share: 0.3, fate: { status: 'FAILED', code: '101101' }, only: ['POST /payins/card/direct', 'POST /transfers'] },
  { share: 0.2, fate: { status: 'FAILED', code: '770001' }, only: ['POST /payins/card/direct', 'POST /transfers'] },
  {
    share: 0.2,
    fate: { status: 'SECRET_STATUS', code: 'SECRET' },
    only: ['POST /payins/card/direct', 'POST /transfers'],
  },
]

/** The server's clock stands still, so that both runs get the same `Date`. */
const NOW = Date.now()

/** Without this library. */
const PLAIN: LabOptions = {
  noHook: true,
  sampler: () => new AlwaysOnSampler(),
  processors: (_mangopay, exporting) => [exporting],
}

/** Runs the traffic and gathers every byte that leaves the process one way or another. */
const run = async (options: LabOptions, isMonitored = false) => {
  const printed: unknown[][] = []
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void printed.push(words))
  }
  const events: unknown[] = []
  const told = (event: unknown) => void events.push(event)
  const callbacks = { onSpike: told, onQuotaLow: told, spike: { minimumCount: 1, ratio: 0.01 } }
  const lab = await startLab({
    headerAttributes: HEADERS,
    mock: {
      alterHeaders,
      fates: FATES,
      clock: () => NOW,
      quota: [
        { seconds: 900, limit: 110 },
        { seconds: 86_400, limit: 5_000 },
      ],
    },
    ...options,
    processor: { ...callbacks, ...options.processor },
  })
  if (options === PLAIN) await lab.mangopay.shutdown() // or it says, after a while, that no span reaches it
  const monitor = isMonitored
    ? new MangopayClientMonitor({
        hosts: { [lab.mock.hostPort]: LAB_ENVIRONMENT },
        meterProvider: lab.meters,
        results: true,
        ...callbacks,
      })
    : undefined
  for (const client of ['sdk', 'axios', 'undici'] as const) {
    for (let i = 0; i < 8; i++)
      await lab.call(client, { method: 'POST', url: lab.url('/payins/card/direct'), body: {} })
  }
  await traffic(lab)
  await new Promise((resolve) => setImmediate(resolve))
  return { lab, monitor, events, printed }
}

/** Times and ports differ from run to run: the mock's, and those that a server sees its clients at. */
const alike = (state: State, port: number): State => {
  const same = JSON.parse(JSON.stringify(state).replaceAll(String(port), '11111')) as State
  if (state.attributes['network.peer.port'] !== port) delete same.attributes['network.peer.port']
  return { ...same, events: same.events.map((event) => ({ ...event, time: [0, 0] })) }
}

afterEach(() => vi.restoreAllMocks())

const vocabulary = () => {
  const rows = Object.entries(ROUTES).flatMap(([prefix, all]) => all.map((row) => ({ prefix, row })))
  const templates = rows.map(({ prefix, row }) => prefix + row.slice(row.indexOf(' ') + 1))
  const methods = ['GET', 'POST', 'PUT', 'DELETE']
  return new Set<unknown>([
    ...Object.values(names),
    ...rows.map(({ row }) => row),
    ...templates,
    ...templates.flatMap((template) => methods.map((method) => `${method} ${template}`)),
    ...RESULT_STATUSES,
    ...RESULT_CODES,
    '770001',
    ...['lab', 'acme', '_OTHER', '15m', '24h', true, false],
    ...['OK', 'No content', 'Bad request', 'Unauthorized', 'Forbidden', 'Not Found', 'Method Not Allowed', 'Conflict'],
    ...['Too Many Requests', 'Internal Server Error', 'Bad Gateway', 'Temporary Redirect'],
  ])
}

it.each<[string, LabOptions]>([
  ['one account', {}],
  ['results of answers', { processor: { results: true } }],
  ['accounts with aliases', { processor: { accounts: { [DEMO_CLIENT.clientId]: 'acme' } } }],
  ['from requests', { processor: { countFrom: 'requests', results: true } }],
])('%s: nothing that is there only with the library holds a secret', async (_, options) => {
  const without = await run(PLAIN)
  const ours = await run(options)
  const secrets = new Set([...Object.values(SECRETS), ...without.lab.mock.secrets, ...ours.lab.mock.secrets])
  expect(secrets.size).toBeGreaterThan(30)

  const plain = without.lab.inOrder()
  const tagged = ours.lab.inOrder()
  expect(tagged.length).toBe(plain.length)
  expect(tagged.length).toBeGreaterThan(200)
  const added = tagged.map((span, i) => {
    const other = plain[i]
    if (other === undefined) throw new RangeError(String(i))
    return difference(alike(stateOf(other), without.lab.mock.port), alike(stateOf(span), ours.lab.mock.port))
  })
  const metrics = (await ours.lab.metrics()).all
  const { said } = ours.lab
  const everything = JSON.stringify([added, metrics, said, ours.events, ours.lab.mangopay.snapshot()])
  expect(leaked(everything, secrets)).toEqual([])

  const isTold = everything.includes('770001')
  expect(isTold).toBe(options.processor?.results === true)

  // The search does find what is there: the instrumentation's own attributes are full of it.
  expect(leaked(JSON.stringify(tagged.map(stateOf)), secrets)).toEqual(
    expect.arrayContaining([SECRETS.user, SECRETS.query, SECRETS.unknown]),
  )
  expectVocabulary(added.filter((each) => each !== undefined))
  expect(added.filter((each) => each !== undefined).length).toBe(ours.lab.mock.log.totals().requests)
  expect(ours.events.length).toBeGreaterThan(0)
  // The official SDK has something to say about odd headers.
  expect(ours.printed).toEqual(without.printed)
  expect(without.lab.said).toEqual([])
  // One line for each cause, whatever the traffic.
  expect(said.length).toBeGreaterThan(0)
  expect(said.length).toBeLessThanOrEqual(3)
  await expectTruth(ours.lab)
  await ours.lab.close()
  await without.lab.close()
})

it('a monitor: no secret in metrics, events and warnings, and nothing on spans', async () => {
  const { lab, monitor, events, printed } = await run(PLAIN, true)
  const metrics = (await lab.metrics()).all
  const snapshot = monitor?.snapshot()
  const secrets = new Set([...Object.values(SECRETS), ...lab.mock.secrets])
  const everything = JSON.stringify([metrics, lab.said, events, snapshot])
  expect(leaked(everything, secrets)).toEqual([])
  // There was something to hide it in.
  expect(everything).toContain('770001')
  expect(snapshot?.environments[LAB_ENVIRONMENT]?.calls).toBe(lab.mock.log.totals().requests)
  expect(events.length).toBeGreaterThan(0)
  expect(lab.said.length).toBeGreaterThan(0)
  expect(lab.said.length).toBeLessThanOrEqual(3)
  expect(lab.additions()).toEqual([])
  await monitor?.shutdown()
  const alone = await run(PLAIN)
  expect(printed).toEqual(alone.printed)
  await alone.lab.close()
  await lab.close()
})

function expectVocabulary(added: Record<string, unknown>[]): void {
  const known = vocabulary()
  for (const { name, ...attributes } of added) {
    const values = Object.values(attributes as Attributes).flat()
    const strange = [...Object.keys(attributes), ...values, ...(name === undefined ? [] : [name])].filter(
      (word) => !known.has(word),
    )
    expect(strange).toEqual([])
  }
}
