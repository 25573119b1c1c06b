/** How do Mangopay's notifications fare? Told from the SERVER spans of the endpoint they are sent to. */
import { type Attributes, type Context, type Span, SpanKind, trace } from '@opentelemetry/api'
import { Counter } from '../metrics/counter.ts'
import * as names from '../names.ts'
import { EVENT_TYPES } from './event-types.ts'
import type { HookPaths } from './path.ts'

/** How a notification was answered: a value of `mangopay.webhook.delivery`. */
export type WebhookDelivery = 'acknowledged' | 'late' | 'refused'

const DELIVERIES: readonly WebhookDelivery[] = [
  names.MANGOPAY_WEBHOOK_DELIVERY_VALUE_ACKNOWLEDGED,
  names.MANGOPAY_WEBHOOK_DELIVERY_VALUE_LATE,
  names.MANGOPAY_WEBHOOK_DELIVERY_VALUE_REFUSED,
]

/** Mangopay waits this long for an answer. Source: Mangopay's documentation, "Webhooks". */
const SECONDS_TO_ANSWER = 2

/** A notification's query has some 100 characters; the rest of a longer one is not read. */
const READ_OF_QUERY = 2048

const KNOWN = new Set(EVENT_TYPES)

/** Outcomes: of these the counter exists at 0 before the first one comes, since alerts and ratios are made of them. */
const OUTCOMES = EVENT_TYPES.filter((type) => ['SUCCEEDED', 'FAILED', 'REFUSED'].some((end) => type.endsWith(end)))

/** A notification that is being answered. */
interface Notification {
  readonly eventType: string
  /** That of its path, where somebody has said it: the notification itself does not tell. */
  readonly environment: string | undefined
  /** What the app answers with, where the response hook has seen it. */
  response: Finishing | undefined
  isAnswered: boolean
}

/** A `ServerResponse` of `node:http`, which has a status before it is sent, and keeps it when it never is. */
interface Finishing {
  readonly writableFinished?: unknown
}

/** What is read of a span. */
interface ServerSpan {
  readonly kind: SpanKind
  readonly attributes: Attributes
}

/** The same for all processors, also those of a second copy of this package. */
const KEY = Symbol.for('opentelemetry-mangopay.webhook')

type Marked = { [KEY]?: Notification | undefined }

/**
 * Counts Mangopay's notifications by what they tell and by how they were answered. One that is answered 200 in time is not
 * sent again, so that the acknowledged ones, over all instances of an app, are one for each thing that happened.
 */
export class Webhooks {
  readonly notifications = new Counter({
    name: names.METRIC_MANGOPAY_WEBHOOK_NOTIFICATIONS,
    description: 'Notifications that Mangopay has sent to this process.',
    unit: '{notification}',
    folded: [names.ATTR_MANGOPAY_WEBHOOK_EVENT_TYPE],
  })
  readonly #paths: HookPaths

  /** @param paths - of the endpoints, as the app's server sees them */
  constructor(paths: HookPaths) {
    this.#paths = new Map([...paths].map(([path, environment]) => [withoutSlash(path), environment]))
    for (const environment of new Set(paths.values())) {
      for (const type of OUTCOMES) this.notifications.prime(attributesOf(type, environment, 'acknowledged'))
    }
  }

  /** Whether a span about to start is of a request for one of the endpoints. */
  isHook(kind: SpanKind, attributes: Attributes): boolean {
    if (kind !== SpanKind.SERVER || (attributes['http.request.method'] ?? attributes['http.method']) !== 'GET') {
      return false
    }
    const path = pathOf(attributes)
    return path !== undefined && this.#paths.has(path)
  }

  /** A span has started. Of SERVER spans within each other the outermost counts: it is nearest to the wire. */
  start(span: ServerSpan, parentContext: Context): void {
    if (!this.isHook(span.kind, span.attributes) || (span as Marked)[KEY] !== undefined) return
    const parent = trace.getSpan(parentContext) as (Span & Marked) | undefined
    if (parent?.[KEY] !== undefined) return
    const eventType = eventTypeIn(queryOf(span.attributes))
    if (eventType === undefined) return
    const environment = this.#paths.get(pathOf(span.attributes) ?? '')
    ;(span as Marked)[KEY] = { eventType, environment, response: undefined, isAnswered: false }
  }

