import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { seededRandom } from '../chance.ts'
import type { Fate, FateShare, Fault, FaultShare } from '../scenarios.ts'
import { MangopayApi, type Verdict } from './api.ts'
import { startControl } from './control.ts'
import { deliver } from './delivery.ts'
import { type HookOptions, Hooks, type HookTotals } from './hooks.ts'
import { listen, stop } from './listen.ts'
import { RequestLog } from './log.ts'
import { DEMO_CLIENT, type MockOptions, withDefaults } from './options.ts'
import { eventTypeOf } from './results.ts'

/** A running mock Mangopay. */
export interface Mock {
  /** Base URL, such as `http://127.0.0.1:40123`; what the SDK takes as `baseUrl`. */
  url: string
  port: number
  /** `127.0.0.1:40123`: what the library takes in `hosts`. */
  hostPort: string
  /** Base URL of the control server, when there is one. */
  controlUrl?: string
  /** What was received and sent. */
  log: RequestLog
  /** Every id, key, token and personal link handed out or received so far. */
  secrets: ReadonlySet<string>
  /** What goes wrong by chance from now on. */
  setFaults(faults: readonly FaultShare[]): void
  /** Lets the next call (or `times` calls) fail this way: any call but a token call, or a call of `only`. */
  failNext(fault: Fault, times?: number, only?: readonly string[]): void
  /** Lets the next write of these operations (or `times` writes) come to this. */
  resultNext(fate: Fate, only: readonly string[], times?: number): void
  /** What becomes of payments by chance from now on. */
  setFates(fates: readonly FateShare[]): void
  /** Sends notifications there from now on. */
  notify(hooks: HookOptions): void
  /** What became of the notifications; undefined without `hooks`. */
  hookTotals(): HookTotals | undefined
  /** A bearer token, as a token call would have given it. */
  issueToken(clientId?: string): string
  /** Makes every token invalid, as a rotated API key does. */
  revokeTokens(): void
  /** Locks a client, or unlocks it: token calls answer 400 `unauthorized_client`. */
  lock(clientId: string, locked?: boolean): void
  /** Uses quota without a call here: the account's other processes. */
  spend(calls: number, clientId?: string, secondsAgo?: number): void
  /** Forgets what a client has used: as if the account had rested for a day. */
  rest(clientId?: string): void
  /** Calls used in each window, as the server knows it now. */
  used(clientId?: string): number[]
  /** Server time, epoch milliseconds. */
  now(): number
  /** Ends every connection and the server. */
  close(): Promise<void>
}

/** Starts a mock Mangopay. */
export const startMock = async (options: MockOptions = {}): Promise<Mock> => {
  const settings = withDefaults(options)
  const api = new MangopayApi(settings)
  const log = new RequestLog(settings.keepLog)
  let hooks = settings.hooks === undefined ? undefined : new Hooks(settings.hooks)
  api.results.onChange = (result, id) => {
    const eventType = eventTypeOf(result)
    if (eventType !== undefined) hooks?.notify(eventType, id, api.now())
  }
  const latencyRandom = seededRandom(settings.seed + 2)

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const entry = log.begin(api.now(), request.method ?? '', request.url ?? '')
    response.on('error', () => {})
    // 'close' comes for every request, whoever ended it. What the mock ended itself has been written down before.
    response.on('close', () => log.end(entry, response.writableFinished ? 'answered' : 'abandoned'))
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of request) {
        size += chunk.length
        // Beyond the maximum the rest is read and dropped: one byte too many is enough for the 413.
        if (size - chunk.length <= settings.maximumBody) chunks.push(chunk)
      }
    } catch {
      // The client went away in the middle of its own request: 'close' has said so.
      return
    }
    const header = (name: string) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value[0] : value
    }
    const { method, path: target } = entry
    const verdict = api.handle({ method, target, header, body: Buffer.concat(chunks) })
    if (verdict.clientId !== undefined) entry.clientId = verdict.clientId
    if (verdict.result !== undefined) entry.result = verdict.result
    const headers = settings.alterHeaders(headersOf(verdict, api.now()))
    const latency = settings.latency(latencyRandom)
    deliver(verdict, { request, response, entry, log, headers, latency, now: () => api.now() })
  }

  const server = createServer((request, response) => void serve(request, response))
  // Idle connections are never closed from here: a client that reuses one at that moment would see a reset of a
  // request that never arrived, and the log could not be the truth.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  server.on('clientError', (_, socket) => {
    log.malformed()
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  })
  const port = await listen(server, settings.port, settings.host)
  const mock: Mock = {
    url: `http://127.0.0.1:${port}`,
    port,
    hostPort: `127.0.0.1:${port}`,
    log,
    secrets: api.resources.secrets,
    setFaults: (faults) => {
      api.faults.byChance = faults
    },
    resultNext: (fate, only, times = 1) => api.results.next(fate, times, only),
    setFates: (fates) => {
      api.results.byChance = fates
    },
    notify: (options) => {
      hooks?.stop()
      hooks = new Hooks(options)
    },
    hookTotals: () => hooks?.totals(),
    failNext: (fault, times = 1, only) => api.faults.next(fault, times, only),
    issueToken: (clientId = DEMO_CLIENT.clientId) => api.tokens.issue(clientId, api.now()).access_token,
    revokeTokens: () => api.tokens.revoke(),
    lock: (clientId, locked = true) => {
      if (locked) api.tokens.locked.add(clientId)
      else api.tokens.locked.delete(clientId)
    },
    spend: (calls, clientId = DEMO_CLIENT.clientId, secondsAgo = 0) =>
      api.quotaOf(clientId).add(api.now() - secondsAgo * 1_000, calls),
    rest: (clientId = DEMO_CLIENT.clientId) => api.forgetQuota(clientId),
    used: (clientId = DEMO_CLIENT.clientId) => api.quotaOf(clientId).used(api.now()),
    now: () => api.now(),
    close: () => {
      api.results.stop()
      hooks?.stop()
      return stop(server)
    },
  }
  if (options.controlPort === undefined) return mock
  const control = createServer()
  const controlPort = await startControl(control, mock, Object.keys(settings.clients), options.controlPort)
  return {
    ...mock,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    close: async () => {
      await Promise.all([mock.close(), stop(control)])
    },
  }
}

const headersOf = ({ answer, quota }: Verdict, now: number): Record<string, string | string[]> => ({
  // Node would write the machine's own time.
  Date: new Date(now).toUTCString(),
  ...answer.headers,
  ...quota,
})
