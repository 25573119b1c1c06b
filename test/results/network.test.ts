/** Results of real clients' calls over loopback, against what the mock has answered. */
import { createRequire } from 'node:module'
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base'
import type MangopaySdk from 'mangopay4-nodejs-sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { resourceOf } from '../../examples/mock/results.ts'
import { matchRoute } from '../../examples/mock/routes.ts'
import type { Fate } from '../../examples/scenarios.ts'
import { allOperations } from '../../src/request/route.ts'
import { RESULT_CODES } from '../../src/results/codes.ts'
import { RESULT_OPERATIONS } from '../../src/results/resources.ts'
import type { ClientName } from '../network/instrumented.ts'
import { LAB_ENVIRONMENT, type Lab, type LabOptions, startLab } from '../network/lab.ts'

const require = createRequire(import.meta.url)

const undici = require('undici') as typeof import('undici')

/** Whether this Node's own `fetch`, and what shares its dispatcher, tells of the bytes that it gets. */
const fetchTells = Number(process.versions.node.split('.')[0]) >= 24

// Where `fetch` was there first, `undici` takes over Node's dispatcher.
await fetch('data:,')
const nodesOwn = undici.getGlobalDispatcher()
const packages = new undici.Agent()

const PAY_IN = 'POST /payins/card/direct'
const RESULTS = 'mangopay.client.results'

let lab: Lab
afterEach(() => lab.close())

const start = async (options: LabOptions = {}) => {
  lab = await startLab({ ...options, processor: { results: true, ...options.processor } })
  return lab
}

/** Makes a call of an operation, with invented ids. */
const callOf = (client: ClientName, operation: string, id = '4659626451') => {
  const [method = '', template = ''] = operation.split(' ')
  const path = template.replace(/\{\w+\}/g, id)
  const isWrite = method !== 'GET'
  return lab.call(client, { method: method as 'GET', url: lab.url(path), ...(isWrite ? { body: {} } : {}) })
}

/** What was counted of writes, as the mock spells it. */
const counted = async () => {
  const metrics = await lab.metrics()
  const results: Record<string, number> = {}
  for (const { attributes, value } of metrics.of(RESULTS)) {
    if (value === 0 || String(attributes['mangopay.operation']).startsWith('GET ')) continue
    const key = `${attributes['mangopay.resource']} ${attributes['mangopay.result.status']}`
    results[key] = (results[key] ?? 0) + value
  }
  const codes: Record<string, number> = {}
  for (const { attributes, value } of metrics.of('mangopay.client.result.failures')) {
    codes[`${attributes['mangopay.resource']} ${attributes['mangopay.result.code']}`] = value
  }
  return { results, codes }
}

/** What the mock has answered to writes. */
const answered = () => {
  const results: Record<string, number> = {}
  const codes: Record<string, number> = {}
  for (const [key, count] of Object.entries(lab.mock.log.totals().results)) {
    const [resource = '', status = '', code] = key.split(' ')
    results[`${resource} ${status}`] = (results[`${resource} ${status}`] ?? 0) + count
    if (status !== 'FAILED' && status !== 'REFUSED' && status !== 'ERROR') continue
    codes[`${resource} ${code ?? '_OTHER'}`] = (codes[`${resource} ${code ?? '_OTHER'}`] ?? 0) + count
  }
  return { results, codes }
}

it('the mock answers with a status where the table says so, and nowhere else', async () => {
  await start()
  const ours = RESULT_OPERATIONS.map(({ operation }) => operation).sort()
  const theirs = allOperations().filter(({ method = '', template = '' }) => {
    const found = matchRoute(template.replace(/\{\w+\}/g, 'x1'))?.methods.get(method)
    return found !== undefined && resourceOf(method, found) !== undefined
  })
  expect(theirs.map(({ name }) => name).sort()).toEqual(ours)
})

