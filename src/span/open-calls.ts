import { statusOf } from './evidence.ts'
import type { LiveSpan } from './otel.ts'
import type { SpanCall } from './span-call.ts'

/** How long an answer may be there before its call counts without its end: the usual client gives up by then. */
const UNREAD_MILLISECONDS = 30_000

/** How long a call without an answer is remembered: undici waits five minutes for one. */
const FORGOTTEN_MILLISECONDS = 600_000

/**
 * The calls whose spans are open. The span of an answer that nobody reads never ends, once it is larger than the buffers
 * on its way (about 16 kB): such a call is counted by the answer's status, as those are that end.
 */
export class OpenCalls {
  readonly #calls = new Map<SpanCall, LiveSpan>()

  add(call: SpanCall, span: LiveSpan): void {
    this.#calls.set(call, span)
  }

  delete(call: SpanCall): void {
    this.#calls.delete(call)
  }

  /** Takes out those whose answer has been there for so long that nobody seems to read it. */
  *unread(now: number): Generator<[SpanCall, LiveSpan]> {
    for (const [call, span] of this.#calls) {
      if (call.ended) {
        this.#calls.delete(call)
        continue
      }
      call.since ??= now
      if (!call.isAnswered && hasStatus(span)) {
        call.isAnswered = true
        call.since = now
      }
      if (now - call.since < (call.isAnswered ? UNREAD_MILLISECONDS : FORGOTTEN_MILLISECONDS)) continue
      this.#calls.delete(call)
      if (call.isAnswered) yield [call, span]
    }
  }
}

/** Whether a span has the status of an answer. One whose getter throws has none: this is asked where nobody catches. */
function hasStatus(span: LiveSpan): boolean {
  try {
    return statusOf(span.attributes) !== undefined
  } catch {
    return false
  }
}
