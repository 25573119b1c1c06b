import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { type Act, ENDINGS, type Ending } from './endings.ts'
import { type ClientName, makeSdk, sdkCall } from './instrumented.ts'
import { LAB_ENVIRONMENT, type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const LIMIT = 300
/** By then every request has arrived, and the half of an answer that is sent. */
const ARRIVED = 40

const ACTS: Record<Act, () => { timeout?: number; signal?: AbortSignal }> = {
  wait: () => ({}),
  limit: () => ({ timeout: LIMIT }),
  signal: () => ({ signal: AbortSignal.timeout(LIMIT) }),
  abort: () => {
    const controller = new AbortController()
    void arrived().then(() => controller.abort())
    return { signal: controller.signal }
  },
}

const METHODS = [
  { method: 'GET', path: '/wallets/wlt_m_01SECRET', operation: 'GET /wallets/{walletId}' },
  { method: 'POST', path: '/transfers', operation: 'POST /transfers', body: { Amount: 1 } },
  { method: 'PUT', path: '/mandates/mdt_m_01SECRET/cancel', operation: 'PUT /mandates/{mandateId}/cancel', body: {} },
  { method: 'DELETE', path: '/users/natural/user_m_01SECRET', operation: 'DELETE /users/natural/{userId}' },
] as const

let lab: Lab
afterEach(() => lab.close())

const rows = ENDINGS.flatMap((ending) => ending.clients.map((client) => ({ ...ending, client, ending })))

/**
 * On a busy machine a client's own time limit or an RST may come before it has read what was sent. No test can make it
 * wait for that, so these alone are tried again: a wrong reading fails three times.
 */
const isRace = ({ fault, act }: Ending): boolean =>
  act === 'limit' || act === 'signal' || (typeof fault !== 'string' && fault.kind === 'cut' && fault.how === 'reset')

describe.each([
  { hook: true, of: rows },
  { hook: false, of: rows.filter(({ withoutHook }) => withoutHook !== undefined) },
])('hook: $hook', ({ hook, of }) => {
  it.each(of.filter((row) => !isRace(row)))('$client: $name', check)
  it.each(of.filter(isRace))('$client: $name', { retry: 2 }, check)

  async function check({ client, ending }: (typeof rows)[number]): Promise<void> {
    const closed = ending.fault === 'refused' ? await closedPort() : undefined
    lab = await startLab({
      ...(hook ? {} : { noHook: true as const }),
      ...(closed === undefined ? {} : { hosts: { [`127.0.0.1:${closed}`]: LAB_ENVIRONMENT } }),
    })
    // The first call of a client takes its time; what counts here is what the server does.
    await lab.call(client, { method: 'GET', url: lab.url('/clients') })
    const origins = { 'no TLS': lab.mock.url.replace('http:', 'https:'), refused: `http://127.0.0.1:${closed}` }
    const origin = typeof ending.fault === 'string' ? origins[ending.fault] : undefined
    if (typeof ending.fault !== 'string') lab.mock.failNext(ending.fault, METHODS.length)
    const told = await Promise.all(
      METHODS.map(({ path, operation: _, ...rest }) =>
        callWith(client, { ...rest, url: lab.url(path, origin), ...ACTS[ending.act]() }),
      ),
    )
    for (const { error } of told) expect(error, 'the app must be told').toBeDefined()
    await expectTruth(lab, {
      unreached: ending.neverSent ? Object.fromEntries(METHODS.map(({ operation }) => [operation, 1])) : {},
    })
    for (const { method, operation } of METHODS) {
      const spans = lab.spans().filter(({ attributes }) => attributes['mangopay.operation'] === operation)
      expect(spans, operation).toHaveLength(1)
      const attributes = spans[0]?.attributes ?? {}
      expect(attributes, operation).toMatchObject(expectedOf(ending, hook, method))
      expect(attributes['http.response.status_code'], operation).toBe(ending.status)
      if (expectedCategory(ending, hook) === undefined) expect(attributes).not.toHaveProperty('mangopay.error.category')
    }
    const unknown = expectedCategory(ending, hook) === undefined || isProved(ending) ? 0 : 3
    expect(lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]?.unknownOutcomes).toBe(unknown)
  }
})

/** The SDK's time limit is an option of its constructor. */
function callWith(client: ClientName, ask: Parameters<Lab['call']>[1]) {
  if (client !== 'sdk') return lab.call(client, ask)
  const { clientId, apiKey } = DEMO_CLIENT
  return sdkCall(makeSdk({ baseUrl: lab.mock.url, clientId, clientApiKey: apiKey }, ask.timeout))(ask)
}

const expectedCategory = ({ category, withoutHook }: Ending, hook: boolean) => {
  const said = hook ? category : (withoutHook ?? category)
  return said === 'success' ? undefined : said
}

function expectedOf(ending: Ending, hook: boolean, method: string): Record<string, unknown> {
  const category = expectedCategory(ending, hook)
  if (category === undefined) return { 'mangopay.outcome': 'success' }
  const outcome = method === 'GET' || isProved(ending) ? 'failure' : 'unknown'
  return {
    'mangopay.error.category': category,
    'mangopay.outcome': outcome,
    'mangopay.error.retryable': outcome === 'failure' && category !== 'cancelled',
  }
}

async function arrived(): Promise<void> {
  while (lab.mock.log.totals().open < METHODS.length) await delay(5)
  await delay(ARRIVED)
}

/** A port that was open a moment ago: fetch refuses the well-known closed ones itself. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Whether the span proves that nothing was sent. */
const isProved = ({ neverSent, unproved }: Ending) => neverSent === true && unproved !== true