describe.each<[client: ClientName, dispatcher: string, isSeen: boolean]>([
  ['sdk', 'no', true],
  ['axios', 'no', true],
  ['undici', 'its own', true],
  ['fetch', 'undici’s', true],
  ['undici', 'Node’s', fetchTells],
  ['fetch', 'Node’s', fetchTells],
])('%s with %s dispatcher', (client, dispatcher, isSeen) => {
  beforeEach(() => undici.setGlobalDispatcher(dispatcher === 'Node’s' ? nodesOwn : packages))
  const codes = isSeen ? RESULT_CODES : []

  it(`every code, each on its span and in the counters`, async () => {
    await start()
    const wanted: (string | undefined)[] = []
    for (const code of codes) {
      const status = code === '000000' || code === '001836' ? 'SUCCEEDED' : 'FAILED'
      lab.mock.resultNext({ status, code }, [PAY_IN])
      await callOf(client, PAY_IN)
      wanted.push(code)
    }
    const tagged = lab.spans().map(({ attributes }) => attributes)
    const payIns = tagged.filter((attributes) => attributes['mangopay.operation'] === PAY_IN)
    expect(payIns.map((attributes) => attributes['mangopay.result.code'])).toEqual(wanted)
    for (const attributes of payIns) {
      expect(attributes['mangopay.outcome']).toBe('success')
      expect(attributes['mangopay.resource']).toBe('pay_in')
      const hasFailed = attributes['mangopay.result.status'] === 'FAILED'
      expect(attributes['mangopay.result.category'] === undefined).toBe(!hasFailed)
    }
    expect(await counted()).toEqual(answered())
  })

  it('every operation with a result: each counted as the mock answered it, reads of old objects not at all', async () => {
    await start()
    for (const [i, { operation }] of RESULT_OPERATIONS.entries()) await callOf(client, operation, `${4659626451 + i}`)
    const spans = lab.spans().filter(({ attributes }) => attributes['mangopay.operation'] !== 'POST /oauth/token')
    expect(spans.length).toBe(RESULT_OPERATIONS.length)
    for (const [i, { attributes }] of spans.entries()) {
      expect(attributes['mangopay.resource']).toBe(isSeen ? RESULT_OPERATIONS[i]?.kind.name : undefined)
    }
    const { results } = await counted()
    expect(results).toEqual(isSeen ? answered().results : {})
    expect(
      (await lab.metrics()).sum(RESULTS, (attributes) => String(attributes['mangopay.operation']).startsWith('GET ')),
    ).toBe(0)
  })
})

describe.each<ClientName>(['sdk', 'axios', 'undici'])('%s, counted from requests, without a hook', (client) => {
  it('every category: in the counters and on the span', async () => {
    undici.setGlobalDispatcher(packages)
    await start({ noHook: true, processor: { countFrom: 'requests' } })
    const codes = ['101101', '101105', '101301', '101001', '008999', '002998', '001001', '001011', '009199', '000000']
    for (const code of codes) {
      lab.mock.resultNext({ status: code === '000000' ? 'SUCCEEDED' : 'FAILED', code }, [PAY_IN])
      await callOf(client, PAY_IN)
    }
    const payIns = lab.spans().filter(({ attributes }) => attributes['mangopay.operation'] === PAY_IN)
    expect(payIns.map(({ attributes }) => attributes['mangopay.result.code'])).toEqual(codes)
    expect(await counted()).toEqual(answered())
  })
})

describe('through the SDK’s own methods', () => {
  const OldSdk = require('mangopay4-nodejs-sdk') as typeof MangopaySdk

  it('pay-ins, payouts, transfers, refunds and cards', async () => {
    await start()
    const api = new OldSdk({
      baseUrl: lab.mock.url,
      clientId: DEMO_CLIENT.clientId,
      clientApiKey: DEMO_CLIENT.apiKey,
      errorHandler: () => {},
    })
    const fates: [Fate, string, () => Promise<unknown>][] = [
      [
        { status: 'FAILED', code: '101101' },
        PAY_IN,
        () => api.PayIns.create({ PaymentType: 'CARD', ExecutionType: 'DIRECT' } as never),
      ],
      [{ status: 'FAILED', code: '001001' }, 'POST /transfers', () => api.Transfers.create({} as never)],
      [
        { status: 'CREATED' },
        'POST /payouts/bankwire',
        () => api.PayOuts.create({ PaymentType: 'BANK_WIRE' } as never),
      ],
      [
        { status: 'ERROR', code: '105202' },
        'PUT /cardregistrations/{cardRegistrationId}',
        () => api.CardRegistrations.update({ Id: '46123456', RegistrationData: 'x' } as never),
      ],
      [
        { status: 'FAILED', code: '101304' },
        'POST /preauthorizations/card/direct',
        () => api.CardPreAuthorizations.create({} as never),
      ],
    ]
    for (const [fate, operation, call] of fates) {
      lab.mock.resultNext(fate, [operation])
      const answer = (await call()) as { Status: string; ResultCode: string | null }
      expect([answer.Status, answer.ResultCode]).toEqual([fate.status, fate.code ?? null])
    }
    expect(await counted()).toEqual(answered())
    expect(lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]?.results).toEqual({
      pay_in: { statuses: { FAILED: 1 }, failures: { bank_refused: 1 }, codes: { '101101': 1 } },
      transfer: { statuses: { FAILED: 1 }, failures: { balance: 1 }, codes: { '001001': 1 } },
      payout: { statuses: { CREATED: 1 }, failures: {}, codes: {} },
      card_registration: { statuses: { ERROR: 1 }, failures: { payment_method: 1 }, codes: { '105202': 1 } },
      preauthorization: { statuses: { FAILED: 1 }, failures: { authentication: 1 }, codes: { '101304': 1 } },
    })
  })
})

