/** Answers with rate-limit headers as proxies and mistakes make them. */
import { describe, expect, it } from 'vitest'
import type { MockOptions } from '../../examples/mock/options.ts'
import { CLIENTS, get, lab, shown, start } from './quota-lab.ts'
import { expectTruth } from './truth.ts'

const complaints = () => lab.said.filter((line) => line.includes('rate-limit headers'))

type Headers = Record<string, string | string[]>
const RATE = ['X-RateLimit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']
const eachRate = (change: (values: string[], name: string) => string[] | string | undefined) => (headers: Headers) => {
  const changed: Headers = {}
  for (const [name, value] of Object.entries(headers)) {
    const result = RATE.includes(name) && Array.isArray(value) ? change(value, name) : value
    if (result !== undefined) changed[name] = result
  }
  return changed
}
const WHOLE = [
  ['15m', 2, 3],
  ['24h', 2, 98],
]

describe.each<[string, MockOptions['alterHeaders'], unknown, number]>([
  ['joined by a proxy', eachRate((values) => values.join(', ')), WHOLE, 0],
  ['joined without a space', eachRate((values) => values.join(',')), WHOLE, 0],
  ['in another order', eachRate((values) => values.toReversed()), WHOLE, 0],
  [
    'in lower case, as over HTTP/2',
    (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    WHOLE,
    0,
  ],
  ['without reset', eachRate((values, name) => (name === RATE[2] ? undefined : values)), [], 1],
  [
    'one value short',
    eachRate((values, name) => (name === RATE[1] ? values.slice(0, 1) : values)),
    WHOLE.slice(0, 1),
    1,
  ],
  [
    'with words',
    eachRate((values, name) => (name === RATE[0] ? ['many', ...values.slice(1)] : values)),
    WHOLE.slice(1),
    1,
  ],
  ['negative', eachRate((values, name) => (name === RATE[1] ? ['-1', ...values.slice(1)] : values)), WHOLE.slice(1), 1],
  ['empty', eachRate(() => ['', '']), [], 1],
  ['absurd', eachRate(() => ['99999999999999999999', '1e9']), [], 1],
  ['absent', eachRate(() => undefined), [], 0],
])('headers %s', (_, alterHeaders, expected, lines) => {
  it.each(CLIENTS)('%s', async (client) => {
    await start({ ...(alterHeaders === undefined ? {} : { alterHeaders }) })
    await get(client)
    await get(client)
    expect(shown()).toEqual(expected)
    expect(complaints()).toHaveLength(lines)
    await expectTruth(lab)
  })
})
