/**
 * What the app itself does, or does not do, with a call is no outage: answers that nobody reads to the end, requests that
 * its own client refuses, pools that it closes, spans that it marks for reasons of its own.
 */
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { httpInstrumentation, undiciInstrumentation } from './instrumented.ts'
import { LAB_ENVIRONMENT, type Lab, startLab } from './lab.ts'

const require = createRequire(import.meta.url)
const http: typeof import('node:http') = require('node:http')
const axios: import('axios').AxiosStatic = require('axios')
const undici: typeof import('undici') = require('undici')

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const LARGE = 'x'.repeat(500_000)

let lab: Lab
let server: Server
let url: string

beforeEach(async () => {
  // Beside the mock, whose answers are as small as Mangopay's.
  server = createServer((request, response) => {
    request.on('error', () => {}).resume()
    if (request.url?.endsWith('/silent')) return
    if (request.url?.endsWith('/no-chunk')) {
      request.socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n')
      return
    }
    if (request.url?.endsWith('/stalled')) response.writeHead(200, { 'content-length': 1000 }).write('half')
    else response.writeHead(request.url?.endsWith('/502') ? 502 : 200).end(LARGE)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2.01/acme/transfers`
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await lab.close()
})

/** What an app does; whatever it gets for it is its own affair. */
type Doing = (method: 'GET' | 'POST', url: string) => unknown

const quiet = <T extends NodeJS.EventEmitter>(emitter: T): T => emitter.on('error', () => {})
const answerOf = async (method: string, to: string, options: import('node:http').RequestOptions = {}) => {
  const request = quiet(http.request(to, { method, ...options })).end()
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
  return { request, response: quiet(response) }
}
const undiciAnswer = async (method: 'GET' | 'POST', to: string, dispatcher?: import('undici').Dispatcher) => {
  const { body } = await undici.request(to, { method, ...(dispatcher && { dispatcher }) })
  return quiet(body)
}
/** Streams of Node that fail tell whoever listens, and else end the process. */
const file = (path: string) => quiet(createReadStream(path))

/** A request that the app ends when the server has it and is silent. */
const unanswered =
  (
    end: (request: import('node:http').ClientRequest, agent: import('node:http').Agent) => void,
    signal?: () => AbortSignal,
  ): Doing =>
  async (method, to) => {
    const agent = new http.Agent({ keepAlive: true })
    const arrived = once(server, 'request')
    const request = quiet(http.request(`${to}/silent`, { method, agent, ...(signal && { signal: signal() }) }))
    request.end()
    if (signal === undefined) await arrived
    end(request, agent)
    await once(request, 'close')
  }

/** What is said of it with the hook, and without where that differs: `success`, or category and outcome of a write. */
const DOINGS: [what: string, doing: Doing, withHook: string, withoutHook?: string][] = [
  [
    'fetch, never read and collected',
    async (method, to) => {
      await fetch(to, { method })
      for (let i = 0; i < 20 && lab.spans().length === 0; i++) {
        await delay(10)
        collectGarbage()
      }
    },
    'success',
  ],
  ['fetch, body.cancel()', async (method, to) => (await fetch(to, { method })).body?.cancel(), 'cancelled', 'success'],
  [
    'fetch, body.cancel() with a reason',
    async (method, to) => (await fetch(to, { method })).body?.cancel(new Error('not needed')),
    'cancelled',
    'success',
  ],
  [
    'undici, dump()',
    async (method, to) => (await undici.request(to, { method })).body.dump().catch(() => {}),
    'cancelled',
    'success',
  ],
  ['undici, destroy()', async (method, to) => (await undiciAnswer(method, to)).destroy(), 'cancelled', 'success'],
  [
    'node:http, response.destroy()',
    async (method, to) => (await answerOf(method, to)).response.destroy(),
    'cancelled',
    'success',
  ],
  [
    'node:http, response.destroy(error)',
    async (method, to) => (await answerOf(method, to)).response.destroy(new Error('enough')),
    'cancelled',
    'success',
  ],
  [
    'node:http, request.destroy()',
    async (method, to) => (await answerOf(method, to)).request.destroy(),
    'cancelled',
    'success',
  ],
  [
    'node:http, request.destroy(error)',
    async (method, to) => (await answerOf(method, to)).request.destroy(new Error('enough')),
    'cancelled',
    'success',
  ],
  [
    'node:http, for await that is left early',
    async (method, to) => {
      for await (const _ of (await answerOf(method, to)).response) break
    },
    'cancelled',
    'network', // `aborted` and ECONNRESET, as of a server
  ],
  [
    'node:http, agent.destroy() within the body',
    async (method, to) => {
      const agent = new http.Agent({ keepAlive: true })
      await answerOf(method, `${to}/stalled`, { agent })
      agent.destroy()
    },
    'cancelled',
    'success',
  ],
  [
    'node:http, a time limit within the body is none of these',
    async (method, to) => {
      const { request, response } = await answerOf(method, `${to}/stalled`)
      response.resume()
      request.setTimeout(50, () => request.destroy())
    },
    'timeout',
    'success',
  ],
  [
    'axios, a time limit within the body is none either',
    (method, to) => axios.request({ method, url: `${to}/stalled`, timeout: 1000 }).catch(() => {}),
    'timeout',
    'success',
  ],
  [
    'axios, maxContentLength',
    (method, to) => axios.request({ method, url: to, maxContentLength: 1000 }).catch(() => {}),
    'cancelled',
    'success',
  ],
  [
    'undici, maxResponseSize',
    async (method, to) => (await undiciAnswer(method, to, new undici.Agent({ maxResponseSize: 1000 }))).text(),
    'cancelled',
  ],
  ['node:http, agent.destroy() before an answer', unanswered((_, agent) => agent.destroy()), 'cancelled'],
  ['node:http, request.destroy() before an answer', unanswered((request) => request.destroy()), 'cancelled'],
  [
    'node:http, request.destroy(error) before an answer',
    unanswered((request) => request.destroy(new Error('enough'))),
    'cancelled',
  ],
  [
    'node:http, a time limit before an answer is none of these',
    unanswered((request) => request.setTimeout(50, () => request.destroy())),
    'timeout',
  ],
  [
    'node:http, a signal with a time limit before an answer is none either',
    unanswered(
      () => {},
      () => AbortSignal.timeout(300),
    ),
    'timeout',
  ],
  [
    'undici, pool destroyed before the answer',
    async (method, to) => {
      const pool = new undici.Pool(new URL(to).origin)
      const asked = pool.request({ method, path: `${new URL(to).pathname}/silent` }).catch(() => {})
      await once(server, 'request')
      await pool.destroy()
      await asked
    },
    'cancelled',
  ],
  [
    'undici, pool destroyed with an error of the app',
    async (method, to) => {
      const pool = new undici.Pool(new URL(to).origin)
      const asked = pool.request({ method, path: `${new URL(to).pathname}/silent` }).catch(() => {})
      await once(server, 'request')
      await pool.destroy(new Error('shutting down'))
      await asked
    },
    'cancelled',
  ],
  ...(['fetch', 'undici'] as const).map((name): (typeof DOINGS)[number] => [
    `${name}, aborted for a reason of the app before the answer`,
    async (method, to) => {
      const controller = new AbortController()
      const options = { method, signal: controller.signal }
      const asked = name === 'fetch' ? fetch(`${to}/silent`, options) : undici.request(`${to}/silent`, options)
      await once(server, 'request')
      controller.abort(new Error('the buyer has left'))
      await asked
    },
    'cancelled',
  ]),
  [
    'undici, agent destroyed within the body',
    async (method, to) => {
      const agent = new undici.Agent()
      const read = (await undiciAnswer(method, `${to}/stalled`, agent)).text().catch(() => {})
      await agent.destroy()
      await read
    },
    'cancelled',
  ],
  [
    'undici, the answer’s head is larger than accepted',
    (method, to) => undici.request(to, { method, dispatcher: new undici.Agent({ maxHeaderSize: 10 }) }),
    'cancelled',
  ],
]

/** Which is not the app's doing, although Node destroys the connection itself. */
const CLIENTS: [string, Doing][] = [
  ['node:http', async (method, to) => once((await answerOf(method, to)).response.resume(), 'close')],
  ['axios', (method, to) => axios.request({ method, url: to })],
  ['fetch', async (method, to) => (await fetch(to, { method })).text()],
  ['undici', async (method, to) => (await undiciAnswer(method, to)).text()],
]
for (const [name, doing] of CLIENTS) {
  DOINGS.push([`${name}, an answer that is no HTTP`, (method, to) => doing(method, `${to}/no-chunk`), 'network'])
}

const REFUSED: [what: string, doing: (url: string) => unknown][] = [
  ['a header that is undefined', (to) => http.request(to, { headers: { a: undefined } })],
  ['a header that is not Latin', (to) => http.request(to, { headers: { a: '€' } })],
  ['a header’s name', (to) => http.request(to, { headers: { 'a b': '' } })],
  ['a path with a space', (to) => http.request({ ...addressOf(to), path: '/a b' })],
  ['a protocol', (to) => http.request({ ...addressOf(to), protocol: 'https:' })],
  ['a method', (to) => http.request(to, { method: 'G ET' })],
  ['an agent', (to) => http.request(to, { agent: 5 as never })],
  ['axios: a method', (to) => axios.request({ url: to, method: 'G ET' })],
  [
    'undici: a content length that does not match',
    (to) => undici.request(to, { method: 'POST', headers: { 'content-length': '10' }, body: 'xyz' }),
  ],
  [
    'fetch: a content length that does not match',
    (to) => fetch(to, { method: 'POST', headers: { 'content-length': '10' }, body: 'xyz' }),
  ],
  ['axios: a missing file', (to) => axios.post(to, file('/nowhere/file'))],
  ['undici: a missing file', (to) => undici.request(to, { method: 'POST', body: file('/nowhere/file') })],
  [
    'fetch: a missing file',
    (to) => fetch(to, { method: 'POST', body: file('/nowhere/file'), duplex: 'half' } as unknown as RequestInit),
  ],
  [
    'fetch: a folder in place of a file',
    (to) => fetch(to, { method: 'POST', body: file('/'), duplex: 'half' } as unknown as RequestInit),
  ],
]

const addressOf = (to: string) => ({ host: '127.0.0.1', port: Number(new URL(to).port) })

const start = (noHook: boolean, countFrom: 'spans' | 'requests' = 'spans') =>
  startLab({
    hosts: { [new URL(url).host]: LAB_ENVIRONMENT },
    processor: { countFrom },
    ...(noHook && { noHook: true as const }),
  })

/** The tags of the one call, once its span has ended. */
async function told(): Promise<[category: unknown, outcome: unknown, unavailable: number]> {
  for (let i = 0; i < 3_000 && lab.spans().length === 0; i++) await delay(10)
  expect(lab.spans()).toHaveLength(1)
  const attributes = lab.spans()[0]?.attributes ?? {}
  const { rates } = lab.mangopay.snapshot().environments[LAB_ENVIRONMENT] ?? {}
  return [attributes['mangopay.error.category'], attributes['mangopay.outcome'], rates?.kinds.unavailable.count ?? 0]
}

describe.each([
  { noHook: false, from: 'spans' },
  { noHook: true, from: 'spans' },
  { noHook: false, from: 'requests' },
] as const)('an answer that the app gives up, from $from, without hook: $noHook', ({ noHook, from }) => {
  it.each(DOINGS)('%s', async (_, doing, withHook, withoutHook = withHook) => {
    for (const method of ['GET', 'POST'] as const) {
      lab = await start(noHook, from)
      await Promise.resolve(doing(method, url)).catch(() => {})
      const category = noHook ? withoutHook : withHook
      const isBad = category === 'network' || category === 'timeout'
      const expected =
        category === 'success' ? [undefined, 'success'] : [category, method === 'POST' ? 'unknown' : 'failure']
      expect(await told(), method).toEqual([...expected, isBad ? 1 : 0])
      if (method === 'GET') await lab.close()
    }
  })
})

describe('what our own client refuses to send is an invalid_request, and certainly not done', () => {
  it.each(REFUSED)('%s', async (_, doing) => {
    lab = await start(false)
    await (async () => doing(url))().catch(() => {})
    expect(await told()).toEqual(['invalid_request', 'failure', 0])
  })

  it('a body above maxBodyLength is cancelled before its end', async () => {
    lab = await start(false)
    const body = Readable.from([Buffer.alloc(3000), Buffer.alloc(3000)])
    await axios.post(url, body, { maxBodyLength: 1000 }).catch(() => {})
    expect(await told()).toEqual(['cancelled', 'failure', 0])
  })
})

describe('an ERROR of the app on a span of 200 is no failure of the call', () => {
  const mark = (span: import('@opentelemetry/api').Span) => {
    span.recordException(Object.assign(new Error('payin refused: time-out of the bank'), { code: '101399' }))
    span.setStatus({ code: 2, message: 'payin refused: timeout' })
    span.setAttribute('error.type', 'PayinRefused')
  }
  it.each([false, true])('without hook: %s', async (noHook) => {
    lab = await start(noHook)
    const hook = noHook ? () => {} : lab.mangopay.responseHook
    const responseHook = (span: import('@opentelemetry/api').Span, response: unknown) => {
      hook(span, response)
      mark(span)
    }
    httpInstrumentation.setConfig({ responseHook, applyCustomAttributesOnSpan: mark })
    undiciInstrumentation.setConfig({ responseHook })
    await axios.post(url)
    await (await fetch(url, { method: 'POST' })).text()
    for (let i = 0; i < 3_000 && lab.spans().length < 2; i++) await delay(10)
    expect(lab.spans().map(({ attributes }) => attributes['mangopay.outcome'])).toEqual(['success', 'success'])
    expect(lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]).toMatchObject({ calls: 2, failures: {} })
  })

  it('hides none of the transport', async () => {
    lab = await start(true)
    httpInstrumentation.setConfig({ applyCustomAttributesOnSpan: mark })
    const asked = axios.get(`${url}/stalled`, { signal: AbortSignal.timeout(200) }).catch(() => {})
    await asked
    expect(await told()).toEqual(['timeout', 'failure', 1])
  })
})
