import { isBeingRead, UNREAD_MILLISECONDS } from '../outcome/unread.ts'
import { statusOf } from './evidence.ts'
import type { LiveSpan } from './otel.ts'
import type { SpanCall } from './span-call.ts'

/** How long a call without an answer is remembered: undici waits five minutes for one. */
const FORGOTTEN_MILLISECONDS = 600_000

/**
 * The calls whose spans are open. The span of an answer that nobody reads never ends, once it is larger than the buffers
 * on its way (about 16 kB): such a call is counted by the answer's status, as those are that end. A list that the calls
 * themselves make: a Map would cost each of them five times as much.
 */
export class OpenCalls {
  #first: SpanCall | undefined
  #last: SpanCall | undefined

  add(call: SpanCall, span: LiveSpan): void {
    const last = this.#last
    call.openSpan = span
    call.before = last
    if (last === undefined) this.#first = call
    else last.after = call
    this.#last = call
  }

  delete(call: SpanCall): void {
    if (call.openSpan === undefined) return
    const { before, after } = call
    call.openSpan = undefined
    call.before = undefined
    call.after = undefined
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
  }

  /** Takes out those whose answer has been there for so long and that nobody seems to read. */
  *unread(now: number, millis = UNREAD_MILLISECONDS): Generator<[SpanCall, LiveSpan]> {
    let next = this.#first
    while (next?.openSpan !== undefined) {
      const call: SpanCall = next
      const span = next.openSpan
      next = call.after
      call.since ??= now
      if (!call.isAnswered && hasStatus(span)) {
        call.isAnswered = true
        call.since = now
      }
      const isWaiting = now - call.since < (call.isAnswered ? millis : FORGOTTEN_MILLISECONDS)
      if (!call.ended && (isWaiting || isBeingRead(call.answer?.transfer))) continue
      this.delete(call)
      if (!call.ended && call.isAnswered) yield [call, span]
    }
  }
}

function hasStatus(span: LiveSpan): boolean {
  try {
    return statusOf(span.attributes) !== undefined
  } catch {
    return false // an attribute whose getter throws
  }
}
