import { subscribe } from 'node:diagnostics_channel'
import { reportFailure } from '../warnings.ts'
import { Body } from './body.ts'
import type { Result } from './result.ts'

/** What became known of one answer. */
export interface Observation {
  /** Undefined until the whole body has come, and when it tells of no result. */
  result: Result | undefined
  /** Finds it now if the whole body has come: whoever subscribed to undici's channels first hears of the end first. */
  readonly settle?: () => void
}

/** Told once, what the whole body of an answer spells as JSON; says what result it is. */
export type Judge = (value: unknown) => Result | undefined

/** The same for all copies of this package: an answer is looked at by whoever claims it first. */
const KEY = Symbol.for('opentelemetry-mangopay.result')

/** A message of `node:http`, as far as it is touched. */
interface Message {
  push(this: unknown, chunk: unknown, encoding?: unknown): unknown
  readonly rawHeaders?: readonly unknown[]
}

/**
 * Looks at the body of an answer of `node:http` while its parser hands it over: at what it pushes into the message,
 * since a listener for `'data'` would set the stream flowing, and a late reader would lose bytes. Nothing is consumed,
 * delayed or changed; the message has its own `push` back before its end is heard.
 *
 * @param message - the `IncomingMessage`, none of whose body has been pushed yet
 * @returns what is found; that of the first who asked, when somebody did before; undefined for what cannot be looked at
 */
export function observeMessage(message: object, judge: Judge): Observation | undefined {
  const claimed = claimedOf(message)
  if (claimed !== undefined) return claimed
  const { push, rawHeaders = [] } = message as Message
  if (typeof push !== 'function') return undefined
  const body = new Body(headerOf(rawHeaders, 'content-encoding'), headerOf(rawHeaders, 'content-length'))
  if (body.isLost) return undefined
  const observation = claim(message)
  const before = Object.getOwnPropertyDescriptor(message, 'push')
  const restore = () => {
    if ((message as Message).push !== look) return // somebody else has wrapped ours, which goes on doing nothing
    if (before === undefined) delete (message as Partial<Message>).push
    else Object.defineProperty(message, 'push', before)
  }
  let isDone = false
  const look = function (this: unknown, chunk: unknown, encoding?: unknown): unknown {
    if (isDone) return Reflect.apply(push, this, [chunk, encoding])
    try {
      if (chunk !== null) body.take(chunk)
      isDone = chunk === null || body.isLost
      if (isDone) restore()
    } catch (error) {
      isDone = true
      reportFailure('looking at a body', error)
    }
    const answer = Reflect.apply(push, this, [chunk, encoding])
    if (chunk === null) conclude(observation, body, judge)
    return answer
  }
  Object.defineProperty(message, 'push', { value: look, configurable: true, writable: true, enumerable: false })
  return observation
}

/** A request of undici's whose answer is looked at. */
interface Watched {
  readonly observation: Observation
  readonly body: Body
  readonly judge: Judge
}

const watched = new WeakMap<object, Watched>()

/**
 * Looks at the body of an answer of undici, that of `fetch` included, by its diagnostics channels. Node's built-in `fetch`
 * publishes the chunks on Node 24 and later; where nobody does, nothing is found.
 *
 * @param request - undici's own request, as its channels hand it out
 * @param headers - of the response: names and values in turn
 */
export function observeUndici(request: object, headers: readonly unknown[], judge: Judge): Observation | undefined {
  const claimed = claimedOf(request)
  if (claimed !== undefined) return claimed
  const body = new Body(headerOf(headers, 'content-encoding'), headerOf(headers, 'content-length'))
  if (body.isLost) return undefined
  listen()
  const settle = () => {
    if ((request as { completed?: unknown }).completed === true) concludeUndici(request)
  }
  const observation = claim(request, settle)
  watched.set(request, { observation, body, judge })
  return observation
}

let isListening = false

/** From the first answer on that is looked at: until then, a process pays nothing. */
function listen(): void {
  if (isListening) return
  isListening = true
  subscribe('undici:request:bodyChunkReceived', (message) => {
    try {
      const { request, chunk } = message as { request: object; chunk: unknown }
      watched.get(request)?.body.take(chunk)
    } catch (error) {
      reportFailure('looking at a body', error) // thrown, it would end the process
    }
  })
  subscribe('undici:request:trailers', (message) => {
    try {
      concludeUndici((message as { request: object }).request)
    } catch (error) {
      reportFailure('looking at a body', error)
    }
  })
}

/**
 * The whole body of a request's answer has come, of which the caller may know before its turn on the channel: whoever
 * subscribed first hears of it first.
 */
export function concludeUndici(request: object): void {
  const one = watched.get(request)
  if (one === undefined) return
  watched.delete(request)
  conclude(one.observation, one.body, one.judge)
}

function conclude(observation: Observation, body: Body, judge: Judge): void {
  try {
    const value = body.read()
    if (value !== undefined) observation.result = judge(value)
  } catch (error) {
    reportFailure('reading a result', error)
  }
}

const claimedOf = (answer: object) => (answer as Record<symbol, Observation | undefined>)[KEY]

function claim(answer: object, settle?: () => void): Observation {
  const observation: Observation = { result: undefined, ...(settle && { settle }) }
  Object.defineProperty(answer, KEY, { value: observation, enumerable: false })
  return observation
}

/** A header out of a list of names and values in turn, texts or bytes. Of several lines none: nobody sends these twice. */
function headerOf(list: readonly unknown[], name: string): string | undefined {
  let found: string | undefined
  for (let i = 1; i < list.length; i += 2) {
    const spelled = list[i - 1] as string | Uint8Array
    if (spelled.length !== name.length || textOf(spelled).toLowerCase() !== name) continue
    found = found === undefined ? textOf(list[i]) : `${found}, ${textOf(list[i])}`
  }
  return found
}

const textOf = (value: unknown) =>
  typeof value === 'string' ? value : value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : ''
