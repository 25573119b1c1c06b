/** What is written into a span that has ended, within the limits that its SDK would keep. */
import type { Attributes } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { EndedSpan } from '../../src/span/ended-span.ts'
import type { Limited, SpanView } from '../../src/span/otel.ts'
import { HOST, setUp } from '../support/traced-calls.ts'

const spanOf = (attributes: Attributes, more: object = {}) =>
  ({ attributes, name: 'GET', ...more }) as unknown as SpanView & Limited

describe('a span that has ended', () => {
  it.each<[what: string, more: object, tags: Attributes, attributes: Attributes]>([
    ['of no limits takes all', {}, { one: 1, two: 'two' }, { own: 'text', one: 1, two: 'two' }],
    [
      'takes as many as its limit',
      { _spanLimits: { attributeCountLimit: 2 } },
      { one: 1, two: 2 },
      { own: 'text', one: 1 },
    ],
    [
      'that is full takes a new value',
      { _spanLimits: { attributeCountLimit: 1 } },
      { own: 'new', one: 1 },
      { own: 'new' },
    ],
    ['that had to drop some takes none', { droppedAttributesCount: 1 }, { one: 1 }, { own: 'text' }],
    [
      'cuts texts',
      { _spanLimits: { attributeValueLengthLimit: 3 } },
      { one: 12345, two: 'abcd' },
      { own: 'text', one: 12345, two: 'abc' },
    ],
    [
      'of length 0 cuts nothing, as the SDK',
      { _spanLimits: { attributeValueLengthLimit: 0 } },
      { two: 'abcd' },
      { own: 'text', two: 'abcd' },
    ],
  ])('%s', (_, more, tags, attributes) => {
    const span = spanOf({ own: 'text' }, more)
    new EndedSpan(span).setAttributes(tags)
    expect(span.attributes).toEqual(attributes)
  })

  it('gets a name', () => {
    const span = spanOf({})
    new EndedSpan(span).updateName('GET /users')
    expect(span.name).toBe('GET /users')
  })
})

it.each([
  ['while it ends', undefined],
  ['once it has ended', 'onEnd'],
])('a call tagged %s has tags no longer than its limit', (_, hook) => {
  const wrap = (processor: object) => {
    if (hook === undefined) return processor as never
    return new Proxy(processor, {
      get: (target, key) => (key === 'onEnding' ? undefined : bound(target, key)),
    }) as never
  }
  const { start, answer, last } = setUp({}, wrap, { attributeValueLengthLimit: 80 })
  answer(start({ 'url.full': `https://${HOST}/v2.01/a/users/1/kyc/ubodeclarations/2/ubos/3` }), 200)
  expect(last().attributes['url.template']).toBe(
    '/v2.01/{clientId}/users/{userId}/kyc/ubodeclarations/{uboDeclarationId}/ubos/{uboId}'.slice(0, 80),
  )
})

function bound(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key)
  return typeof value === 'function' ? value.bind(target) : value
}
