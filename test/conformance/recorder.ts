/** Writes down what an SDK line leaves on its spans, in one form for all lines. */
import type { Attributes } from '@opentelemetry/api'
import type { RecordedSpan } from './record.ts'

/** The part of every line's span that is recorded. */
export interface LabSpan {
  kind: number
  name: string
  attributes: Attributes
  status: RecordedSpan['status']
  events: { name: string; attributes?: Attributes }[]
  instrumentationScope?: { name: string; version?: string }
  instrumentationLibrary?: { name: string; version?: string }
}
/** A client span that has started, and what came of it. */
export interface Seen {
  span: LabSpan
  start: Attributes
  response?: { isComplete: () => boolean | undefined; headers: string[]; client: 'http' | 'undici' }
  recorded?: RecordedSpan
}

/** The instrumentations met. */
export const scopes: { name: string; version?: string }[] = []
let seen: Seen[] = []

/** The client spans since the last time that this was called. */
export function seenSince(): readonly Seen[] {
  seen = []
  return seen
}

function scopeIndex(span: LabSpan): number {
  const { name = '', version } = span.instrumentationScope ?? span.instrumentationLibrary ?? {}
  const at = scopes.findIndex((it) => it.name === name)
  return at >= 0 ? at : scopes.push({ name, ...(version && { version }) }) - 1
}

/** Ports of this run: they tell nothing and change with each, as does a stack. */
export const ports = new Set<string>()
const normal = (value: unknown): unknown => {
  if (typeof value === 'number') return ports.has(`${value}`) || value > 30_000 ? 4010 : value
  if (typeof value !== 'string') return value
  return value.replace(/(127\.0\.0\.1|localhost):\d+/g, '$1:4010').replace(/\b[0-9A-F]{16}:error/, '0:error')
}
const normalAll = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([key]) => key !== 'exception.stacktrace')
      .map(([key, value]) => [key, normal(value)]),
  ) as Attributes

function record(it: Seen): RecordedSpan {
  const { span, start, response } = it
  const keys = Object.keys(span.attributes)
  const changed = keys.findIndex((key) => !(key in start) || start[key] !== span.attributes[key])
  const authenticate = response?.headers.findIndex(
    (text, at) => at % 2 === 0 && text.toLowerCase() === 'www-authenticate',
  )
  const wwwAuthenticate =
    authenticate === undefined || authenticate < 0 ? undefined : response?.headers[authenticate + 1]
  const complete = response?.isComplete()
  return {
    kind: span.kind,
    name: span.name,
    scope: scopeIndex(span),
    status: JSON.parse(JSON.stringify(span.status, (_, value) => normal(value))),
    attributes: normalAll(span.attributes),
    initial: changed < 0 ? keys.length : changed,
    ...(span.events.length > 0 && {
      events: span.events.map(({ name, attributes }) => ({
        name,
        ...(attributes && { attributes: normalAll(attributes) }),
      })),
    }),
    ...(response && {
      hook: {
        client: response.client,
        ...(wwwAuthenticate && { wwwAuthenticate }),
        ...(complete !== undefined && { complete }),
      },
    }),
  }
}

/** Goes into the SDK. */
export const recorder = {
  onStart: (span: LabSpan) => {
    if (span.kind === 2) seen.push({ span, start: { ...span.attributes } })
  },
  onEnd: (span: LabSpan) => {
    const entry = seen.find((it) => it.span === span)
    if (entry) entry.recorded = record(entry)
  },
  forceFlush: async () => {},
  shutdown: async () => {},
}
/** Goes into the response hooks. */
export const saw = (span: unknown, response: NonNullable<Seen['response']>): void => {
  const entry = seen.find((it) => it.span === span)
  if (entry) entry.response = response
}
