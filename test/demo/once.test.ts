/** `npm run demo -- --once`: how it compares, what it concludes, and how it runs. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallCount, compare, countsOfLog, countsOfPoints, differences } from '../../examples/demo/compare.ts'
import { type Evidence, paint, report } from '../../examples/demo/once-report.ts'
import type { LogEntry } from '../../examples/mock/log.ts'
import { startProgram } from './program.ts'

const entry = (method: string, path: string, status?: number): LogEntry => ({
  ...{ number: 1, time: 0, method, path, state: 'answered' },
  ...(status === undefined ? {} : { status }),
})
const point = (operation: string, status: number | undefined, value: number) => ({
  metric: 'mangopay.client.requests',
  attributes: {
    'mangopay.operation': operation,
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
  },
  value,
})
const entries = [
  entry('GET', '/v2.01/me/users/1', 200),
  entry('GET', '/v2.01/me/users/2/?x=1', 429),
  entry('POST', '/v2.01/me/transfers', undefined),
  entry('GET', '/v2.01/me/nothing', 404),
  entry('GET', '/v2.01/me/users/3', 500),
]
const points = [
  point('GET /users/{userId}', 200, 1),
  point('GET /users/{userId}', 429, 1),
  point('GET /users/{userId}', 500, 1),
  point('POST /transfers', undefined, 1),
  point('_OTHER', 404, 1),
]

describe('the comparison', () => {
  it('finds two true sides equal', () => {
    const result = compare(countsOfPoints(points), countsOfLog(entries))
    expect(differences(result)).toEqual([])
    expect(result.all).toEqual({ what: 'all', library: 5, server: 5 })
    expect(result.statuses.map(({ what }) => what)).toEqual(['200', '404', '429', '500', 'none'])
    expect(result.operations.map(({ what }) => what)).toEqual(['_other', 'get /users/{}', 'post /transfers'])
  })

  it('finds every single count that is off by one', () => {
    const counts = fc.array(
      fc.record({
        shape: fc.constantFrom('get /users/{}', 'post /transfers', '_other'),
        status: fc.constantFrom('200', '429', '500', 'none'),
        count: fc.integer({ min: 1, max: 50 }),
      }),
      { minLength: 1, maxLength: 20 },
    )
    fc.assert(
      fc.property(counts, fc.nat(), (list, which) => {
        expect(differences(compare(list, list.toReversed()))).toEqual([])
        const index = which % list.length
        const wrong = list.map((count: CallCount, i) => (i === index ? { ...count, count: count.count + 1 } : count))
        const found = differences(compare(wrong, list)).map(({ what }) => what)
        expect(found).toEqual(['all', list[index]?.status, list[index]?.shape])
      }),
    )
  })
})

describe('the verdict', () => {
  const counts = { started: 5, inFlight: 0, verdicts: { answered: 5, failed: 0, 'never settled': 0 }, skipped: 0 }
  const state = { time: 0, snapshot: { time: 0, samplerInUse: true, environments: {} }, counts } as Evidence['state']
  const judged = (changed: Partial<Evidence>) => {
    const written: string[] = []
    const evidence = {
      points,
      entries,
      spans: [],
      sampleRatio: 0.25,
      state,
      payments: { results: [], notifications: [] },
      ...changed,
    }
    const code = report(evidence, (text) => void written.push(text), paint(false))
    return { code, text: written.join('') }
  }

  it.each<[string, Partial<Evidence>, RegExp]>([
    [
      'the library lost a call',
      { points: points.slice(1) },
      /^ {2}all: the library counted 4, the server answered 5$/m,
    ],
    [
      'a call is counted twice',
      { points: [...points, point('GET /events', 200, 1)] },
      /^ {2}get \/events: .+ 1, .+ 0$/m,
    ],
    ['the log is doctored', { entries: entries.slice(1) }, /^ {2}200: the library counted 1, the server answered 0$/m],
    ['a status is wrong', { points: points.with(0, point('GET /users/{userId}', 429, 1)) }, /^ {2}429: .+ 2, .+ 1$/m],
    ['an operation is wrong', { points: points.with(4, point('GET /events', 404, 1)) }, /^ {2}_other: .+ 0, .+ 1$/m],
    [
      'a refused payment was not seen',
      { payments: { results: [{ what: 'pay_in FAILED', library: 0, server: 1 }], notifications: [] } },
      /^ {2}pay_in FAILED: the library counted 0, the server answered 1$/m,
    ],
    [
      'a notification is counted twice',
      { payments: { results: [], notifications: [{ what: 'KYC_FAILED', library: 2, server: 1 }] } },
      /^ {2}KYC_FAILED: the library counted 2, the server answered 1$/m,
    ],
    ['nothing was exported', { points: [] }, /^ {2}all: the library counted 0, the server answered 5$/m],
    ['both sides are empty', { points: [], entries: [] }, /^ {2}all: nothing to compare, the run was too short$/m],
  ])('is 1 when %s', (_, changed, line) => {
    const { code, text } = judged(changed)
    expect(text).toMatch(line)
    expect(text).not.toContain('Every count is equal')
    expect(code).toBe(1)
  })
})

describe('npm run demo -- --once', () => {
  it('makes real calls, finds every count equal to the server’s log, and says so on one screen', async () => {
    const demo = startProgram(['--once', '--seconds', '10'])
    expect(await demo.closed).toBe(0)
    expect(demo.output()).toContain('Every count is equal')
    expect(demo.output()).toMatch(/^ {2}429 Too Many Requests +([1-9]\d*) +\1 +=$/m)
    expect(demo.output()).toMatch(/^ {2}500 Internal Server Error +([1-9]\d*) +\1 +=$/m)
    expect(demo.output()).not.toContain('≠')
    expect(demo.output().split('\n').length).toBeLessThanOrEqual(30)
  })

  it('shows more on request, and exits with 1 when the counts differ: here the SDK is off', async () => {
    const demo = startProgram(['--once', '--details', '--seconds', '1'], { OTEL_SDK_DISABLED: 'true' })
    expect(await demo.closed).toBe(1)
    expect(demo.output()).toMatch(/^ {2}All calls +0 +[1-9]\d* +≠$/m)
    expect(demo.output()).toMatch(/^ {2}(get|post) \/\S+ +0 +[1-9]\d* +≠$/m)
    expect(demo.output()).toContain('none was sampled')
  })

  it('ends at once on SIGINT, and its app with it', async () => {
    const demo = startProgram(['--once', '--seconds', '600'])
    await demo.says(/calls [1-9]/)
    demo.child.kill('SIGINT')
    expect(await demo.closed).toBe(1)
  })
})
