import diagnosticsChannel from 'node:diagnostics_channel'
import { readError } from '../outcome/error-object.ts'
import type { Failure } from '../outcome/failure.ts'
import { isBeingRead, UNREAD_MILLISECONDS } from '../outcome/unread.ts'
import { asksForSca, type ResponseHeaders, readResponseHeaders } from '../quota/headers.ts'
import type { HostRule, Hosts } from '../request/hosts.ts'
import { reportFailure } from '../warnings.ts'
import { callOf, keep, RequestCall } from './request-call.ts'

/** Who wants to know of the calls. */
export interface RequestListener {
  /** Whose requests are looked at. */
  readonly hosts: Hosts
  /** Epoch milliseconds. */
  now(): number
  /** A request begins. */
  begun(call: RequestCall): void
  /**
   * The head of its answer is there, and nothing of the body has been handed to the app.
   *
   * @param message - the response of `node:http`, or undici's request; undefined of `node:http2`
   * @param undiciHeaders - of undici only: names and values in turn
   */
  answered(
    call: RequestCall,
    headers: ResponseHeaders,
    message: object | undefined,
    undiciHeaders: readonly unknown[] | undefined,
  ): void
  /**
   * It has ended: once for each.
   *
   * @param seconds - undefined when nobody saw it begin
   */
  ended(call: RequestCall, seconds: number | undefined): void
}

/** Read once, as the clock is; see `options.ts`. */
const { performance: timer } = globalThis

/**
 * What all clients' requests have in common: which of them are ours to count, and how each ends. It hears of them by
 * Node's diagnostics channels, changes nothing that the app could notice, and never throws: a subscriber that throws
 * ends the process.
 */
export class RequestWatch {
  readonly #listener: RequestListener
  readonly #subscribed: [name: string, look: (message: unknown) => void][] = []
  /** Answered calls whose end has not come, oldest first. */
  readonly #answered = new Set<RequestCall>()
  readonly #undo: (() => void)[] = []
  #open = 0
  #isStopped = false

  constructor(listener: RequestListener) {
    this.#listener = listener
  }

  /** Listens to a channel; one that this runtime does not have stays silent. */
  subscribe<Message>(name: string, look: (message: Message) => void): void {
    const guarded = (message: unknown) => {
      try {
        look(message as Message)
      } catch (error) {
        reportFailure(`watching requests (${name})`, error)
      }
    }
    diagnosticsChannel.subscribe(name, guarded)
    this.#subscribed.push([name, guarded])
  }

  /** What to do when nothing is watched any more. */
  onStop(undo: () => void): void {
    this.#undo.push(undo)
  }

  /** Runs what a listener on a request does. */
  guard(what: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      reportFailure(`watching requests (${what})`, error)
    }
  }

  /** Which of our hosts a request goes to. The target is a path, or a whole URL where a proxy is asked. */
  find(authority: string, isPlainText: boolean, target: string): HostRule | undefined {
    if (target.charCodeAt(0) === 47) return this.#listener.hosts.findRequest(authority, isPlainText, target)
    const scheme = target.indexOf('://')
    if (scheme === -1) return undefined
    const slash = target.indexOf('/', scheme + 3)
    const asked = target.slice(scheme + 3, slash === -1 ? undefined : slash)
    return this.#listener.hosts.findRequest(asked, target.startsWith('http:'), target)
  }

  /**
   * Takes a request for ours to count, unless somebody else has.
   *
   * @param isNew - whether it begins now, and not before anybody looked
   */
  begin(request: object, rule: HostRule, method: string, target: string, isNew: boolean): RequestCall | undefined {
    if (this.#isStopped || callOf(request) !== undefined) return undefined
    const call = new RequestCall(this, rule, method, target, isNew ? timer.now() : undefined)
    keep(request, call)
    this.#open++
    this.#listener.begun(call)
    return call
  }

  /** The call of a request if it is ours to count and still under way. */
  openCall(request: object): RequestCall | undefined {
    const call = callOf(request)
    return call !== undefined && call.owner === this && !call.ended ? call : undefined
  }

  /** The head of the answer has come. */
  answer(call: RequestCall, status: number, headers: unknown, message?: object, undici?: readonly unknown[]): void {
    call.status = status
    call.isSent = true
    call.answeredAt = timer.now()
    call.since = this.#listener.now()
    this.#answered.add(call)
    const read = readResponseHeaders({ headers })
    if (read === undefined) return
    call.sca = asksForSca(read)
    this.#listener.answered(call, read, message, undici)
  }

  /** It ended well, as far as its answer goes. */
  end(call: RequestCall, at = timer.now()): void {
    this.#end(call, undefined, at)
  }

  /** It failed. */
  fail(call: RequestCall, error: unknown, neverSent: boolean): void {
    const { isOurDoing, isTimedOut } = call
    this.#end(call, readError(error, { isOurDoing, isTimedOut, neverSent }), timer.now())
  }

  #end(call: RequestCall, failure: Failure | undefined, at: number): void {
    if (call.ended) return
    call.ended = true
    this.#open--
    this.#answered.delete(call)
    if (call.onTimeout !== undefined) call.socket?.removeListener('timeout', call.onTimeout)
    call.socket = undefined
    call.response = undefined
    call.onTimeout = undefined
    call.error = undefined
    call.failure = failure
    const { startedAt } = call
    this.#listener.ended(call, startedAt === undefined ? undefined : (at - startedAt) / 1000)
    if (this.#isStopped && this.#open === 0) this.#unsubscribe()
  }

  /**
   * Ends calls whose answer nobody reads: a stream without a reader never ends, and what their status tells is all that
   * will ever be known.
   */
  settleUnread(now: number, after = UNREAD_MILLISECONDS): void {
    for (const call of this.#answered) {
      if (now - call.since < after) return
      if (!isBeingRead(call.response)) this.end(call, call.answeredAt)
    }
  }

  /** Begins no further call. Those under way are still counted, answers that nobody has read so far by their status. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.settleUnread(this.#listener.now(), 0)
    if (this.#open === 0) this.#unsubscribe()
  }

  #unsubscribe(): void {
    for (const [name, look] of this.#subscribed.splice(0)) diagnosticsChannel.unsubscribe(name, look)
    for (const undo of this.#undo.splice(0)) undo()
  }
}
