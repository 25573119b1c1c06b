import { readdirSync, readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { describe, expect, it } from 'vitest'
import { nodeVersions } from '../matrix/lines.ts'
import { DOCUMENTED } from '../network/codes.ts'
import { newProvider } from '../support/metered-calls.ts'
import { cases } from './cases.ts'
import { type CountedLine, isTrue, isUntold } from './counted.ts'
import { limits } from './limits.ts'
import type { Recorded, Recording } from './record.ts'
import { processorUnderTest, type Reading, replay } from './replay.ts'
import { type Judged, judge, table } from './table.ts'

const folder = new URL('./', import.meta.url)
const recordings = readdirSync(folder)
  .filter((file) => file.endsWith('.recorded.json'))
  .sort()
  .map((file): Recording => JSON.parse(readFileSync(new URL(file, folder), 'utf8')))

const lines = Object.keys(nodeVersions).map(
  (node): CountedLine => JSON.parse(readFileSync(new URL(`node-${node}.counted.json`, folder), 'utf8')),
)

/** Every record with what is said of it with and without the hook, judged against the truth. */
const judged: Judged[] = recordings.flatMap((recording) =>
  [true, false].flatMap((withHook) => {
    const processor = processorUnderTest()
    return recording.records.map((record) => {
      const readings = record.spans.map((span) => replay(processor, recording, span, withHook))
      return judge(recording, record, readings, withHook)
    })
  }),
)
const show = ({ recording, record, withHook, readings }: Judged) =>
  `${recording.line} ${recording.convention}, ${record.client} ${record.method}, ${record.case}, ${
    withHook ? 'with' : 'without'
  } hook: ${JSON.stringify(record.truth)} was read as ${JSON.stringify(readings)}`

/** Cases of each client: of those that the choice of conventions concerns, and of the others. */
const CONCERNED = {
  ...{ 'axios GET': 50, 'axios POST': 50, 'node:http GET': 48, 'node:http POST': 48 },
  // Seven of them are calls for a token.
  ...{ 'mangopay4 GET': 44, 'mangopay4 POST': 51 },
}
const OTHERS = {
  ...{ 'axios (fetch) GET': 47, 'axios (fetch) POST': 47, 'fetch GET': 51, 'fetch POST': 51 },
  ...{ 'undici GET': 51, 'undici POST': 51, 'mangopay2 GET': 44, 'mangopay2 POST': 51 },
}

/** Mangopay's own texts of its codes, else the standard phrase; undefined for a code that has none. */
const textOf = (status: number | undefined): string | undefined =>
  status === undefined ? undefined : (DOCUMENTED.find((one) => one.status === status)?.text ?? STATUS_CODES[status])

describe('conformance', () => {
  it('has every line, convention, client and case', () => {
    const names = recordings.map(({ line, convention }) => `${line} ${convention}`)
    const three = (line: string) => [`${line} dup`, `${line} old`, `${line} stable`]
    expect(names).toEqual([...three('1.30'), ...three('2.0'), '2.12 stable', ...three('2.2'), '3.1 stable'])
    for (const { line, convention, records } of recordings) {
      const isFirst =
        `${line} ${convention}` === names.find((name) => name.startsWith(`${line} `) && name !== `${line} dup`)
      const seen = new Set(records.map((record) => record.case))
      const missing = cases.filter((one) => !seen.has(one.name)).map((one) => one.name)
      // The extra conventions are recorded with the clients that they concern, and none of those can do this.
      expect(missing).toEqual(isFirst ? [] : ['abort with an error before the answer'])
      const counts: Record<string, number> = {}
      for (const { client, method } of records) counts[`${client} ${method}`] = (counts[`${client} ${method}`] ?? 0) + 1
      expect(counts, `${line} ${convention}`).toEqual(isFirst ? { ...CONCERNED, ...OTHERS } : CONCERNED)
    }
  })

  it('reads every span truly, or as the list of limits says', () => {
    expect(judged.filter((one) => one.verdict === 'wrong').map(show)).toEqual([])
  })

  it('has no limit that nothing needs', () => {
    const used = new Set(judged.map((one) => one.limit))
    expect(limits.filter((limit) => !used.has(limit))).toEqual([])
  })

  it('has on every span the status that the client received, and tags it with its text', () => {
    for (const one of judged) {
      expect(one.record.spans.length, show(one)).toBe(one.record.truth.length)
      for (const [at, { status }] of one.record.truth.entries()) {
        const { attributes = {} } = one.record.spans[at] ?? {}
        expect(attributes['http.response.status_code'] ?? attributes['http.status_code'], show(one)).toBe(status)
        expect(one.readings[at]?.statusText, show(one)).toBe(textOf(status))
      }
    }
  })

  it('never calls a write failed that may have been done, nor done one that may have failed', () => {
    // Without the hook some cut bodies look whole: the list of limits has them.
    const mayBe = (withHook: boolean) => (withHook ? ['unknown'] : ['unknown', 'success'])
    const wrong = judged.filter(({ record, readings, withHook }) =>
      record.truth.some(
        (truth, at) => truth.outcome === 'unknown' && !mayBe(withHook).includes(readings[at]?.outcome ?? ''),
      ),
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('says retryable of exactly the transient failures of known outcome', () => {
    const transient = new Set(['rate_limit', 'server_error', 'timeout', 'network'])
    const right = ({ category, outcome, retryable }: Reading) =>
      retryable === (category === undefined ? undefined : transient.has(category) && outcome !== 'unknown')
    expect(judged.filter((one) => !one.readings.every(right)).map(show)).toEqual([])
  })

  it('counts each of them once, under the status that the client received', async () => {
    for (const recording of recordings) {
      const { provider, points } = newProvider()
      const processor = processorUnderTest({ meterProvider: provider })
      for (const record of recording.records) for (const span of record.spans) replay(processor, recording, span, true)
      const { calls } = processor.snapshot().environments['recorded'] ?? { calls: 0 }
      const truths = recording.records.flatMap((record: Recorded) => record.truth)
      expect(calls).toBe(truths.length)
      // What is no status of HTTP gets no series of its own.
      const received: Record<string, number> = {}
      for (const { status = 0 } of truths) {
        const label = `${status >= 100 && status < 600 ? status : undefined}`
        received[label] = (received[label] ?? 0) + 1
      }
      const counted: Record<string, number> = {}
      for (const { attributes, value } of await points('mangopay.client.requests')) {
        const status = `${attributes['http.response.status_code']}`
        if (value > 0) counted[status] = (counted[status] ?? 0) + value
      }
      expect(counted).toEqual(received)
    }
  })

  it('counts from requests what is true on every Node line, or as the list says', () => {
    expect(lines.map(({ node }) => node)).toEqual(Object.values(nodeVersions))
    for (const { node, records } of lines) {
      expect(records.length, node).toBeGreaterThan(680)
      const wrong = records.filter((one) => !isTrue(one))
      expect(
        wrong.filter((one) => !isUntold(one)),
        node,
      ).toEqual([])
      expect(wrong.length / records.length, node).toBeLessThan(0.015)
      expect(
        records.filter(({ truth, counted }) => truth.length !== counted.length),
        node,
      ).toEqual([])
    }
  })

  it('shows the table in docs/conformance.md', async () => {
    await expect(table(recordings, judged, lines)).toMatchFileSnapshot('../../docs/conformance.md')
  })
})