  /** The response hook of the http instrumentation hands out what the app is going to answer with. */
  answer(span: object, response: unknown): void {
    const notification = (span as Marked)[KEY]
    if (notification !== undefined) notification.response = response as Finishing
  }

  /**
   * A span ends: counts the notification that it is about.
   *
   * @param seconds - how long the app took; undefined when nobody knows
   * @returns what its span is tagged with; undefined for another span, and for one that was counted before
   */
  end(span: ServerSpan, seconds: number | undefined): Attributes | undefined {
    const notification = (span as Marked)[KEY]
    if (notification === undefined || notification.isAnswered) return undefined
    notification.isAnswered = true
    const { eventType, environment, response } = notification
    notification.response = undefined
    const isCut = response?.writableFinished === false
    for (const delivery of DELIVERIES) this.notifications.prime(attributesOf(eventType, environment, delivery))
    const attributes = attributesOf(
      eventType,
      environment,
      deliveryOf(isCut ? undefined : statusOf(span.attributes), seconds, isCut),
    )
    this.notifications.add(attributes)
    return attributes
  }
}

const attributesOf = (eventType: string, environment: string | undefined, delivery: WebhookDelivery): Attributes => ({
  ...(environment === undefined ? {} : { [names.ATTR_MANGOPAY_ENVIRONMENT]: environment }),
  [names.ATTR_MANGOPAY_WEBHOOK_EVENT_TYPE]: eventType,
  [names.ATTR_MANGOPAY_WEBHOOK_DELIVERY]: delivery,
})

/**
 * Only 200 in time is an acknowledgement, 204 is none. A status after the time is out was sent to nobody. Mangopay's time
 * begins before ours, so that whoever hangs up somewhat earlier has waited for the whole of it.
 */
function deliveryOf(status: number | undefined, seconds = 0, isCut: boolean): WebhookDelivery {
  if (seconds > (isCut ? SECONDS_TO_ANSWER / 2 : SECONDS_TO_ANSWER)) return 'late'
  return status === 200 ? 'acknowledged' : 'refused'
}

const statusOf = (attributes: Attributes) =>
  Number(attributes['http.response.status_code'] ?? attributes['http.status_code'])

/** The event type in a query; undefined for a request that is no notification. Mangopay never names two. */
function eventTypeIn(query: string): string | undefined {
  let found: string | undefined
  for (const part of query.slice(0, READ_OF_QUERY).split('&')) {
    if (!part.startsWith('EventType=')) continue
    const type = part.slice('EventType='.length)
    found = found === undefined && KNOWN.has(type) ? type : names.MANGOPAY_WEBHOOK_EVENT_TYPE_VALUE_OTHER
  }
  return found
}

function queryOf(attributes: Attributes): string {
  const query = attributes['url.query'] ?? split(urlOf(attributes))[1] ?? ''
  return typeof query !== 'string' ? '' : query.startsWith('?') ? query.slice(1) : query
}

function pathOf(attributes: Attributes): string | undefined {
  const path = attributes['url.path']
  const [before] = typeof path === 'string' ? [path] : split(urlOf(attributes))
  return before === undefined ? undefined : withoutSlash(before)
}

/** What the conventions of either time hold of the target. */
function urlOf(attributes: Attributes): unknown {
  return attributes['http.target'] ?? attributes['url.full'] ?? attributes['http.url']
}

/** Path and query of a target or of a whole URL. Of a long one no more than is looked at. */
function split(url: unknown): [path?: string, query?: string] {
  if (typeof url !== 'string') return []
  const question = url.indexOf('?')
  const before = question === -1 ? url : url.slice(0, question)
  const scheme = before.indexOf('://')
  const path = scheme === -1 ? before : before.slice(before.indexOf('/', scheme + 3))
  return question === -1 ? [path] : [path, url.slice(question + 1)]
}

const withoutSlash = (path: string) => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)
