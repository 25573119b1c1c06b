import { isOfApp } from '../outcome/failure.ts'
import { concludeUndici } from '../results/answers.ts'
import { callOf, type RequestCall, type SocketLike } from './request-call.ts'
import type { RequestWatch } from './watch.ts'

/** What undici tells of a request. */
interface UndiciRequest {
  readonly method: string
  readonly path: string
  readonly origin?: string | URL
  /** The Host header, if the app gave one. */
  readonly host?: unknown
}

interface UndiciResponse {
  readonly statusCode: number
  /** Names and values in turn. */
  readonly headers: readonly Uint8Array[]
}

/** What it says of an answer that the app has dropped without reading it. The answer came, and its status stands. */
const COLLECTED = 'Response object has been garbage collected'

/** undici, that of Node's `fetch` too. */
export function watchUndici(watch: RequestWatch): void {
  const of = (request: UndiciRequest) =>
    callOf(request) === undefined ? begin(watch, request, false) : watch.openCall(request)
  watch.subscribe<{ request: UndiciRequest }>('undici:request:create', ({ request }) => {
    begin(watch, request, true)
  })
  watch.subscribe<{ request: UndiciRequest; socket: SocketLike }>(
    'undici:client:sendHeaders',
    ({ request, socket }) => {
      const call = callOf(request)
      if (call === undefined) return
      announceStream(call) // whoever counts it
      call.isSent = true
      call.socket = socket
    },
  )
  watch.subscribe<{ request: UndiciRequest }>('undici:request:bodySent', ({ request }) => {
    const call = watch.openCall(request)
    if (call !== undefined) call.isWhole = true
  })
  watch.subscribe<{ request: UndiciRequest; response: UndiciResponse }>(
    'undici:request:headers',
    ({ request, response }) => {
      if (response.statusCode < 200 && response.statusCode !== 101) return // more is to come
      const call = of(request)
      if (call !== undefined) watch.answer(call, response.statusCode, response.headers, request, response.headers)
    },
  )
  watch.subscribe<{ request: UndiciRequest }>('undici:request:trailers', ({ request }) => {
    const call = watch.openCall(request)
    if (call === undefined) return
    if (call.observation !== undefined) concludeUndici(request) // whichever of us hears of the end first
    watch.end(call)
  })
  watch.subscribe<{ request: UndiciRequest; error: unknown }>('undici:request:error', ({ request, error }) => {
    const call = of(request)
    if (call === undefined) return
    if (call.status !== undefined && isCollected(error)) return watch.end(call, call.answeredAt)
    // The caller's own end is told before the connection is destroyed; every other one comes of its being destroyed.
    // But what the app destroys a pool with.
    call.isOurDoing = call.socket === undefined || call.socket.destroyed === false || isReason(error)
    watch.fail(call, error, call.status === undefined && !(call.isSent && call.isWhole))
  })
}

function begin(watch: RequestWatch, request: UndiciRequest, isNew: boolean): RequestCall | undefined {
  const { method, path, origin, host } = request
  if (method === 'CONNECT') return undefined
  const url = typeof origin === 'string' ? origin : (origin?.origin ?? '')
  const authority = url.slice(url.indexOf('://') + 3)
  const isPlainText = url.startsWith('http:')
  const rule =
    watch.find(authority, isPlainText, path) ??
    (typeof host === 'string' ? watch.find(host, isPlainText, path) : undefined)
  return rule === undefined ? undefined : watch.begin(request, rule, method, path, isNew)
}

const isReason = (error: unknown) => {
  const { code, name, message } = (error ?? {}) as { code?: unknown; name?: unknown; message?: unknown }
  return code === undefined && isOfApp([String(name)], [String(message)])
}

const isCollected = (error: unknown) => error === COLLECTED || (error as Error | null)?.message === COLLECTED

/** The call for which undici is asking `node:http2` for a stream, until the code that asks has run. */
let asking: RequestCall | undefined

function announceStream(call: RequestCall): void {
  if (asking === undefined) queueMicrotask(forgetStream)
  asking = call
}

function forgetStream(): void {
  asking = undefined
}

/** Whether a stream of `node:http2` is one that undici asks for: then its request is counted already. */
export function isOfUndici(method: unknown, target: string): boolean {
  const call = asking
  asking = undefined
  return call !== undefined && call.target === target && (call.method === method || call.method === undefined)
}
