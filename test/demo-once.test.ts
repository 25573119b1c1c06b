import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type CallCount, compare, countsOfLog, countsOfPoints, differences } from '../examples/demo/once-compare.ts'
import { paint, percent, table } from '../examples/demo/once-print.ts'
import type { LogEntry } from '../examples/mock/log.ts'
import { type OtlpReceiver, startReceiver } from '../examples/otlp-receiver.ts'

const program = fileURLToPath(new URL('../build/examples/demo/main.js', import.meta.url))

const run = (...args: string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    // 'close' waits for the pipes too: a child left behind would hold them open and this test would time out.
    child.once('close', (code) => resolve({ code, output }))
  })

describe('npm run demo -- --once', () => {
  it('makes real calls and finds every count equal to the server’s log', async () => {
    const { code, output } = await run('--once', '--seconds', '6')
    expect(output).toContain('every count equals the server')
    expect(output).toMatch(/mangopay\.error\.category/)
    expect(output).toMatch(/^ {2}429 +[1-9]\d* +[\d.]+ % +[1-9]\d* +[\d.]+ % +equal$/m)
    expect(output).toMatch(/^ {2}500 +[1-9]\d* +[\d.]+ % +[1-9]\d* +[\d.]+ % +equal$/m)
    expect(output).not.toContain('DIFFERENT')
    expect(code).toBe(0)
  }, 60_000)

  it.each([
    [['--once', '--seconds', 'soon'], '"soon"'],
    [['--seconds', '0'], '"0"'],
    [['--no-such-option'], '--no-such-option'],
  ])('refuses %j', async (args, named) => {
    const { code, output } = await run(...args)
    expect(code).toBe(2)
    expect(output).toContain(named)
    expect(output).toContain('usage:')
  })

  it('ends at once on SIGINT, and its app with it', async () => {
    const child = spawn(process.execPath, [program, '--once', '--seconds', '60'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        if (/calls [1-9]/.test(String(chunk))) resolve()
      })
    })
    child.kill('SIGINT')
    expect(await closed).toBe(1)
  })
})

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

describe('the OTLP receiver', () => {
  let receiver: OtlpReceiver
  afterEach(() => receiver.close())
  const post = async (path: string, body: string, type = 'application/json') =>
    (await fetch(`${receiver.url}${path}`, { method: 'POST', body, headers: { 'content-type': type } })).status

  it('reads spans and points, and keeps the last value of a series', async () => {
    receiver = await startReceiver({ keepSpans: 1 })
    const attributes = [
      { key: 'text', value: { stringValue: 'a' } },
      { key: 'number', value: { intValue: '7' } },
      { key: 'list', value: { arrayValue: { values: [{ stringValue: '15m' }] } } },
      { key: 'no', value: { boolValue: false } },
    ]
    const span = {
      traceId: 't',
      spanId: 's',
      name: 'GET',
      kind: 3,
      startTimeUnixNano: '1795000000000000000',
      endTimeUnixNano: '1795000000012000000',
      attributes,
      status: { code: 2, message: 'canceled' },
    }
    const spans = (list: unknown[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] })
    expect(await post('/v1/traces', spans([{ ...span, name: 'old' }, span]))).toBe(200)
    expect(receiver.spans).toHaveLength(1)
    expect(receiver.spanCount).toBe(2)
    expect(receiver.spans[0]).toMatchObject({
      name: 'GET',
      start: 1_795_000_000_000,
      milliseconds: 12,
      status: 'error',
      message: 'canceled',
      attributes: { text: 'a', number: 7, list: ['15m'], no: false },
    })
    const metrics = (value: number) =>
      JSON.stringify({
        resourceMetrics: [
          {
            scopeMetrics: [
              {
                metrics: [
                  { name: 'calls', sum: { dataPoints: [{ attributes, asInt: value }, { asDouble: 0.5 }] } },
                  { name: 'seconds', histogram: { dataPoints: [{ count: 3, sum: 1.5 }] } },
                ],
              },
            ],
          },
        ],
      })
    await post('/v1/metrics', metrics(4))
    await post('/v1/metrics', metrics(5))
    expect(receiver.points('calls').map(({ value }) => value)).toEqual([5, 0.5])
    expect(receiver.points('seconds')).toMatchObject([{ attributes: {}, value: 3, sum: 1.5 }])
    expect(receiver.points('unknown')).toEqual([])
  })

  it('says what it cannot read', async () => {
    receiver = await startReceiver()
    expect(await post('/v1/traces', '{', 'application/json')).toBe(400)
    expect(await post('/v1/traces', '', 'application/x-protobuf')).toBe(415)
    expect(await post('/other', '{}')).toBe(404)
    expect(receiver.exports).toEqual({ traces: 0, metrics: 0, refused: 3 })
  })
})
