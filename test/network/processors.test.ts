/** What stands around our processor: wrappers that drop a hook, limits of attributes, a second one of ours. */
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { afterEach, describe, expect, it } from 'vitest'
import { type ClientName, httpInstrumentation } from './instrumented.ts'
import { type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const CLIENTS: ClientName[] = ['sdk', 'axios', 'fetch', 'undici']

let lab: Lab
afterEach(() => lab.close())

describe('a wrapper that forwards onStart and onEnd only', () => {
  /** What a popular wrapper does. */
  const composite =
    (order: 'exporting last' | 'exporting first') =>
    (mangopay: MangopaySpanProcessor, exporting: SpanProcessor): SpanProcessor[] => {
      const inner: SpanProcessor[] = order === 'exporting last' ? [mangopay, exporting] : [exporting, mangopay]
      return [
        {
          onStart: (span, context) => {
            for (const each of inner) each.onStart(span, context)
          },
          onEnd: (span) => {
            for (const each of inner) each.onEnd(span)
          },
          forceFlush: async () => {},
          shutdown: async () => {},
        },
      ]
    }

  it.each(CLIENTS)('%s: counts once, and tags what exporters behind us see', async (client) => {
    lab = await startLab({ processors: composite('exporting last') })
    lab.mock.failNext({ kind: 'status', status: 500 })
    await lab.call(client, { method: 'POST', url: lab.url('/transfers'), body: {} })
    await expectTruth(lab)
    const span = lab.spans().at(-1)
    expect(span?.name).toBe('POST /v2.01/{clientId}/transfers')
    expect(span?.attributes).toMatchObject({
      'mangopay.error.category': 'server_error',
      'mangopay.outcome': 'unknown',
      'mangopay.error.retryable': false,
    })
  })

  it('counts whatever stands in front', async () => {
    lab = await startLab({ processors: composite('exporting first') })
    await lab.call('axios', { method: 'GET', url: lab.url('/users') })
    await expectTruth(lab, { notExported: true })
  })
})

it.each([
  [5, 429],
  [4, undefined], // no room for the status either
])('with room for %i attributes it adds none and still counts', async (attributeCountLimit, status) => {
  lab = await startLab()
  const ended: ReadableSpan[] = []
  const last: SpanProcessor = {
    onStart: () => {},
    onEnd: (span) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  httpInstrumentation.setTracerProvider(
    new BasicTracerProvider({
      spanLimits: { attributeCountLimit },
      spanProcessors: [lab.mangopay, last],
      sampler: lab.mangopay.sampler(),
    }),
  )
  lab.mock.failNext({ kind: 'status', status: 429 })
  await lab.call('axios', { method: 'GET', url: lab.url('/users') })
  expect(Object.keys(ended[0]?.attributes ?? {})).toHaveLength(attributeCountLimit)
  const { calls, status429, operations } = lab.mangopay.snapshot().environments['lab'] ?? {}
  expect([calls, status429]).toEqual([1, status === undefined ? 0 : 1])
  expect(Object.keys(operations ?? {})).toEqual(['GET /users'])
})

it('two processors for two environments each count their own', async () => {
  lab = await startLab()
  const { port } = lab.mock
  const second = new MangopaySpanProcessor({ hosts: { [`localhost:${port}`]: 'elsewhere' } })
  const provider = new BasicTracerProvider({ spanProcessors: [lab.mangopay, second], sampler: lab.mangopay.sampler() })
  httpInstrumentation.setTracerProvider(provider)
  await lab.call('axios', { method: 'GET', url: lab.url('/users') })
  await expectTruth(lab, { notExported: true })
  expect(second.snapshot().environments).toEqual({})
  lab.mock.failNext({ kind: 'status', status: 429 })
  for (const path of ['/wallets/wlt_m_01SECRET', '/users/user_m_01SECRET']) {
    await lab.call('axios', { method: 'GET', url: lab.url(path, `http://localhost:${port}`) })
  }
  const { elsewhere, ...others } = second.snapshot().environments
  expect(others).toEqual({})
  expect([elsewhere?.calls, elsewhere?.status429]).toEqual([2, 1])
  expect(Object.keys(elsewhere?.operations ?? {})).toEqual(['GET /wallets/{walletId}', 'GET /users/{userId}'])
  const { lab: first, ...none } = lab.mangopay.snapshot().environments
  expect(none).toEqual({})
  expect([first?.calls, Object.keys(first?.operations ?? {})]).toEqual([1, ['GET /users']])
})
