/** `classify` on what real clients give their callers. */
import { buildSync } from 'esbuild'
import fc from 'fast-check'
import { type About, type Classified, classify } from 'opentelemetry-mangopay/classify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { retryMangopay } from '../../examples/retry.ts'
import type { Fault } from '../../examples/scenarios.ts'
import { axiosCall, fetchCall, makeSdk, sdkCall, undiciCall } from '../network/instrumented.ts'

let mock: Mock
beforeAll(async () => {
  mock = await startMock()
})
afterAll(() => mock.close())

const PATH = '/v2.01/demo-platform/transfers'
const CLIENTS = { axios: axiosCall, fetch: fetchCall, undici: undiciCall }

/** What a caller is given for a POST that fails this way, by a client that throws, or its answer. */
async function given(client: keyof typeof CLIENTS, fault: Fault | undefined, more = {}): Promise<unknown> {
  if (fault !== undefined) mock.failNext(fault)
  const headers = { authorization: `Bearer ${mock.issueToken()}` }
  const told = await CLIENTS[client]({ method: 'POST', url: mock.url + PATH, body: { Amount: 1 }, headers, ...more })
  return told.error
}

const about: About = { method: 'POST', url: PATH }
const operation = 'POST /transfers'

describe.each(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[])('%s', (client) => {
  it.each<[string, Fault | undefined, object, Partial<Classified>]>([
    ['reset', { kind: 'reset' }, {}, { category: 'network', outcome: 'unknown', retryable: false }],
    ['time limit', { kind: 'hang' }, { timeout: 100 }, { category: 'timeout', outcome: 'unknown', retryable: false }],
    [
      'abort',
      undefined,
      { signal: AbortSignal.abort() },
      { category: 'cancelled', outcome: 'unknown', retryable: false },
    ],
  ])('tells a %s', async (_, fault, more, expected) => {
    expect(classify(await given(client, fault, more), about)).toEqual({ ...expected, operation })
  })
})

it('tells that nothing left', async () => {
  const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  })
  for (const one of [error, new TypeError('fetch failed', { cause: error })]) {
    expect(classify(one, about)).toEqual({ category: 'network', outcome: 'failure', retryable: true, operation })
  }
})

describe('an answer', () => {
  it.each<[string, unknown, About, Classified]>([
    ['a Response', new Response('', { status: 429 }), about, answer(429, 'rate_limit', 'failure', true)],
    ['a Response that is fine', new Response('', { status: 201 }), about, answer(201, undefined, 'success', false)],
    [
      'a 401 for the end user',
      new Response('', { status: 401, headers: { 'www-authenticate': 'PendingUserAction RedirectUrl=https://x' } }),
      about,
      answer(401, 'sca_required', 'failure', false),
    ],
    ['undici’s', { statusCode: 500, headers: {} }, about, answer(500, 'server_error', 'unknown', false)],
    [
      'axios’ own, without being told',
      {
        isAxiosError: true,
        code: 'ERR_BAD_RESPONSE',
        config: {
          method: 'get',
          url: `${PATH.replace('transfers', 'users/1')}?x=1`,
          baseURL: 'https://api.mangopay.com',
        },
        response: { status: 503, headers: {} },
      },
      {},
      { ...answer(503, 'server_error', 'failure', true), operation: 'GET /users/{userId}' },
    ],
    [
      'of Mangopay’s SDK',
      { Type: 'rate_limit', Message: 'x', errors: null },
      about,
      answer(429, 'rate_limit', 'failure', true),
    ],
    [
      'of the same, for a token',
      { error: 'unauthorized_client' },
      { method: 'POST', url: '/v2.01/oauth/token' },
      { ...answer(400, 'authentication', 'failure', false), operation: 'POST /oauth/token' },
    ],
    [
      'its time limit',
      { Message: 'Request timed out', Code: 408 },
      about,
      { category: 'timeout', outcome: 'unknown', retryable: false, operation },
    ],
  ])('%s', (_, one, asked, expected) => {
    expect(classify(one, asked)).toEqual(expected)
  })

  function answer(
    status: number,
    category: Classified['category'],
    outcome: Classified['outcome'],
    retryable: boolean,
  ) {
    const text: Record<number, string> = {
      201: 'Created',
      400: 'Bad request',
      401: 'Unauthorized',
      429: 'Too Many Requests',
    }
    const statusText = text[status] ?? (status === 500 ? 'Internal Server Error' : 'Service Unavailable')
    return { ...(category === undefined ? {} : { category }), outcome, retryable, status, statusText, operation }
  }
})

