/** What is not established of the real API, both ways; answers with odd headers; several accounts. */
import { afterEach, describe, expect, it } from 'vitest'
import type { MockOptions } from '../../examples/mock/options.ts'
import type { ClientName } from './instrumented.ts'
import { type Lab, type LabOptions, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const QUOTA = [
  { seconds: 900, limit: 5 },
  { seconds: 86_400, limit: 100 },
]
const CLIENTS: ClientName[] = ['sdk', 'axios', 'fetch', 'undici']

let lab: Lab
afterEach(() => lab.close())

const start = async (mock: MockOptions, more: LabOptions = {}) => {
  lab = await startLab({ mock: { quota: QUOTA, ...mock }, ...more })
}
const get = (client: ClientName = 'fetch') => lab.call(client, { method: 'GET', url: lab.url('/users') })
const shown = () =>
  lab.mangopay.snapshot().environments['lab']?.quota.map(({ window, used, remaining }) => [window, used, remaining])
const complaints = () => lab.said.filter((line) => line.includes('rate-limit headers'))

describe.each(CLIENTS)('%s', (client) => {
  it('429s without the headers: the last reading stands, and no window is named', async () => {
    await start({ quotaHeadersOn: { refused: false } })
    for (let i = 0; i < 8; i++) await get(client)
    expect(shown()).toEqual([
      ['15m', 5, 0],
      ['24h', 5, 95],
    ])
    const last = lab.spans().at(-1)?.attributes
    expect(last?.['mangopay.error.category']).toBe('rate_limit')
    expect(last).not.toHaveProperty('mangopay.rate_limit.exhausted')
    await expectTruth(lab)
  })

  it('429s that use quota themselves', async () => {
    await start({ quotaUsedBy: { refused: true } })
    for (let i = 0; i < 8; i++) await get(client)
    expect(shown()).toEqual([
      ['15m', 8, 0],
      ['24h', 8, 92],
    ])
    await expectTruth(lab)
  })

  it('errors that neither use quota nor tell it', async () => {
    await start({ quotaHeadersOn: { errors: false }, quotaUsedBy: { errors: false } })
    await get(client)
    lab.mock.failNext({ kind: 'status', status: 500 }, 3)
    for (let i = 0; i < 3; i++) await get(client)
    expect(shown()).toEqual([
      ['15m', 1, 4],
      ['24h', 1, 99],
    ])
    await expectTruth(lab)
  })
})

it('token calls that use quota and tell it, at the right account', async () => {
  await start({ quotaHeadersOn: { tokens: true }, quotaUsedBy: { tokens: true } })
  await get('sdk')
  expect(lab.mock.used()).toEqual([2, 2])
  expect(shown()).toEqual([
    ['15m', 2, 3],
    ['24h', 2, 98],
  ])
  await expectTruth(lab)
})

type Headers = Record<string, string | string[]>
const RATE = ['X-RateLimit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']
const eachRate = (change: (values: string[], name: string) => string[] | string | undefined) => (headers: Headers) => {
  const changed: Headers = {}
  for (const [name, value] of Object.entries(headers)) {
    const result = RATE.includes(name) && Array.isArray(value) ? change(value, name) : value
    if (result !== undefined) changed[name] = result
  }
  return changed
}
const WHOLE = [
  ['15m', 2, 3],
  ['24h', 2, 98],
]

describe.each<[string, MockOptions['alterHeaders'], unknown, number]>([
  ['joined by a proxy', eachRate((values) => values.join(', ')), WHOLE, 0],
  ['joined without a space', eachRate((values) => values.join(',')), WHOLE, 0],
  ['in another order', eachRate((values) => values.toReversed()), WHOLE, 0],
  [
    'in lower case, as over HTTP/2',
    (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    WHOLE,
    0,
  ],
  ['without reset', eachRate((values, name) => (name === RATE[2] ? undefined : values)), [], 1],
  [
    'one value short',
    eachRate((values, name) => (name === RATE[1] ? values.slice(0, 1) : values)),
    WHOLE.slice(0, 1),
    1,
  ],
  [
    'with words',
    eachRate((values, name) => (name === RATE[0] ? ['many', ...values.slice(1)] : values)),
    WHOLE.slice(1),
    1,
  ],
  ['negative', eachRate((values, name) => (name === RATE[1] ? ['-1', ...values.slice(1)] : values)), WHOLE.slice(1), 1],
  ['empty', eachRate(() => ['', '']), [], 1],
  ['absurd', eachRate(() => ['99999999999999999999', '1e9']), [], 1],
  ['absent', eachRate(() => undefined), [], 0],
])('headers %s', (_, alterHeaders, expected, lines) => {
  it.each(CLIENTS)('%s', async (client) => {
    await start({ ...(alterHeaders === undefined ? {} : { alterHeaders }) })
    await get(client)
    await get(client)
    expect(shown()).toEqual(expected)
    expect(complaints()).toHaveLength(lines)
    await expectTruth(lab)
  })
})

describe('two client ids on one host', () => {
  const clients = { 'first-platform': 'first-key-000000', 'second-platform': 'second-key-00000' }
  const call = (clientId: keyof typeof clients) =>
    lab.call('axios', {
      method: 'GET',
      url: `${lab.mock.url}/v2.01/${clientId}/users`,
      headers: { authorization: `Bearer ${lab.mock.issueToken(clientId)}` },
    })

  it('with aliases each is shown apart', async () => {
    await start({ clients }, { processor: { accounts: { 'first-platform': 'shop', 'second-platform': 'market' } } })
    for (let i = 0; i < 3; i++) await call('first-platform')
    await call('second-platform')
    const points = await lab.metrics()
    for (const [alias, clientId] of [
      ['shop', 'first-platform'],
      ['market', 'second-platform'],
    ] as const) {
      const of = { 'mangopay.account': alias, 'mangopay.rate_limit.window': '24h' }
      expect(points.value('mangopay.client.rate_limit.used', of)).toBe(lab.mock.used(clientId)[1])
    }
    expect(lab.said).toEqual([])
    await expectTruth(lab)
  })

  it('without aliases the quota is that of the last, and one line says so', async () => {
    await start({ clients })
    for (let i = 0; i < 3; i++) await call('first-platform')
    await call('second-platform')
    expect(shown()?.[0]).toEqual(['15m', 1, 4])
    await call('first-platform')
    expect(shown()?.[0]).toEqual(['15m', 4, 1])
    expect(lab.said.filter((line) => line.includes('two client ids'))).toHaveLength(1)
    await expectTruth(lab)
  })
})

it.each<ClientName>(['axios', 'undici'])('%s: a status that is no HTTP status is unexpected', async (client) => {
  await start({})
  lab.mock.failNext({ kind: 'status', status: 777 }, 2)
  await get(client)
  await lab.call(client, { method: 'POST', url: lab.url('/transfers'), body: {} })
  const tags = lab
    .spans()
    .map(({ attributes }) => [attributes['mangopay.error.category'], attributes['mangopay.outcome']])
  expect(tags).toEqual([
    ['unexpected_response', 'failure'],
    ['unexpected_response', 'unknown'],
  ])
  // It has no place among the status codes of the counter.
  const counted = (await lab.metrics()).of('mangopay.client.requests').filter(({ value }) => value > 0)
  expect(counted).toHaveLength(2)
  for (const { attributes } of counted) expect(attributes).not.toHaveProperty('http.response.status_code')
})
