import { subscribe } from 'node:diagnostics_channel'
import { readError } from '../outcome/error-object.ts'
import type { Failure } from '../outcome/failure.ts'
import { urlOf, withoutQuery } from '../request/url.ts'
import { reportFailure } from '../warnings.ts'
import type { SpanView } from './otel.ts'

/** Published by `node:http` before anybody else hears of the error. */
const CHANNEL = 'http.client.request.error'

/** A connection, on which a time limit may have been set. */
interface Limited {
  readonly timeout?: unknown
}

/** What is read of a request of `node:http` that failed, and of its error. */
interface Failed {
  readonly request: {
    readonly method?: unknown
    readonly path?: unknown
    /** Node marks it before it ends the connection for the app, and after that when the server has ended it. */
    readonly destroyed?: unknown
    readonly socket?: Limited | null
  }
  readonly error: unknown
}

/** The one that its listeners are hearing of now. */
let failed: Failed | undefined
let isWatching = false

/**
 * Begins to look at the requests that fail. A span says "socket hang up" of every connection that ended without an answer,
 * whoever ended it; the request knows, and its instrumentation ends the span as soon as it hears of the error.
 */
export function watchFailedRequests(): void {
  if (isWatching) return
  isWatching = true
  subscribe(CHANNEL, (message) => {
    failed = message as Failed
    queueMicrotask(forget) // by then everybody has heard
  })
}

function forget(): void {
  failed = undefined
}

/**
 * How the request of a span that ends now has failed, by its own error.
 *
 * @param seconds - how long it took
 * @param neverSent - whether the span proves that the server never had it
 * @returns undefined when it is not known, as on a Node that does not tell
 */
export function failureOfRequest({ attributes }: SpanView, seconds: number, neverSent: boolean): Failure | undefined {
  if (failed === undefined) return undefined
  try {
    const { request, error } = failed
    const { method, path, destroyed, socket } = request
    const url = urlOf(attributes)
    if (typeof path !== 'string' || url === undefined || !withoutQuery(url).endsWith(withoutQuery(path)))
      return undefined
    if ((attributes['http.request.method'] ?? attributes['http.method']) !== method) return undefined
    return readError(error, { isOurDoing: destroyed === true, isTimedOut: isBeyondLimit(socket, seconds), neverSent })
  } catch (error) {
    reportFailure('looking at a request that failed', error)
    return undefined
  }
}

/**
 * Whether a call took as long as the limit on its connection. Who destroys a request on a time limit leaves no other word
 * of it, and a time-out taken for a cancel would hide an outage.
 */
export const isBeyondLimit = (socket: Limited | null | undefined, seconds: number) =>
  typeof socket?.timeout === 'number' && socket.timeout > 0 && seconds * 1000 >= socket.timeout