describe('what Mangopay’s SDK rejects with', () => {
  const sdk = (baseUrl = mock.url, timeout?: number) =>
    makeSdk({ baseUrl, clientId: DEMO_CLIENT.clientId, clientApiKey: DEMO_CLIENT.apiKey }, timeout)
  const rejection = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => Promise.reject(new Error('it was fulfilled')),
      (error: unknown) => error,
    )

  /** By the method for it, which rejects with the body; or by its way for any request, with the whole answer. */
  const transfer = (api: ReturnType<typeof sdk>) => rejection(api.Transfers.create({ Amount: 1 } as never))
  const whole = async (api: ReturnType<typeof sdk>) =>
    (await sdkCall(api)({ method: 'POST', url: mock.url + PATH, body: {} })).error

  it.each<[status: number, Partial<Classified>]>([
    [400, { category: 'invalid_request', outcome: 'failure', retryable: false }],
    [401, { category: 'authentication', outcome: 'failure', retryable: false }],
    [403, { category: 'authorization', outcome: 'failure', retryable: false }],
    [404, { category: 'not_found', outcome: 'failure', retryable: false }],
    [409, { category: 'idempotency_conflict', outcome: 'unknown', retryable: false }],
    [429, { category: 'rate_limit', outcome: 'failure', retryable: true }],
    [500, { category: 'server_error', outcome: 'unknown', retryable: false }],
  ])('a %i', async (status, expected) => {
    const api = sdk()
    for (const by of [transfer, whole]) {
      mock.failNext({ kind: 'status', status })
      expect(classify(await by(api), about)).toMatchObject({ ...expected, status, operation })
    }
  })

  it('a page of the edge: by the whole answer it is told, by the body alone nothing is', async () => {
    const api = sdk()
    mock.failNext({ kind: 'edge', status: 502 }, 2)
    const known = { category: 'server_error', outcome: 'unknown', retryable: false, status: 502, operation }
    expect(classify(await whole(api), about)).toMatchObject(known)
    const body = await transfer(api)
    expect(body).toEqual(expect.any(String))
    expect(classify(body, about)).toEqual({ outcome: 'unknown', retryable: false, operation })
  })

  it('its own time limit', async () => {
    mock.failNext({ kind: 'hang' })
    expect(classify(await transfer(sdk(mock.url, 300)), about)).toEqual({
      category: 'timeout',
      outcome: 'unknown',
      retryable: false,
      operation,
    })
  })

  // Of a call without an answer it only tells its caller when it was for a token; otherwise its own handler throws.
  it.each(['refused', 'reset'])('a token call that is %s: a text, of which nothing is told', async (how) => {
    if (how === 'reset') mock.failNext({ kind: 'reset' }, 1, ['POST /oauth/token'])
    const text = await transfer(sdk(how === 'refused' ? 'http://127.0.0.1:1' : mock.url))
    expect(text).toEqual(expect.any(String))
    expect(classify(text, about)).toEqual({ outcome: 'unknown', retryable: false, operation })
  })
})

it('says unknown of what it cannot know, and never throws', () => {
  const unknown = { outcome: 'unknown', retryable: false, operation: '_OTHER' }
  for (const one of [undefined, null, 'x', {}, [], new Error('boom'), { Type: 'new_type' }, { Type: '__proto__' }]) {
    expect(classify(one)).toEqual(unknown)
  }
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('hostile')
      },
    },
  )
  expect(classify(hostile)).toEqual(unknown)
  fc.assert(
    fc.property(fc.anything(), fc.record({ method: fc.string(), url: fc.string() }), (one, asked) => {
      const { outcome, retryable } = classify(one, asked)
      expect(outcome === 'unknown' && retryable).toBe(false)
    }),
  )
})

it('loads nothing of OpenTelemetry, nor of Node', () => {
  const { metafile } = buildSync({ entryPoints: ['src/classify.ts'], bundle: true, write: false, metafile: true })
  expect(Object.keys(metafile.inputs).filter((file) => file.includes('node_modules'))).toEqual([])
})

it('retries what may be retried, and no write of unknown outcome', async () => {
  const attempts = async (method: string, status: number) => {
    let count = 0
    const policy = retryMangopay({ method, url: PATH }, 1)
    await policy
      .execute(() => {
        count++
        throw Object.assign(new Error(), { isAxiosError: true, response: { status, headers: {} } })
      })
      .catch(() => {})
    return count
  }
  expect(await attempts('GET', 500)).toBe(4)
  expect(await attempts('POST', 500)).toBe(1)
  expect(await attempts('POST', 429)).toBe(4)
  expect(await attempts('GET', 404)).toBe(1)
})
