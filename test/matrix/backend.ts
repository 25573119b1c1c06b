/** A Mangopay of few words and an OTLP receiver, both on loopback, and what each of them saw. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { Receiver } from '../support/receiver.ts'

/** Number of calls by operation and status, such as `GET /users/{userId} 200`; `none` for no answer. */
export type Counts = Record<string, number>

/** Both servers. */
export interface Backend {
  api: string
  otlp: string
  /** What the API answered since `reset`. */
  answered: Counts
  /** `mangopay.client.requests` as last exported. */
  counted: Counts
  /** Exported client spans with an operation on them. */
  spans: number
  reset(): void
  close(): void
}

const body = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

const operations: readonly (readonly [RegExp, string])[] = [
  [/oauth\/token$/, '/oauth/token'],
  [/\/users\/[^/]+$/, '/users/{userId}'],
  [/\/wallets\/[^/]+$/, '/wallets/{walletId}'],
  [/\/payins\/card\/direct$/, '/payins/card/direct'],
  [/\/transfers$/, '/transfers'],
]

/** The status is part of the id that a call asks for: `/users/429_1` is answered 429. */
const statusOf = (path: string, turn: number): number => {
  const asked = /\/(\d{3})_/.exec(path)
  if (asked) return Number(asked[1])
  return path.endsWith('/transfers') ? ([200, 409][turn % 2] ?? 200) : 200
}

/** Starts both. */
export async function backend(): Promise<Backend> {
  const state = { answered: {} as Counts }
  const receiver = await new Receiver().start()
  let turn = 0
  const api = createServer(async (request, response) => {
    await body(request)
    const path = request.url?.split('?')[0] ?? ''
    const operation = `${request.method} ${operations.find(([pattern]) => pattern.test(path))?.[1] ?? '_OTHER'}`
    const status = path.includes('/reset_') ? undefined : statusOf(path, turn++)
    const key = `${operation} ${status ?? 'none'}`
    state.answered[key] = (state.answered[key] ?? 0) + 1
    if (status === undefined) {
      request.socket.resetAndDestroy()
      return
    }
    const token = { access_token: 'a', token_type: 'bearer', expires_in: 3600 }
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(path.endsWith('oauth/token') ? JSON.stringify(token) : '{"Id":"1"}')
  })
  return {
    api: await listen(api),
    otlp: receiver.endpoint,
    get answered() {
      return state.answered
    },
    get counted() {
      return countsOf(receiver)
    },
    get spans() {
      return receiver.operations.length
    },
    reset: () => {
      state.answered = {}
      receiver.reset()
    },
    close: () => {
      api.close()
      api.closeAllConnections()
      void receiver.stop()
    },
  }
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`)),
  )

/** The counter's newest points that are not zero. */
function countsOf(receiver: Receiver): Counts {
  const counts: Counts = {}
  for (const { attributes, value } of receiver.series('mangopay.client.requests')) {
    const key = `${attributes['mangopay.operation']} ${attributes['http.response.status_code'] ?? 'none'}`
    if (value > 0) counts[key] = (counts[key] ?? 0) + value
  }
  return counts
}
