import { errorMonitor } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { callOf, type RequestCall } from './request-call.ts'
import type { RequestWatch } from './watch.ts'

/** `node:http` and `node:https`, and what is built on them: axios, got, Mangopay's SDKs. */
export function watchHttp(watch: RequestWatch): void {
  const http = new HttpWatch(watch)
  watch.subscribe<{ request: ClientRequest }>('http.client.request.created', ({ request }) => {
    http.begin(request, true)
  })
  watch.subscribe<{ request: ClientRequest }>('http.client.request.start', ({ request }) => {
    const call = callOf(request)
    if (call !== undefined) call.isWhole = true // fires when head and body are with the socket
  })
  watch.subscribe<{ request: ClientRequest; error: unknown }>('http.client.request.error', ({ request, error }) => {
    if (callOf(request) === undefined) http.failed(http.begin(request, false), request, error)
  })
  watch.subscribe<{ request: ClientRequest; response: IncomingMessage }>(
    'http.client.response.finish', // of its head
    ({ request, response }) => http.answered(http.callOf(request), request, response),
  )
  if (!HAS_CREATED) {
    watch.guard('sockets', () => {
      watch.onStop(beforeSocket((request) => watch.guard('a socket', () => http.callOf(request, true))))
    })
  }
}

class HttpWatch {
  readonly #watch: RequestWatch
  // One of each for all requests, whose call is found by what they are called on.
  readonly #onError: (this: ClientRequest, error: unknown) => void
  readonly #onClose: (this: ClientRequest) => void
  readonly #onSocket: (this: ClientRequest, socket: Socket) => void

