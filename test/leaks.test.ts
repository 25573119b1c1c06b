/**
 * Traffic full of secrets, once with this library and once without it. What is there only with it must hold no id,
 * query, key, token, header value or person's data, and nothing but the vocabulary of the telemetry contract.
 */
import type { Attributes } from '@opentelemetry/api'
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace-base'
import * as names from 'opentelemetry-mangopay/names'
import { afterEach, expect, it, vi } from 'vitest'
import { DEMO_CLIENT } from '../examples/mock/options.ts'
import type { Fault } from '../examples/scenarios.ts'
import { ROUTES } from '../src/routes.ts'
import { difference, leaked, type State, stateOf } from './network/additions.ts'
import type { Ask, ClientName } from './network/instrumented.ts'
import { type Lab, type LabOptions, startLab } from './network/lab.ts'
import { expectTruth } from './network/truth.ts'

const CLIENTS: ClientName[] = ['sdk', 'axios', 'fetch', 'undici']
const HEADERS = ['x-ratelimit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'date', 'www-authenticate']

/** The server's clock stands still, so that both runs get the same `Date`. */
const NOW = Date.now()

/** What nobody may find, besides all that the mock hands out or receives. */
const SECRETS = {
  user: 'user_m_01JSECRETUSER',
  unknown: 'zz-secret-segment-zz',
  query: 'secret-query-value',
  email: 'ada.secret@shop.example',
  iban: 'FR7630004000031234567890143',
  key: 'order-secret-idempotency',
  own: 'secret-request-header',
  echoed: 'secret-response-header',
  version: 'vsecret-version',
  second: 'second-platform-secret',
  login: 'login-secret',
}
const DATA = { Email: SECRETS.email, IBAN: SECRETS.iban, Tag: SECRETS.login, Amount: 1 }

const FAULTS: Fault[] = [
  { kind: 'slow', milliseconds: 1 },
  { kind: 'status', status: 400 },
  { kind: 'sca' },
  { kind: 'edge', status: 502 },
  { kind: 'edge', status: 403 },
  { kind: 'status', status: 429 },
  { kind: 'redirect' },
  { kind: 'credentials' },
  { kind: 'empty', status: 204 },
]
/** These kill the SDK's process. No RST in a body: what the client has read by then is a matter of chance. */
const CUTS: Fault[] = [{ kind: 'reset' }, { kind: 'cut', how: 'fin' }]

const asks = (lab: Lab): Ask[] => {
  const { user, unknown, query, key, own, version, second } = SECRETS
  const headers = { 'X-Own': own, 'Idempotency-Key': key }
  return [
    { method: 'GET', url: lab.url(`/users/${user}?Email=${query}&sig=${query}`) },
    { method: 'GET', url: lab.url(`/users/${encodeURIComponent(`${user}/../é`)}/wallets/`) },
    { method: 'POST', url: lab.url('/payins/card/direct'), body: DATA, headers },
    { method: 'POST', url: lab.url('/payins/card/direct'), body: DATA, headers },
    { method: 'GET', url: lab.url(`/responses/${key}`) },
    { method: 'PUT', url: lab.url(`/users/natural/${user}`), body: DATA },
    { method: 'DELETE', url: lab.url(`/users/natural/${user}`), body: DATA },
    { method: 'DELETE', url: lab.url(`/users/${user}`) },
    { method: 'GET', url: lab.url(`/${unknown}/${user}`) },
    { method: 'GET', url: lab.url(`/users/${user}/${unknown}?a=${query}#${query}`) },
    { method: 'GET', url: lab.url('/users').replace('/v2.01/', `/${version}/`) },
    { method: 'GET', url: lab.url('/users').replace(DEMO_CLIENT.clientId, second) },
    { method: 'GET', url: `${lab.mock.url}/${unknown}` },
    { method: 'POST', url: lab.tokenUrl, headers: { authorization: `Basic ${btoa(`${second}:${key}`)}` } },
  ]
}

const traffic = async (lab: Lab) => {
  for (const client of CLIENTS) {
    for (const ask of asks(lab)) await lab.call(client, ask)
    for (const fault of client === 'sdk' ? FAULTS : [...FAULTS, ...CUTS]) {
      for (const ask of asks(lab).slice(0, 3)) {
        lab.mock.failNext(fault)
        await lab.call(client, ask)
      }
    }
  }
  const { user, login, key } = SECRETS
  const withLogin = lab.url(`/users/${user}`).replace('//', `//${login}:${key}@`)
  await lab.call('axios', { method: 'GET', url: withLogin })
}

/** Headers of hostile answers: values that look like a quota but carry something else. */
const alterHeaders = (headers: Record<string, string | string[]>) => ({
  ...headers,
  'X-Request-Id': SECRETS.echoed,
  ...(headers['X-RateLimit'] === undefined ? {} : { 'X-RateLimit': [...headers['X-RateLimit'], SECRETS.echoed] }),
})

/** Runs the traffic and gathers every byte that leaves the process one way or another. */
const run = async (options: LabOptions) => {
  const printed: unknown[][] = []
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void printed.push(words))
  }
  const events: unknown[] = []
  const told = (event: unknown) => void events.push(event)
  const lab = await startLab({
    headerAttributes: HEADERS,
    mock: {
      alterHeaders,
      clock: () => NOW,
      quota: [
        { seconds: 900, limit: 110 },
        { seconds: 86_400, limit: 5_000 },
      ],
    },
    ...options,
    processor: {
      onSpike: told,
      onQuotaLow: told,
      spike: { minimumCount: 1, ratio: 0.01 },
      ...options.processor,
    },
  })
  await traffic(lab)
  await new Promise((resolve) => setImmediate(resolve))
  return { lab, events, printed }
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
    ...['lab', 'acme', '_OTHER', '15m', '24h', true, false],
    ...['OK', 'No content', 'Bad request', 'Unauthorized', 'Forbidden', 'Not Found', 'Method Not Allowed', 'Conflict'],
    ...['Too Many Requests', 'Internal Server Error', 'Bad Gateway', 'Temporary Redirect'],
  ])
}

it.each<[string, LabOptions]>([
  ['one account', {}],
  ['accounts with aliases', { processor: { accounts: { [DEMO_CLIENT.clientId]: 'acme' } } }],
])('%s: nothing that is there only with the library holds a secret', async (_, options) => {
  const without = await run({
    noHook: true,
    sampler: () => new AlwaysOnSampler(),
    processors: (_mangopay, exporting) => [exporting],
  })
  const ours = await run(options)
  const secrets = new Set([...Object.values(SECRETS), ...without.lab.mock.secrets, ...ours.lab.mock.secrets])
  expect(secrets.size).toBeGreaterThan(30)

  const plain = without.lab.allSpans()
  const tagged = ours.lab.allSpans()
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
