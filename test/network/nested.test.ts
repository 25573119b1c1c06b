import { context, SpanKind, trace } from '@opentelemetry/api'
import { afterEach, describe, expect, it } from 'vitest'
import { startMock } from '../../examples/mock/server.ts'
import type { ClientName } from './instrumented.ts'
import { type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

let lab: Lab
afterEach(() => lab.close())

const clients: ClientName[] = ['sdk', 'axios', 'fetch', 'undici']

describe.each(clients)('%s within a span of the team', (client) => {
  /** What a team may put around a call. */
  const around = async (attributes: Record<string, string | number>, work: () => Promise<unknown>) => {
    const tracer = lab.provider.getTracer('our-payments')
    const span = tracer.startSpan('pay', { kind: SpanKind.CLIENT, attributes })
    await context.with(trace.setSpan(context.active(), span), work)
    span.end()
    return span
  }

  it('a plain CLIENT span around calls swallows none and is not counted', async () => {
    lab = await startLab()
    await around({ 'peer.service': 'mangopay' }, async () => {
      await lab.call(client, { method: 'GET', url: lab.url('/users') })
      await lab.call(client, { method: 'POST', url: lab.url('/transfers'), body: {} })
    })
    await expectTruth(lab)
    const own = lab.allSpans().find(({ name }) => name === 'pay')
    expect(own?.attributes).toEqual({ 'peer.service': 'mangopay' })
  })

  it('one that looks like a call of another method or URL does not swallow it, and is tagged like the last', async () => {
    lab = await startLab()
    const looks = { 'http.request.method': 'POST', 'server.address': '127.0.0.1', 'server.port': lab.mock.port }
    const own = await around({ ...looks, 'url.full': lab.url('/transfers') }, async () => {
      await lab.call(client, { method: 'GET', url: lab.url('/users') })
      await lab.call(client, { method: 'GET', url: lab.url('/wallets/wlt_m_01') })
    })
    await expectTruth(lab, { notExported: true })
    const { attributes } = lab.allSpans().find((span) => span.spanContext().spanId === own.spanContext().spanId) ?? {}
    expect(attributes?.['mangopay.operation']).toBe('GET /wallets/{walletId}')
  })
})

describe.each<ClientName>(['axios', 'fetch', 'undici'])('%s doubled', (client) => {
  it('counts two spans of one request once, by what the inner one knows', async () => {
    lab = await startLab()
    const url = lab.url('/users')
    lab.mock.failNext({ kind: 'status', status: 500 })
    const span = lab.provider.getTracer('a-second-instrumentation').startSpan('GET', {
      kind: SpanKind.CLIENT,
      attributes: {
        'http.request.method': 'GET',
        'server.address': '127.0.0.1',
        'server.port': lab.mock.port,
        'url.full': url,
      },
    })
    await context.with(trace.setSpan(context.active(), span), () => lab.call(client, { method: 'GET', url }))
    span.end()
    await expectTruth(lab, { notExported: true })
    const tags = lab
      .spans()
      .map(({ attributes }) => [attributes['mangopay.operation'], attributes['mangopay.error.category']])
    expect(tags).toEqual([
      ['GET /users', 'server_error'],
      ['GET /users', 'server_error'],
    ])
  })
})

it('leaves the calls of other hosts alone', async () => {
  lab = await startLab({ hosts: { 'api.mangopay.com.evil.example': 'decoy' } })
  // Another API that answers the same paths on another port.
  const other = await startMock({ requireToken: false })
  await lab.call('axios', { method: 'GET', url: lab.url('/users', other.url) })
  await lab.call('fetch', { method: 'GET', url: lab.url('/users', other.url) })
  await lab.call('axios', { method: 'GET', url: lab.url('/users') })
  await expectTruth(lab)
  const foreign = lab
    .allSpans()
    .filter(({ kind, attributes }) => kind === SpanKind.CLIENT && attributes['server.port'] === other.port)
  expect(foreign).toHaveLength(2)
  for (const { name, attributes } of foreign) {
    expect(name).toBe('GET')
    expect(Object.keys(attributes).filter((key) => /mangopay|template/.test(key))).toEqual([])
  }
  await other.close()
})
