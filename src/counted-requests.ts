import type { Attributes } from '@opentelemetry/api'
import type { ResponseHeaders } from './quota/headers.ts'
import type { Recorder } from './recorder.ts'
import type { Hosts } from './request/hosts.ts'
import { SpanCalls } from './span/span-calls.ts'
import { tagsOf } from './span/tags.ts'
import { watchHttp } from './wire/http.ts'
import { watchHttp2 } from './wire/http2.ts'
import { countsRequests, linkRequest } from './wire/link.ts'
import type { RequestCall } from './wire/request-call.ts'
import { watchUndici } from './wire/undici.ts'
import { type RequestListener, RequestWatch } from './wire/watch.ts'

/** Counts the process's own requests, whatever its tracing does. */
export class CountedRequests implements RequestListener {
  readonly hosts: Hosts
  readonly #recorder: Recorder
  readonly #spans = new SpanCalls()
  readonly #watch: RequestWatch
  readonly #forget: () => void

  constructor(hosts: Hosts, recorder: Recorder) {
    this.hosts = hosts
    this.#recorder = recorder
    this.#watch = new RequestWatch(this)
    watchHttp(this.#watch)
    watchUndici(this.#watch)
    watchHttp2(this.#watch)
    this.#forget = countsRequests(this)
  }

  /** Whether the call of such a span is counted here. */
  counts(attributes: Attributes): boolean {
    return this.hosts.find(attributes) !== undefined
  }

  begun(call: RequestCall): void {
    linkRequest(call, (span) => this.#spans.of(span))
  }

  now(): number {
    return this.#recorder.now()
  }

  answered(
    call: RequestCall,
    headers: ResponseHeaders,
    message: object | undefined,
    undiciHeaders: readonly unknown[] | undefined,
  ): void {
    call.exhausted = this.#recorder.readHeaders(call, headers, false)
    if (message === undefined) return
    call.observation = this.#recorder.observe(call, { carrier: message, undiciHeaders, status: call.status })
  }

  ended(call: RequestCall, seconds: number | undefined): void {
    const slot = this.#recorder.count(call, seconds)
    slot.tags ??= tagsOf(call, slot.verdict)
    call.tags = slot.tags
  }

  /** Counts those whose answer nobody reads. */
  countUnread(now: number, after?: number): void {
    this.#watch.settleUnread(now, after)
  }

  /** Counts no request that begins from now on; those under way it does. */
  stop(): void {
    this.#watch.stop()
    this.#forget()
  }
}
