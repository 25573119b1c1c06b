/** What the library adds to an app's telemetry, told apart from what was there without it. */
import type { Attributes } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base'

/** A span as far as a processor can change it. */
export interface State {
  name: string
  attributes: Attributes
  status: ReadableSpan['status']
  events: ReadableSpan['events']
  links: ReadableSpan['links']
}

/** A copy of how a span stands now. */
export const stateOf = ({ name, attributes, status, events, links }: ReadableSpan): State => ({
  name,
  attributes: { ...attributes },
  status: { ...status },
  events: [...events],
  links: [...links],
})

/** What one state has and the other has not; undefined when there is nothing. */
export const difference = (without: State, present: State): Record<string, unknown> | undefined => {
  const added: Record<string, unknown> = {}
  if (present.name !== without.name) added['name'] = present.name
  for (const [key, value] of Object.entries(present.attributes)) {
    if (JSON.stringify(value) !== JSON.stringify(without.attributes[key])) added[key] = value
  }
  for (const part of ['status', 'events', 'links'] as const) {
    if (JSON.stringify(present[part]) !== JSON.stringify(without[part])) added[part] = present[part]
  }
  return Object.keys(added).length === 0 ? undefined : added
}

/** Stands around every other processor: `first` sees a span before the library does, `last` after everything. */
export class Additions {
  readonly #before = new WeakMap<object, State>()
  readonly #ended: { before: State; span: ReadableSpan }[] = []
  /** In the order of their start, which is that of the calls; of two calls the first may be the last to end. */
  readonly started: ReadableSpan[] = []

  /** To be the first processor. */
  readonly first: SpanProcessor = {
    onStart: (span: Span) => void this.started.push(span as unknown as ReadableSpan),
    onEnding: (span: Span) => void this.#before.set(span, stateOf(span as unknown as ReadableSpan)),
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  }

  /** To be the last processor. */
  readonly last: SpanProcessor = {
    onStart: () => {},
    onEnd: (span) => {
      const before = this.#before.get(span)
      if (before !== undefined) this.#ended.push({ before, span })
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  }

  /** What was added to each span that something was added to. */
  all(): Record<string, unknown>[] {
    return this.#ended
      .map(({ before, span }) => difference(before, stateOf(span)))
      .filter((added) => added !== undefined)
  }
}

/** The secrets that a text holds, as they are, in percent encoding or in base64. */
export const leaked = (text: string, secrets: Iterable<string>): string[] => {
  const found: string[] = []
  for (const secret of secrets) {
    const spellings = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')]
    if (spellings.some((spelling) => text.includes(spelling))) found.push(secret)
  }
  return found
}
