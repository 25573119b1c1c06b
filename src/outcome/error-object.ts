/** How a request failed, by the error object itself and by what its connection showed. */
import { type Failure, isTransportError, readFailure } from './failure.ts'

/** What is known of a failed request besides its error. */
export interface Circumstances {
  /** Whether our own side ended it, so that an error without a cause of its own is no fault of the network. */
  readonly isOurDoing: boolean
  /** Whether a time limit on its connection ran out. */
  readonly isTimedOut: boolean
  /** Whether the server certainly never had the whole request. */
  readonly neverSent: boolean
}

/** Deepest cause that is read; axios, fetch and undici nest two or three. */
const DEEPEST = 6

/** The codes, class names and messages of an error and of what caused it. */
interface Told {
  readonly names: string[]
  readonly messages: string[]
}

/** Reads how a request failed. The same table of names as for spans; what it does not know, the circumstances decide. */
export function readError(error: unknown, { isOurDoing, isTimedOut, neverSent }: Circumstances): Failure {
  const { names, messages } = tell(error, isOurDoing)
  const read = readFailure(names, messages)
  if (read.kind !== 'network' || read.neverSent || isTransportError(names, messages)) {
    return neverSent && !read.neverSent ? { kind: read.kind, neverSent } : read
  }
  return { kind: !isOurDoing ? 'network' : isTimedOut ? 'timeout' : 'cancelled', neverSent }
}

function tell(error: unknown, isOurDoing: boolean): Told {
  const told: Told = { names: [], messages: [] }
  let next: unknown = error
  for (let depth = 0; depth < DEEPEST; depth++) {
    if (typeof next === 'string') told.messages.push(next) // the reason of an abort may be any value
    if (typeof next !== 'object' || next === null) break
    const one = next as ErrorLike
    const { signal } = isCancel(one) ? (one.config ?? {}) : {}
    if (!saysNothing(one, isOurDoing)) {
      // axios makes one error of every signal: the reason, or else the message, says which it was.
      for (const name of isCancel(one) ? ['AbortError'] : [one.code, one.name]) {
        if (typeof name === 'string') told.names.push(name)
      }
      if (typeof one.message === 'string') told.messages.push(one.message)
    }
    next = signal?.reason ?? one.cause ?? (Array.isArray(one.errors) ? one.errors[0] : undefined)
  }
  return told
}

/** What clients and Node put on their errors. */
interface ErrorLike {
  readonly code?: unknown
  readonly name?: unknown
  readonly message?: unknown
  readonly syscall?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
  readonly config?: { readonly signal?: { readonly reason?: unknown } }
}

const isCancel = ({ code, name }: ErrorLike) => code === 'ERR_CANCELED' || name === 'CanceledError'

/**
 * Whether the next cause, or the connection, has to tell: Node says the same words of every connection that closed,
 * whoever closed it, and streams say no more.
 */
function saysNothing({ code, message, syscall }: ErrorLike, isOurDoing: boolean): boolean {
  if (code === 'ECONNRESET' && syscall === undefined) return message === 'socket hang up' || message === 'aborted'
  // A socket says this on Windows, and means no time limit; axios does.
  if (code === 'ECONNABORTED') return syscall !== undefined
  return isOurDoing && typeof code === 'string' && code.startsWith('ERR_STREAM_')
}
