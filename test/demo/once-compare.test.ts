/** How `--once` compares the library's counts with the server's log, and how it prints them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallCount, compare, countsOfLog, countsOfPoints, differences } from '../../examples/demo/once-compare.ts'
import { paint, percent, table } from '../../examples/demo/once-print.ts'
import type { LogEntry } from '../../examples/mock/log.ts'

const entry = (method: string, path: string, status?: number): LogEntry => ({
  number: 1,
  time: 0,
  method,
  path,
  state: 'answered',
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

describe('the comparison', () => {
  const log = [
    entry('GET', '/v2.01/me/users/1', 200),
    entry('GET', '/v2.01/me/users/2/?x=1', 429),
    entry('POST', '/v2.01/me/transfers', undefined),
    entry('GET', '/v2.01/me/nothing', 404),
  ]
  const points = [
    point('GET /users/{userId}', 200, 1),
    point('GET /users/{userId}', 429, 1),
    point('GET /users/{userId}', 500, 0),
    point('POST /transfers', undefined, 1),
    point('_OTHER', 404, 1),
  ]

  it('finds two true sides equal', () => {
    const result = compare(countsOfPoints(points), countsOfLog(log))
    expect(differences(result)).toEqual([])
    expect(result.all).toEqual({ what: 'all', library: 4, server: 4 })
    expect(result.statuses.map(({ what }) => what)).toEqual(['200', '404', '429', '500', 'none'])
    expect(result.operations.map(({ what }) => what)).toEqual(['_other', 'get /users/{}', 'post /transfers'])
  })

  it.each<[string, ReturnType<typeof point>[], string[]]>([
    ['a lost call', points.slice(0, -1), ['all', '404', '_other']],
    ['a call counted twice', [...points, point('POST /transfers', 200, 1)], ['all', '200', 'post /transfers']],
    ['a wrong status', points.with(1, point('GET /users/{userId}', 200, 1)), ['200', '429']],
    ['a wrong operation', points.with(4, point('GET /events', 404, 1)), ['_other', 'get /events']],
    ['no telemetry at all', [], ['all', '200', '404', '429', 'none', '_other', 'get /users/{}', 'post /transfers']],
  ])('finds %s', (_, library, expected) => {
    const wrong = differences(compare(countsOfPoints(library), countsOfLog(log)))
    expect(wrong.map(({ what }) => what)).toEqual(expected)
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
        expect(differences(compare(wrong, list)).map(({ what }) => what)).toEqual([
          'all',
          list[index]?.status,
          list[index]?.shape,
        ])
      }),
    )
  })
})

describe('the output', () => {
  it('aligns columns and prints shares', () => {
    expect(
      table(
        ['a', 'b', 'c'],
        [
          ['long name', '7', 'x'],
          ['s', '1234', ''],
        ],
        paint(false),
      ),
    ).toBe(['  a              b   c', '  long name      7   x', '  s           1234'].join('\n'))
    expect([percent(1, 3), percent(0, 0)]).toEqual(['33.3 %', '0.0 %'])
    expect(paint(true).red('x')).toBe('\u001b[31mx\u001b[0m')
  })
})
