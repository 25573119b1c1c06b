/** `unknown` is worth money: what may have been done is never called a failure, and a token call is never unknown. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../examples/scenarios.ts'
import type { ClientName } from './instrumented.ts'
import { LAB_ENVIRONMENT, type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const CLIENTS: ClientName[] = ['axios', 'fetch', 'undici']
const TOKEN = 'POST /oauth/token'

let lab: Lab
afterEach(() => lab.close())

const tagsOf = (operation: string) =>
  lab
    .spans()
    .filter(({ attributes }) => attributes['mangopay.operation'] === operation)
    .map(({ attributes }) => [
      attributes['http.response.status_code'],
      attributes['mangopay.error.category'],
      attributes['mangopay.outcome'],
    ])
const unknowns = () => lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]?.unknownOutcomes

describe.each(CLIENTS)('%s', (client) => {
  it('never calls a token call unknown', () =>
    tellsOfTokens([
      [{ kind: 'status', status: 400 }, 'authentication'],
      [{ kind: 'status', status: 401 }, 'authentication'],
      [{ kind: 'status', status: 408 }, 'timeout'],
      [{ kind: 'status', status: 409 }, 'idempotency_conflict'],
      [{ kind: 'status', status: 429 }, 'rate_limit'],
      [{ kind: 'status', status: 500 }, 'server_error'],
      [{ kind: 'edge', status: 502 }, 'server_error'],
      [{ kind: 'reset' }, 'network'],
      [{ kind: 'hang' }, 'timeout'],
    ]))

  // An RST may come before the client has read what was sent: this one alone is tried again.
  it('never calls a token call unknown whose answer is cut', { retry: 2 }, () =>
    tellsOfTokens([[{ kind: 'cut', how: 'reset' }, 'network']]),
  )

  async function tellsOfTokens(faults: readonly [Fault, string][]): Promise<void> {
    lab = await startLab()
    const basic = Buffer.from('demo-platform:demo-0c2b6a9e4f7d4c1f').toString('base64')
    const ask = {
      method: 'POST' as const,
      url: lab.tokenUrl,
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    }
    await lab.call(client, ask)
    for (const [fault] of faults) {
      lab.mock.failNext(fault, 1, [TOKEN])
      await lab.call(client, fault.kind === 'hang' ? { ...ask, timeout: 100 } : ask)
    }
    await expectTruth(lab)
    expect(tagsOf(TOKEN)).toEqual([
      [200, undefined, 'success'],
      ...faults.map(([fault, category]) => [
        'status' in fault ? fault.status : fault.kind === 'cut' ? 200 : undefined,
        category,
        'failure',
      ]),
    ])
    expect(unknowns()).toBe(0)
  }

  it('takes a reused idempotency key for a protection that worked, and does not know what the first call did', async () => {
    lab = await startLab()
    const key = 'order-4711-secret-key-01'
    const post = {
      method: 'POST' as const,
      url: lab.url('/payins/card/direct'),
      body: { Amount: 1 },
      headers: { 'Idempotency-Key': key },
    }
    await lab.call(client, post)
    await lab.call(client, post)
    const { status, body } = await lab.call(client, { method: 'GET', url: lab.url(`/responses/${key}`) })
    expect([status, String(typeof body === 'string' ? body : JSON.stringify(body))]).toEqual([
      200,
      expect.stringContaining('"StatusCode":"200"'),
    ])
    await lab.call(client, { method: 'GET', url: lab.url('/responses/order-never-sent-key-99') })
    await expectTruth(lab)
    expect(tagsOf('POST /payins/card/direct')).toEqual([
      [200, undefined, 'success'],
      [409, 'idempotency_conflict', 'unknown'],
    ])
    const [known, other] = lab
      .spans()
      .filter(({ attributes }) => attributes['mangopay.operation'] === 'GET /responses/{idempotencyKey}')
    expect(known?.attributes['mangopay.outcome']).toBe('success')
    expect(other?.attributes).toMatchObject({
      'http.response.status_code': 400,
      'mangopay.error.category': 'invalid_request',
    })
    expect(unknowns()).toBe(1)
  })

  it('settles a write by an answer, and by an answer only', async () => {
    lab = await startLab()
    const faults: [Fault, 'success' | 'failure' | 'unknown'][] = [
      [{ kind: 'empty', status: 204 }, 'success'],
      [{ kind: 'slow', milliseconds: 30 }, 'success'],
      [{ kind: 'credentials' }, 'failure'],
      [{ kind: 'edge', status: 403 }, 'failure'],
      [{ kind: 'status', status: 422 }, 'failure'],
      [{ kind: 'status', status: 429 }, 'failure'],
      [{ kind: 'status', status: 408 }, 'unknown'],
      [{ kind: 'edge', status: 502 }, 'unknown'],
      [{ kind: 'edge', status: 520 }, 'unknown'],
      [{ kind: 'cut', how: 'fin' }, 'unknown'],
      [{ kind: 'reset' }, 'unknown'],
    ]
    for (const [fault] of faults) {
      lab.mock.failNext(fault)
      await lab.call(client, { method: 'POST', url: lab.url('/transfers'), body: { Amount: 1 } })
    }
    await expectTruth(lab)
    expect(tagsOf('POST /transfers').map(([, , outcome]) => outcome)).toEqual(faults.map(([, outcome]) => outcome))
    const retryable = lab.spans().map(({ attributes }) => attributes['mangopay.error.retryable'] === true)
    expect(retryable).toEqual(faults.map(([fault]) => 'status' in fault && fault.status === 429))
    expect(unknowns()).toBe(faults.filter(([, outcome]) => outcome === 'unknown').length)
  })
})

it('takes the token call of the SDK for what it is, and the SDK for a client that fetches several', async () => {
  lab = await startLab()
  await Promise.all([lab.sdk.Users.getAll(), lab.sdk.Users.getAll(), lab.sdk.Users.getAll()])
  await expectTruth(lab)
  const operations = lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]?.operations
  expect(operations?.[TOKEN]?.calls).toBe(3)
  expect(operations?.['GET /users']?.calls).toBe(3)
})
