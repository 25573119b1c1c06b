import type { FailedCall } from '../wire.ts'
import { byId, el } from './dom.ts'
import { clock, seconds } from './format.ts'

/** Text of an attribute's value: an array as JSON, everything else as it is. */
const valueText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

const list = (title: string, pairs: readonly (readonly [string, string])[], className = ''): HTMLElement[] =>
  pairs.length === 0
    ? []
    : [
        el('h3', { text: title }),
        el(
          'dl',
          { class: className },
          ...pairs.map(([name, value]) => el('div', {}, el('dt', { text: name }), el('dd', { text: value }))),
        ),
      ]

/** The library adds the attributes of its own namespace, and the route where nobody else has. */
const isOurs = ([name]: readonly [string, unknown]): boolean => name.startsWith('mangopay.') || name === 'url.template'

/** Shows one span as it was exported. */
export const showSpan = ({ span }: FailedCall): void => {
  const pairs = Object.entries(span.attributes).map(([name, value]) => [name, valueText(value)] as const)
  const events = span.events.flatMap(({ name, attributes }) =>
    list(
      `Event ${name}`,
      Object.entries(attributes).map(([key, value]) => [key, valueText(value)] as const),
    ),
  )
  const region = byId('span')
  region.replaceChildren(
    el('p', { class: 'span-name', text: span.name }),
    ...list('Added by opentelemetry-mangopay', pairs.filter(isOurs), 'ours'),
    ...list(
      'From the instrumentation',
      pairs.filter((pair) => !isOurs(pair)),
    ),
    ...list('Span', [
      ['started', clock(span.start)],
      ['took', seconds(span.milliseconds / 1_000)],
      ['status', span.message === '' ? span.status : `${span.status}: ${span.message}`],
      ['trace id', span.traceId],
      ['span id', span.spanId],
    ]),
    ...events,
  )
  region.scrollTop = 0
}
