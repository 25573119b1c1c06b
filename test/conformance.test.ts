import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cases } from './conformance/cases.ts'
import { limits } from './conformance/limits.ts'
import type { Recorded, Recording } from './conformance/record.ts'
import { processorUnderTest, type Reading, replay } from './conformance/replay.ts'
import { type Judged, judge, table } from './conformance/table.ts'

const folder = new URL('./conformance/', import.meta.url)
const recordings = readdirSync(folder)
  .filter((file) => file.endsWith('.recorded.json'))
  .sort()
  .map((file): Recording => JSON.parse(readFileSync(new URL(file, folder), 'utf8')))

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

describe('conformance', () => {
  it('has every line, convention, client and case', () => {
    const names = recordings.map(({ line, convention }) => `${line} ${convention}`)
    const three = (line: string) => [`${line} dup`, `${line} old`, `${line} stable`]
    expect(names).toEqual([...three('1.30'), ...three('2.0'), '2.12 stable', ...three('2.2'), '3.1 stable'])
    for (const recording of recordings) {
      const seen = new Set(recording.records.map((record) => record.case))
      const missing = cases.filter((one) => !seen.has(one.name)).map((one) => one.name)
      // The extra conventions are recorded with few clients, which do not know every act.
      expect(missing.filter((name) => !/^token call|with an error/.test(name))).toEqual([])
    }
  })

  it('reads every span truly, or as the list of limits says', () => {
    expect(judged.filter((one) => one.verdict === 'wrong').map(show)).toEqual([])
  })

  it('has no limit that nothing needs', () => {
    const used = new Set(judged.map((one) => one.limit))
    expect(limits.filter((limit) => !used.has(limit))).toEqual([])
  })

  it('never calls a write failed or successful that may have been the other', () => {
    const wrong = judged.filter(({ record, readings }) =>
      record.truth.some((truth, at) => {
        const said = readings[at]?.outcome
        return truth.outcome === 'unknown' && said === 'failure'
      }),
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('says retryable of exactly the transient failures of known outcome', () => {
    const transient = new Set(['rate_limit', 'server_error', 'timeout', 'network'])
    const right = ({ category, outcome, retryable }: Reading) =>
      retryable === (category === undefined ? undefined : transient.has(category) && outcome !== 'unknown')
    expect(judged.filter((one) => !one.readings.every(right)).map(show)).toEqual([])
  })

  it('counts each of them once', () => {
    for (const recording of recordings) {
      const processor = processorUnderTest()
      for (const record of recording.records) for (const span of record.spans) replay(processor, recording, span, true)
      const { calls } = processor.snapshot().environments['recorded'] ?? { calls: 0 }
      expect(calls).toBe(recording.records.flatMap((record: Recorded) => record.spans).length)
    }
  })

  it('shows the table in docs/conformance.md', async () => {
    await expect(table(recordings, judged)).toMatchFileSnapshot('../docs/conformance.md')
  })
})