  constructor(watch: RequestWatch) {
    this.#watch = watch
    const http = this
    this.#onError = function (error) {
      watch.guard('an error', () => http.failed(watch.openCall(this), this, error))
    }
    this.#onClose = function () {
      const call = watch.openCall(this)
      if (call !== undefined) watch.guard('a close', () => http.#closed(call, this, undefined))
    }
    this.#onSocket = function (socket) {
      const call = watch.openCall(this)
      if (call !== undefined) watch.guard('a socket', () => http.#connect(call, socket))
    }
  }

  /** The call of a request; one that had begun before anybody looked begins here. */
  callOf(request: ClientRequest, isNew = false): RequestCall | undefined {
    return callOf(request) === undefined ? this.begin(request, isNew) : this.#watch.openCall(request)
  }

  begin(request: ClientRequest, isNew: boolean): RequestCall | undefined {
    const { method, path, host, protocol } = request
    if (method === 'CONNECT') return undefined // asks a proxy for a tunnel, and nothing of the API
    const isPlainText = protocol !== 'https:'
    const header = request.getHeader('host')
    const watch = this.#watch
    let rule = typeof header === 'string' && names(header, host) ? watch.find(header, isPlainText, path) : undefined
    if (rule === undefined && typeof header === 'string' && !names(header, host)) {
      // Where it connects to comes first, as on a span; its port is not to be seen.
      rule =
        watch.find(host.includes(':') ? `[${host}]` : host, isPlainText, path) ?? watch.find(header, isPlainText, path)
    } else if (header === undefined) rule = watch.find(host, isPlainText, path)
    if (rule === undefined) return undefined
    const call = watch.begin(request, rule, method, path, isNew)
    if (call === undefined) return undefined
    allowOneMore(request)
    request.on(errorMonitor, this.#onError)
    request.on('close', this.#onClose)
    if (request.socket) this.#connect(call, request.socket)
    else request.on('socket', this.#onSocket)
    return call
  }

  #connect(call: RequestCall, socket: Socket & { readonly encrypted?: boolean }): void {
    if (call.ended || call.socket === socket) return
    call.socket = socket
    if (socket.connecting) {
      socket.once(socket.encrypted === true ? 'secureConnect' : 'connect', () => {
        call.isConnected = true
      })
    } else call.isConnected = true
    call.onTimeout = () => {
      call.isTimedOut = true
    }
    socket.on('timeout', call.onTimeout)
  }

  answered(call: RequestCall | undefined, request: ClientRequest, response: IncomingMessage): void {
    if (call === undefined) return
    const watch = this.#watch
    call.response = response
    // `headers` is made when it is first read, so that reading it would cost the app what it may not need.
    watch.answer(call, response.statusCode ?? 0, response.rawHeaders, response)
    allowOneMore(response)
    response.on('end', () => watch.guard('an end', () => watch.end(call)))
    response.on(errorMonitor, (error) => watch.guard('an error', () => this.#closed(call, request, error)))
  }

  failed(call: RequestCall | undefined, request: ClientRequest, error: unknown): void {
    if (call === undefined || call.ended || call.error !== undefined) return
    call.error = error
    // Node marks the request, or its answer, before it destroys the socket for the app, and after that when the server
    // has ended it.
    call.isOurDoing = request.destroyed === true || call.response?.destroyed === true
    // The socket is destroyed in the same breath: what has not come of an answer will not come.
    if (call.response?.complete !== true) this.#fail(call)
  }

  #closed(call: RequestCall, request: ClientRequest, error: unknown): void {
    if (call.ended) return
    const { response } = call
    if (response === undefined) {
      call.isOurDoing = true // abort(), which makes no error
      this.#fail(call)
    } else if (response.complete === true) this.#watch.end(call)
    else {
      if (call.error === undefined) {
        const reason = error ?? response.errored ?? undefined
        const isOfNode = reason === undefined || isAborted(reason)
        call.error = isOfNode ? undefined : reason
        // "aborted" is Node's word for a socket that closed; whose doing it was, the socket's end tells.
        call.isOurDoing = !isOfNode || (call.socket ?? request.socket)?.readableEnded !== true
      }
      this.#fail(call)
    }
  }

  #fail(call: RequestCall): void {
    const isSent = call.isSent || (call.isWhole && call.isConnected)
    this.#watch.fail(call, call.error, !isSent)
  }
}

const isAborted = (reason: unknown) =>
  (reason as NodeJS.ErrnoException).code === 'ECONNRESET' && (reason as Error).message === 'aborted'

/** Whether a Host header names the host that is connected to, with or without a port. */
const names = (header: string, host: string) =>
  header.startsWith(host)
    ? header.length === host.length || header.charCodeAt(host.length) === 58
    : header.startsWith('[')

/** An app's own tenth listener is not to be warned of for ours. */
function allowOneMore(emitter: ClientRequest | IncomingMessage): void {
  const most = emitter.getMaxListeners()
  if (most > 0) emitter.setMaxListeners(most + 1)
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
/** Whether there is a channel for a request that is made. */
const HAS_CREATED = major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12)

/**
 * Not by an import, which would come before the instrumentation. Node's own way, since 20.16, is the one that bundlers
 * leave alone: webpack rewrites the other.
 */
function loadHttp(): typeof import('node:http') {
  const { getBuiltinModule } = process as { getBuiltinModule?(name: string): unknown }
  const http = getBuiltinModule?.('node:http') ?? createRequire(`${process.cwd()}/noop.js`)('node:http')
  return http as typeof import('node:http')
}

type OnSocket = (this: ClientRequest, ...given: unknown[]) => unknown

/**
 * Before Node 22.12 a request is seen when it gets its socket, or the error of having none: by this one method, since
 * one that never connects shows up on no channel of Node 20.6.
 */
function beforeSocket(look: (request: ClientRequest) => void): () => void {
  const { ClientRequest } = loadHttp()
  const prototype = ClientRequest.prototype as unknown as { onSocket: OnSocket }
  const { onSocket } = prototype
  let isOn = true
  function looked(this: ClientRequest, ...given: unknown[]): unknown {
    const result = Reflect.apply(onSocket, this, given) // first, so that who was here before us looks before us
    if (isOn) look(this)
    return result
  }
  prototype.onSocket = looked
  return () => {
    isOn = false
    if (prototype.onSocket === looked) prototype.onSocket = onSocket
  }
}
