/** Requests that are not written as in the book: the operation is the same, or `_OTHER`, and never a guess. */
import { context, SpanKind, trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { afterEach, describe, expect, it } from 'vitest'
import { axiosCall, fetchCall, undiciInstrumentation } from './instrumented.ts'
import { type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

let lab: Lab
afterEach(() => lab.close())

const operations = () => lab.spans().map(({ attributes }) => attributes['mangopay.operation'])

const SPELLINGS: [path: string, operation: string][] = [
  ['/v2.01/demo-platform/users/user_m_01SECRET', 'GET /users/{userId}'],
  ['/v2.01/demo-platform/users/user_m_01SECRET/', 'GET /users/{userId}'],
  ['/v2.01/demo-platform/Users/user_m_01SECRET?page=1&sig=secret', 'GET /users/{userId}'],
  ['/V2.01/demo-platform/USERS/user_m_01SECRET#part', 'GET /users/{userId}'],
  ['/v3.0/demo-platform/users/user_m%2F01SECRET', 'GET /users/{userId}'],
  ['/v2.01/users/users/user_m_01SECRET', 'GET /users/{userId}'], // a client id that is a literal of the table
  ['/v2.01/demo-platform/users/user_m_01SECRET/wallets', 'GET /users/{userId}/wallets'],
  ['/v2.01/demo-platform/users/user_m_01SECRET/nothing', '_OTHER'],
  ['/v2.01/demo-platform/users//wallets', '_OTHER'],
  ['/v2.01/demo-platform', '_OTHER'],
  ['/', '_OTHER'],
]

describe.each(['axios', 'fetch', 'undici'] as const)('%s', (client) => {
  it('spellings of a path', async () => {
    lab = await startLab({ mock: { requireToken: false } })
    for (const [path] of SPELLINGS) await lab.call(client, { method: 'GET', url: lab.mock.url + path })
    expect(operations()).toEqual(SPELLINGS.map(([, operation]) => operation))
    await lab.mangopay.forceFlush()
    expect(lab.mangopay.snapshot().environments['lab']?.calls).toBe(lab.mock.log.totals().requests)
  })

  it.each(['HEAD', 'PATCH', 'OPTIONS'])('%s, which the table does not know', async (method) => {
    lab = await startLab()
    lab.mock.failNext({ kind: 'empty', status: 204 })
    lab.mock.failNext({ kind: 'status', status: 500 })
    for (let i = 0; i < 2; i++) await lab.call(client, { method: method as 'GET', url: lab.url('/users') })
    const tags = lab.spans().map(({ name, attributes }) => [name, attributes['mangopay.outcome']])
    expect(operations()).toEqual(['_OTHER', '_OTHER'])
    expect(tags).toEqual([
      [`${method} /v2.01/{clientId}/users`, 'success'],
      [`${method} /v2.01/{clientId}/users`, method === 'PATCH' ? 'unknown' : 'failure'],
    ])
    await expectTruth(lab)
  })

  it('a retry of the team within a span that looks like the call itself counts each attempt', async () => {
    lab = await startLab()
    const url = lab.url('/users')
    const attributes = { 'http.request.method': 'GET', 'server.address': '127.0.0.1', 'server.port': lab.mock.port }
    const span = lab.provider
      .getTracer('our-retries')
      .startSpan('GET', { kind: SpanKind.CLIENT, attributes: { ...attributes, 'url.full': url } })
    lab.mock.failNext({ kind: 'status', status: 500 }, 2)
    await context.with(trace.setSpan(context.active(), span), async () => {
      for (let attempt = 0; attempt < 3; attempt++) await lab.call(client, { method: 'GET', url })
    })
    span.end()
    await expectTruth(lab, { notExported: true })
  })
})

it('a login in the URL reaches nothing of ours', async () => {
  lab = await startLab()
  const url = lab.url('/users').replace('//', '//login-secret:key-secret@')
  await axiosCall({ method: 'GET', url })
  await fetchCall({ method: 'GET', url }) // fetch refuses such a URL before anything is sent
  expect(JSON.stringify(lab.additions())).not.toMatch(/secret/)
  await expectTruth(lab)
})

it('a gateway: the prefix is cut, other paths of that host are foreign', async () => {
  lab = await startLab()
  const gateway = new MangopaySpanProcessor({ hosts: { [`${lab.mock.hostPort}/pay/mangopay`]: 'production' } })
  undiciInstrumentation.setTracerProvider(
    new BasicTracerProvider({ spanProcessors: [gateway, lab.mangopay], sampler: gateway.sampler() }),
  )
  for (const path of ['/pay/mangopay/v2.01/demo-platform/users', '/pay/mangopayment/v2.01/x/users', '/pay/other']) {
    await fetchCall({ method: 'GET', url: lab.mock.url + path })
  }
  const { calls, operations: named } = gateway.snapshot().environments['production'] ?? {}
  expect([calls, Object.keys(named ?? {})]).toEqual([1, ['GET /users']])
})
