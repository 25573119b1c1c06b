/** The quota of real answers, as the mock writes them. */

import type { QuotaLowEvent, SpikeEvent } from 'opentelemetry-mangopay'
import { afterEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../examples/chance.ts'
import type { MockOptions } from '../../examples/mock/options.ts'
import { type Alarm, exhaustedAt, Hysteresis, type Limit, ratesAt, readingOf } from './account.ts'
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
/** Window, used, remaining. */
const shown = () =>
  lab.mangopay.snapshot().environments['lab']?.quota.map(({ window, used, remaining }) => [window, used, remaining])

describe('A real storm of 429s on small quotas', () => {
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
})

// Two client ids on one host: their quotas, shown apart or as one.

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
      expect(points.value('mangopay.client.rate_limit.usage', of)).toBe(lab.mock.used(clientId)[1])
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

// What is not established of the real API, both ways; and a status that is none.

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
    expect(last).not.toHaveProperty('mangopay.rate_limit.exhausted_windows')
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

// Answers with rate-limit headers as proxies and mistakes make them.

const complaints = () => lab.said.filter((line) => line.includes('rate-limit headers'))

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