describe('counting', () => {
  const read = async (id: unknown) => callOf('axios', `GET /payins/${id}`)
  const make = async (fate: Fate) => {
    lab.mock.resultNext(fate, [PAY_IN])
    const { body } = await callOf('axios', PAY_IN)
    return (body as { Id: string }).Id
  }
  const sum = async (filter: (attributes: Record<string, unknown>) => boolean) =>
    (await lab.metrics()).sum(RESULTS, filter)
  const isRead = (attributes: Record<string, unknown>) => attributes['mangopay.operation'] === 'GET /payins/{payInId}'

  it('has every failure of an operation at 0 from its first call', async () => {
    await start()
    await make({ status: 'CREATED' })
    const points = (await lab.metrics()).of(RESULTS)
    const categories = points
      .filter(({ attributes, value }) => value === 0 && attributes['mangopay.result.status'] === 'FAILED')
      .map(({ attributes }) => attributes['mangopay.result.category'])
    expect(categories.sort()).toEqual([
      'abandoned',
      'authentication',
      'balance',
      'bank_refused',
      'invalid_request',
      'payment_method',
      'risk',
      'technical',
      'unknown',
      'verification',
    ])
  })

  it('a read counts when it is the first to see an object final, and once', async () => {
    await start()
    const id = await make({ status: 'CREATED', later: { milliseconds: 2_000, status: 'FAILED', code: '101001' } })
    await read(id)
    expect(await sum(isRead)).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    for (let i = 0; i < 3; i++) await read(id)
    expect(await sum(isRead)).toBe(1)
    expect(lab.spans().at(-1)?.attributes).toMatchObject({
      'mangopay.result.code': '101001',
      'mangopay.result.category': 'abandoned',
    })
  })

  it('a read of what the write has told already does not count, nor of an old object, nor a list', async () => {
    await start()
    await read(await make({ status: 'FAILED', code: '101101' }))
    await read('4659626499')
    await callOf('axios', 'GET /wallets/{walletId}/transactions')
    await callOf('axios', 'PUT /payins/{payInId}/trackings')
    expect(await sum(() => true)).toBe(1)
  })

  it('is exact when nothing is exported, and nothing is counted of answers that are no success', async () => {
    await start({ sampler: (mangopay) => mangopay.sampler(new AlwaysOffSampler()) })
    lab.mock.failNext({ kind: 'status', status: 500 }, 2)
    lab.mock.failNext({ kind: 'cut', how: 'fin' }, 1)
    for (let i = 0; i < 6; i++) {
      if (i >= 2) lab.mock.resultNext({ status: 'FAILED', code: '101101' }, [PAY_IN])
      await callOf('axios', PAY_IN)
    }
    expect(lab.spans()).toEqual([])
    expect(await counted()).toEqual(answered())
    expect(await sum(({ 'mangopay.result.status': status }) => status === 'FAILED')).toBe(3)
  })

  it('shows fifty codes that nobody knows, and counts the others as _OTHER', async () => {
    await start()
    for (let i = 0; i < 60; i++) await make({ status: 'FAILED', code: String(770_000 + i) })
    const codes = (await lab.metrics()).of('mangopay.client.result.failures')
    expect(codes.length).toBe(51)
    expect(codes.find(({ attributes }) => attributes['mangopay.result.code'] === '_OTHER')?.value).toBe(10)
  })

  it('looks at nothing unless it is asked to', async () => {
    await start({ processor: { results: false } })
    await make({ status: 'FAILED', code: '101101' })
    expect((await lab.metrics()).of(RESULTS)).toEqual([])
    expect(JSON.stringify(lab.spans().at(-1)?.attributes)).not.toContain('result')
    expect(lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]).not.toHaveProperty('results')
  })
})

