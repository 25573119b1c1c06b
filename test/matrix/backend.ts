/** A Mangopay of few words and an OTLP receiver, both on loopback, and what each of them saw. */
import { createServer, type IncomingMessage, type Server } from 'node:http'

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
  const state = { answered: {} as Counts, counted: {} as Counts, spans: 0 }
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
  const otlp = createServer(async (request, response) => {
    const text = await body(request)
    if (request.url === '/v1/metrics') Object.assign(state, { counted: countsOf(JSON.parse(text)) ?? state.counted })
    if (request.url === '/v1/traces') state.spans += spansOf(JSON.parse(text))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  const [apiUrl, otlpUrl] = [await listen(api), await listen(otlp)]
  return {
    api: apiUrl,
    otlp: otlpUrl,
    get answered() {
      return state.answered
    },
    get counted() {
      return state.counted
    },
    get spans() {
      return state.spans
    },
    reset: () => Object.assign(state, { answered: {}, counted: {}, spans: 0 }),
    close: () => {
      for (const server of [api, otlp]) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`)),
  )

interface Attribute {
  key: string
  value: { stringValue?: string; intValue?: number | string }
}
interface Metrics {
  resourceMetrics?: {
    scopeMetrics: {
      metrics: {
        name: string
        sum?: { dataPoints: { attributes: Attribute[]; asInt?: number | string; asDouble?: number }[] }
      }[]
    }[]
  }[]
}
interface Traces {
  resourceSpans?: { scopeSpans: { spans: { kind: number | string; attributes: Attribute[] }[] }[] }[]
}

/** The counter's points that are not zero; undefined when the export has none of them. */
function countsOf({ resourceMetrics = [] }: Metrics): Counts | undefined {
  const all = resourceMetrics.flatMap((resource) => resource.scopeMetrics.flatMap((scope) => scope.metrics))
  const points = all.find(({ name }) => name === 'mangopay.client.requests')?.sum?.dataPoints
  if (!points) return undefined
  const counts: Counts = {}
  for (const { attributes, asInt, asDouble } of points) {
    const of = (key: string) => attributes.find((it) => it.key === key)?.value
    const count = Number(asInt ?? asDouble)
    const key = `${of('mangopay.operation')?.stringValue} ${of('http.response.status_code')?.intValue ?? 'none'}`
    if (count > 0) counts[key] = (counts[key] ?? 0) + count
  }
  return counts
}

const spansOf = ({ resourceSpans = [] }: Traces): number =>
  resourceSpans
    .flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans))
    .filter((span) => span.attributes.some(({ key }) => key === 'mangopay.operation')).length
