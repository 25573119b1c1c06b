/** SCA and quota headers, by the hook and by the header attributes that users may have configured. */
import { SpanKind } from '@opentelemetry/api'
import { afterEach, describe, expect, it } from 'vitest'
import type { ClientName } from './instrumented.ts'
import { type Lab, type LabOptions, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const CLIENTS: ClientName[] = ['sdk', 'axios', 'fetch', 'undici']
const HEADERS = ['x-ratelimit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'date', 'www-authenticate']

let lab: Lab
afterEach(() => lab.close())

const WAYS: Record<string, LabOptions> = {
  'the hook': {},
  'header attributes': { noHook: true, headerAttributes: HEADERS },
  both: { headerAttributes: HEADERS },
}
const rows = Object.keys(WAYS).flatMap((way) => CLIENTS.map((client) => ({ way, client })))

describe.each(rows)('$client by $way', ({ way, client }) => {
  it('tells a 401 that asks for SCA from a refused credential', async () => {
    lab = await startLab(WAYS[way])
    const url = lab.url('/wallets/wlt_m_01SECRET')
    lab.mock.failNext({ kind: 'sca' })
    lab.mock.failNext({ kind: 'status', status: 401 })
    await lab.call(client, { method: 'GET', url })
    await lab.call(client, { method: 'GET', url })
    await expectTruth(lab)
    const spans = lab.spans().filter(({ attributes }) => attributes['mangopay.operation'] === 'GET /wallets/{walletId}')
    expect(spans.map(({ attributes }) => attributes['mangopay.error.category'])).toEqual([
      'sca_required',
      'authentication',
    ])
    expect(spans.map(({ attributes }) => attributes['mangopay.error.retryable'])).toEqual([false, false])
  })

  it('reads the quota, and which window a 429 ran into', async () => {
    const quota = [
      { seconds: 900, limit: 3 },
      { seconds: 86_400, limit: 100 },
    ]
    lab = await startLab({ ...WAYS[way], mock: { quota } })
    for (let i = 0; i < 4; i++) await lab.call(client, { method: 'GET', url: lab.url('/users') })
    await expectTruth(lab)
    const [last] = lab.spans().slice(-1)
    expect(last?.attributes).toMatchObject({
      'http.response.status_code': 429,
      'mangopay.rate_limit.exhausted_windows': ['15m'],
    })
    const read = lab.mangopay
      .snapshot()
      .environments['lab']?.quota.map(({ window, used, limit }) => [window, used, limit])
    expect(read).toEqual([
      ['15m', 3, 3],
      ['24h', 3, 100],
    ])
  })
})

/** The same header as instrumentations of all times have put it on spans. */
const SHAPES: Record<string, (name: string, lines: string[]) => [string, string | string[]]> = {
  'http, stable conventions: joined, in a list': (name, lines) => [name, [lines.join(', ')]],
  'http, old conventions: underscores': (name, lines) => [name.replaceAll('-', '_'), [lines.join(', ')]],
  'undici 0.22 and later: a list of lines': (name, lines) => [name, lines],
  'undici up to 0.18: the last line alone': (name, lines) => [name, lines.at(-1) ?? ''],
  'an app of its own: joined': (name, lines) => [name, lines.join(',')],
}

it.each(Object.keys(SHAPES))('header attributes, %s', async (shape) => {
  lab = await startLab()
  const put = (name: string, lines: string[]) => {
    const [key, value] = SHAPES[shape]?.(name, lines) ?? []
    return { [`http.response.header.${key}`]: value as string | string[] }
  }
  const span = lab.provider.getTracer('hand-made').startSpan('GET', {
    kind: SpanKind.CLIENT,
    attributes: { 'http.request.method': 'GET', 'server.address': '127.0.0.1', 'url.full': lab.url('/users') },
  })
  span.setAttributes({
    'server.port': lab.mock.port,
    'http.response.status_code': 429,
    ...put('x-ratelimit', ['7', '9', '80']),
    ...put('x-ratelimit-remaining', ['0', '1', '20']),
    ...put('x-ratelimit-reset', ['1740399600', '1740401400', '1740484140']),
    // A date has a comma of its own.
    ...{ 'http.response.header.date': ['Mon, 24 Feb 2025 11:50:10 GMT'] },
  })
  span.end()
  const windows = lab.mangopay.snapshot().environments['lab']?.quota.map(({ window, used }) => [window, used])
  const shown = [
    ['30m', 7],
    ['1h', 9],
    ['24h', 80],
  ]
  expect(windows).toEqual(shape.includes('alone') ? shown.slice(2) : shown)
  const exhausted = lab.spans().at(-1)?.attributes['mangopay.rate_limit.exhausted_windows']
  expect(exhausted).toEqual(shape.includes('alone') ? undefined : ['30m'])
})

describe.each(CLIENTS)('%s with neither', (client) => {
  it('an SCA challenge looks like a refused credential, and no quota is invented', async () => {
    lab = await startLab({ noHook: true })
    lab.mock.failNext({ kind: 'sca' })
    await lab.call(client, { method: 'GET', url: lab.url('/wallets/wlt_m_01') })
    await expectTruth(lab)
    expect(lab.spans().at(-1)?.attributes['mangopay.error.category']).toBe('authentication')
    expect(lab.mangopay.snapshot().environments['lab']?.quota).toEqual([])
  })
})