describe('recordResult', () => {
  const failed = {
    Id: 'payin_1',
    Type: 'PAYIN',
    Nature: 'REGULAR',
    Status: 'FAILED',
    ResultCode: '101101',
    CreationDate: 0,
  }
  const young = () => ({ ...failed, CreationDate: Date.now() / 1000 })

  it('counts where bodies are not looked at, tags the active span, and counts nothing twice', async () => {
    await start({ processor: { results: false } })
    const tracer = lab.provider.getTracer('app')
    tracer.startActiveSpan('checkout', (span) => {
      lab.mangopay.recordResult(failed, { operation: PAY_IN, environment: LAB_ENVIRONMENT })
      lab.mangopay.recordResult(failed, { operation: PAY_IN, environment: LAB_ENVIRONMENT })
      span.end()
    })
    expect(await counted()).toEqual({ results: { 'pay_in FAILED': 1 }, codes: { 'pay_in 101101': 1 } })
    expect(lab.allSpans().find(({ name }) => name === 'checkout')?.attributes).toEqual({
      'mangopay.resource': 'pay_in',
      'mangopay.result.status': 'FAILED',
      'mangopay.result.code': '101101',
      'mangopay.result.category': 'bank_refused',
    })
  })

  it('counts nothing that the answer has told already', async () => {
    await start()
    lab.mock.resultNext({ status: 'FAILED', code: '101101' }, [PAY_IN])
    const { body } = await callOf('axios', PAY_IN)
    lab.mangopay.recordResult(body, { operation: PAY_IN })
    expect(await counted()).toEqual(answered())
  })

  it('without an operation: a transaction is known by its type, and counts when final and young', async () => {
    await start()
    lab.mangopay.recordResult(failed)
    lab.mangopay.recordResult({ ...young(), Status: 'CREATED' })
    lab.mangopay.recordResult(young())
    lab.mangopay.recordResult({ ...young(), Nature: 'REFUND' })
    const { results } = await counted()
    expect(results).toEqual({ 'pay_in FAILED': 1, 'refund FAILED': 1 })
  })

  it('is of the account that the app names by its alias; any other is _OTHER', async () => {
    await start({ processor: { accounts: { 'client-1': 'acme' } } })
    const about = { operation: PAY_IN, environment: LAB_ENVIRONMENT }
    lab.mangopay.recordResult({ ...failed, Id: '1' }, { ...about, account: 'acme' })
    lab.mangopay.recordResult({ ...failed, Id: '2' }, { ...about, account: 'SECRET' })
    lab.mangopay.recordResult({ ...failed, Id: '3' }, about)
    const points = (await lab.metrics()).of(RESULTS).filter(({ value }) => value > 0)
    expect(points.map(({ attributes, value }) => [attributes['mangopay.account'], value])).toEqual([
      ['acme', 1],
      ['_OTHER', 2],
    ])
  })

  const throwing = Object.defineProperty({}, 'Status', {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
  const trap = () => {
    throw new Error('no')
  }
  it.each<[what: string, object: unknown, about: unknown]>([
    ['nothing', undefined, undefined],
    ['null', null, null],
    ['a text', 'FAILED', PAY_IN],
    ['a list', [failed], { operation: PAY_IN }],
    ['an error', new Error('no'), {}],
    ['a getter that throws', throwing, {}],
    ['a proxy that throws', new Proxy({}, { getOwnPropertyDescriptor: trap, get: trap }), {}],
    ['an unknown kind', { ...failed, Type: 'SECRET' }, { operation: 'POST /secret' }],
    ['an unknown status', { Status: 'SECRET', Type: 'PAYIN', Id: 5 }, { operation: 7, environment: {} }],
  ])('takes %s for what it is, and never throws', async (_, object, about) => {
    await start()
    lab.mangopay.recordResult(object, about as never)
    expect(JSON.stringify([await counted(), lab.said])).not.toContain('SECRET')
  })
})
