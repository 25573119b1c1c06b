import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { SpanView } from './otel.ts'
import type { SpanCall } from './span-call.ts'

/** Published by undici, and so by `fetch`, for each request; its instrumentations start their spans within that. */
const CHANNEL = 'undici:request:create'

interface UndiciRequest {
  readonly method?: unknown
  readonly path?: unknown
}

interface Started {
  readonly span: SpanView
  readonly call: SpanCall
  /** Told of an earlier span of the same request. */
  readonly join: (first: SpanCall) => void
}

/**
 * Which spans tell of one and the same request of undici: those that were started while one request was published. With
 * two instrumentations in a process there are two of each, and neither is within the other. We hear of a request after
 * the instrumentations have: whatever has started since the one before belongs to it.
 */
class Siblings {
  #request: UndiciRequest | undefined
  /** The first call that told of that request. */
  #call: SpanCall | undefined
  /** Those whose request has not been heard of. */
  #started: Started[] = []
  #isChecking = false

  /** Called by each processor, which is mostly made before the instrumentations of its SDK. */
  subscribe(): void {
    this.#moveToEnd()
    setImmediate(() => this.#moveToEnd()).unref?.()
  }

  /** A span of undici's instrumentation has started; `join` is called when an earlier one tells of the same request. */
  start(span: SpanView, call: SpanCall, join: Started['join']): void {
    this.#started.push({ span, call, join })
    // Without the channel, as in a span that is made by hand, nothing would take them out.
    if (this.#started.length > MOST_STARTED) this.#started.shift()
    if (this.#isChecking || this.#request === undefined || !isOf(span, this.#request)) return
    this.#isChecking = true
    queueMicrotask(() => this.#check())
  }

  readonly #listener = (message: unknown): void => {
    const { request } = message as { request: UndiciRequest }
    this.#request = request
    this.#call = undefined
    if (this.#started.length > 0) this.#joinAll(request)
  }

  /** A span has started like the request before it. If none was published since, somebody comes after us. */
  #check(): void {
    this.#isChecking = false
    if (this.#started.length === 0 || this.#request === undefined) return
    this.#joinAll(this.#request)
    this.#moveToEnd()
  }

  #joinAll(request: UndiciRequest): void {
    const started = this.#started
    this.#started = []
    for (const { span, call, join } of started) {
      if (!isOf(span, request)) continue
      if (this.#call === undefined) this.#call = call
      else join(this.#call)
    }
  }

  #moveToEnd(): void {
    unsubscribe(CHANNEL, this.#listener)
    subscribe(CHANNEL, this.#listener)
  }
}

const MOST_STARTED = 8

/** One for the process: requests know of no processor. */
export const siblings = new Siblings()

/** Whether a span may tell of a request. */
function isOf({ attributes }: SpanView, { method, path }: UndiciRequest): boolean {
  const url = attributes['url.full'] ?? attributes['http.url']
  return (
    (attributes['http.request.method'] ?? attributes['http.method']) === method &&
    typeof url === 'string' &&
    typeof path === 'string' &&
    url.endsWith(path)
  )
}
