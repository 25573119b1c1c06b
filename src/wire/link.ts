/**
 * Which span belongs to which request? The http instrumentation creates a request while its span is the active one. That
 * of undici starts its span when undici announces the request, in the same breath as we hear of it: whichever of the
 * two hears first.
 */
import { type Attributes, trace } from '@opentelemetry/api'
import { urlOf, withoutQuery } from '../request/url.ts'
import type { RequestCall } from './request-call.ts'

/** What a span has to be linked by. */
export interface Linkable {
  /** Told which request it is. */
  link(request: RequestCall): void
  readonly ended: boolean
}

/** Who counts requests: the same for every copy of this package. */
interface Registry {
  readonly counting: Set<{ counts(attributes: Attributes): boolean }>
  /** Whether there is a processor that has spans to link. */
  isTraced: boolean
  /** A request whose span may be about to start, until the current code has run. */
  announced: RequestCall | undefined
  /** Spans whose request may be about to be announced, likewise, and their URLs. */
  started: { readonly span: Linkable; readonly url: string }[]
}

const REGISTRY = Symbol.for('opentelemetry-mangopay.requests')

const holder = globalThis as { [REGISTRY]?: Registry }
holder[REGISTRY] ??= { counting: new Set(), isTraced: false, announced: undefined, started: [] }
const registry: Registry = holder[REGISTRY]

/** Somebody counts requests from now on; returns what ends that. */
export function countsRequests(who: { counts(attributes: Attributes): boolean }): () => void {
  registry.counting.add(who)
  return () => void registry.counting.delete(who)
}

/** A processor has been made: spans are to be linked from now on. */
export function expectSpans(): void {
  registry.isTraced = true
}

/** Whether the call of such a span is counted from its request. */
export function isCountedFromRequest(attributes: Attributes): boolean {
  if (registry.counting.size === 0) return false // as with every span, unless somebody counts requests
  for (const who of registry.counting) if (who.counts(attributes)) return true
  return false
}

/** A span of ours has started. */
export function linkSpan(span: Linkable, attributes: Attributes): void {
  if (registry.counting.size === 0) return
  const url = urlOf(attributes)
  if (url === undefined) return
  if (registry.announced !== undefined && isOf(registry.announced, url)) span.link(registry.announced)
  else {
    if (registry.started.length === 0) forgetSoon()
    registry.started.push({ span, url })
  }
}

/**
 * A request of ours begins.
 *
 * @param find - what is remembered of a span
 */
export function linkRequest(request: RequestCall, find: (span: object) => Linkable | undefined): void {
  if (!registry.isTraced) return
  const started = registry.started.filter(({ url }) => isOf(request, url))
  if (started.length > 0) {
    for (const { span } of started) span.link(request)
    registry.started = []
    return
  }
  const active = trace.getActiveSpan()
  const span = active === undefined ? undefined : find(active)
  if (span !== undefined && !span.ended) span.link(request)
  if (registry.announced === undefined) forgetSoon()
  registry.announced = request
}

function forgetSoon(): void {
  queueMicrotask(() => {
    registry.announced = undefined
    registry.started = []
  })
}

/** Whether a URL, whole or from its path on, is that of a request. */
const isOf = ({ target }: RequestCall, url: string) => withoutQuery(url).endsWith(withoutQuery(target))
