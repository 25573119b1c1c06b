import type { Attributes } from '@opentelemetry/api'
import { afterEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../examples/scenarios.ts'
import { type CodeCase, DOCUMENTED, OTHERS } from './codes.ts'
import type { ClientName } from './instrumented.ts'
import { LAB_ENVIRONMENT, type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const OPERATIONS = [
  { method: 'GET', path: '/users/user_m_01SECRET0000000', name: 'GET /users/{userId}' },
  { method: 'POST', path: '/transfers', name: 'POST /transfers', body: { Amount: 1 } },
] as const

const faultOf = ({ status, edge, empty }: CodeCase): Fault => {
  if (edge) return { kind: 'edge', status: status as 502 }
  if (empty) return { kind: 'empty', status: status as 200 | 204 }
  return { kind: 'status', status }
}

/** All that the library may put on the span of an answered call, or undefined where it must put nothing. */
const tagsFor = (expected: CodeCase, write: boolean): Attributes => {
  const outcome =
    expected.category === undefined ? 'success' : write && expected.unsettled === true ? 'unknown' : 'failure'
  return {
    'mangopay.environment': LAB_ENVIRONMENT,
    'mangopay.outcome': outcome,
    ...(expected.text === undefined ? {} : { 'mangopay.response.status_text': expected.text }),
    ...(expected.category === undefined
      ? {}
      : {
          'mangopay.error.category': expected.category,
          'mangopay.error.retryable': expected.transient === true && outcome !== 'unknown',
        }),
  }
}

const ours = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter(
      ([key]) =>
        key.startsWith('mangopay.') && key !== 'mangopay.operation' && key !== 'mangopay.rate_limit.exhausted_windows',
    ),
  )

let lab: Lab
afterEach(() => lab.close())

describe.each<ClientName>(['sdk', 'axios', 'fetch', 'undici'])('answers to %s', (client) => {
  it.each([
    ['the 14 documented codes', DOCUMENTED],
    ['other codes', OTHERS],
  ])('%s', async (_, cases) => {
    lab = await startLab()
    const tokenCalls = client === 'sdk' ? 1 : 0
    for (const { method, path, name, ...rest } of OPERATIONS) {
      for (const expected of cases) {
        lab.forget()
        lab.mock.failNext(faultOf(expected))
        const told = await lab.call(client, { method, url: lab.url(path), ...rest })
        expect(told.status, `${method} answered ${expected.status}`).toBe(expected.status)
        const span = lab.spans().at(-1)
        expect(span?.name).toBe(`${method} /v2.01/{clientId}${name.slice(method.length + 1)}`)
        expect(span?.attributes).toMatchObject({
          'mangopay.operation': name,
          'url.template': `/v2.01/{clientId}${name.slice(method.length + 1)}`,
        })
        expect(ours(span?.attributes ?? {}), `${method} ${expected.status}`).toEqual(
          tagsFor(expected, method === 'POST'),
        )
      }
    }
    const { requests } = lab.mock.log.totals()
    expect(requests).toBe(cases.length * 2 + tokenCalls)
    await expectTruth(lab, { notExported: true })
    await expectCounters(lab, cases)
  })
})

/** Category and outcome of the counters, which the log does not know. */
async function expectCounters(of: Lab, cases: readonly CodeCase[]): Promise<void> {
  const metrics = await of.metrics()
  for (const { method, name } of OPERATIONS) {
    for (const expected of cases) {
      const tags = tagsFor(expected, method === 'POST')
      const times = cases.filter(({ status }) => status === expected.status).length
      expect(
        metrics.value('mangopay.client.requests', {
          'mangopay.operation': name,
          'http.response.status_code': expected.status,
          'mangopay.error.category': tags['mangopay.error.category'],
          'mangopay.outcome': tags['mangopay.outcome'],
        }),
        `${name} ${expected.status}`,
      ).toBe(times)
    }
  }
}
