/** The Collector says of a span what the library says of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { allOperations } from '../../src/request/route.ts'
import type { Recording } from '../conformance/record.ts'
import { Random } from '../fuzz/random.ts'
import { Stack } from '../stack/servers.ts'
import { have } from '../stack/tools.ts'
import { FUZZED_HOSTS, fuzzedSpan, isOfPeer } from './fuzz.ts'
import { type RunningCollector, runCollector } from './running.ts'
import { type PlainSpan, tagByLibrary } from './spans.ts'

const recordings = readdirSync('test/conformance')
  .filter((file) => file.endsWith('.recorded.json'))
  .map((file) => JSON.parse(readFileSync(`test/conformance/${file}`, 'utf8')) as Recording)

const hosts = { '127.0.0.1': 'recorded', 'api.mangopay.invalid': 'recorded' }
const stack = new Stack()
afterAll(() => stack.stop())

/** A plain call of every operation. */
const plainCalls = (): PlainSpan[] =>
  allOperations().map(({ method = '', template = '' }) => ({
    attributes: {
      'http.request.method': method,
      'server.address': 'api.mangopay.com',
      'url.full': `https://api.mangopay.com${template.replaceAll(/\{\w+\}/g, 'id_1')}`,
      'http.response.status_code': 200,
    },
  }))

/** Compares, and fails with the first few that differ, span by span. */
async function compare(collector: RunningCollector, spans: readonly PlainSpan[], hosts: Record<string, string>) {
  const expected = tagByLibrary(spans, hosts)
  const actual = await collector.tag(spans)
  const differ = spans.flatMap((span, at) =>
    JSON.stringify(actual[at]) === JSON.stringify(expected[at])
      ? []
      : [{ span, collector: actual[at], library: expected[at] }],
  )
  expect(differ.slice(0, 3), `${differ.length} of ${spans.length} differ`).toEqual([])
  expect(collector.child.output()).not.toMatch(/\t(?:error|warn)\t/)
  return expected
}

test.skipIf(!have('collector'))('every recorded span', async () => {
  const spans = recordings.flatMap(({ scopes, records }) =>
    records.flatMap((record) =>
      record.spans.map(({ kind, name, scope, status, attributes, events }) => ({
        kind,
        name,
        scope: scopes[scope]?.name ?? '',
        status,
        attributes,
        ...(events && { events }),
      })),
    ),
  )
  expect(spans.length).toBeGreaterThan(5_000)
  const said = await compare(await runCollector(stack, { hosts }), spans, hosts)
  // Of every kind: else equality would say little.
  expect(new Set(said.map(({ tags }) => tags['mangopay.error.category'])).size).toBeGreaterThan(9)
})

test.skipIf(!have('collector'))(
  'random spans: every operation, odd paths, look-alike hosts, errors of every name',
  async () => {
    const random = new Random(18)
    const odd = Array.from({ length: 20_000 }, () => fuzzedSpan(random)).filter((span) => !isOfPeer(span))
    const spans = [...plainCalls(), ...odd]
    const said = await compare(await runCollector(stack, { hosts: FUZZED_HOSTS }), spans, FUZZED_HOSTS)
    const operations = new Set(said.map(({ tags }) => tags['mangopay.operation']))
    expect(operations.size).toBe(allOperations().length + 2) // and _OTHER, and none
  },
)
