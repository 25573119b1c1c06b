/** Two replicas, a restart, eight writers, sampling; what is wrong with a configuration or a span. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { startChild } from '../stack/child.ts'
import { Stack } from '../stack/servers.ts'
import { have, pathOf } from '../stack/tools.ts'
import { type Point, pointsIn } from './metrics.ts'
import { type RunningCollector, type RunOptions, runCollector } from './running.ts'
import type { PlainSpan } from './spans.ts'

const stack = new Stack()
afterAll(() => stack.stop())

const call = (status: number, more: PlainSpan['attributes'] = {}): PlainSpan => ({
  attributes: {
    'http.request.method': 'POST',
    'server.address': 'api.mangopay.com',
    'url.full': 'https://api.mangopay.com/v2.01/acme/transfers',
    'http.response.status_code': status,
    ...more,
  },
})
const calls = (count: number, status = 200) => Array.from({ length: count }, () => call(status))

/** The newest point of each series, over several Collectors, as Prometheus would keep them. */
function series(...collectors: RunningCollector[]): Map<string, Point> {
  const points = collectors
    .flatMap(({ sink }) => sink.received)
    .sort((one, other) => one.time - other.time)
    .filter(({ path }) => path.endsWith('/v1/metrics'))
    .flatMap(({ body }) => pointsIn(body))
    .filter(({ name }) => name === 'mangopay.client.requests')
  return new Map(points.map((point) => [JSON.stringify([point.resource, point.attributes]), point]))
}
const total = (...collectors: RunningCollector[]) =>
  [...series(...collectors).values()].reduce((sum, { value }) => sum + value, 0)

const batch: RunOptions = { before: { batch: { timeout: '100ms' } } }

describe.skipIf(!have('collector'))('Collectors that run', () => {
  test('two replicas behind a balancer count every call, each in series of its own', async () => {
    const [one, other] = [await runCollector(stack, batch), await runCollector(stack, batch)]
    for (let at = 0; at < 20; at++) await (at % 2 === 0 ? one : other).send(calls(10))
    await expect.poll(() => total(one, other), { timeout: 20_000 }).toBe(200)
    expect([...series(one, other).values()].map(({ value }) => value)).toEqual([100, 100])
  })

  test('after a restart counting begins anew, in a series that says so', async () => {
    const first = await runCollector(stack, batch)
    await first.send(calls(50))
    await expect.poll(() => total(first), { timeout: 20_000 }).toBe(50)
    await first.child.stop()
    const second = await runCollector(stack, { ...batch, port: Number(new URL(first.url).port) })
    await second.send(calls(30))
    await expect.poll(() => total(first, second), { timeout: 20_000 }).toBe(80)
    const ids = [...series(first, second).values()].map(({ resource }) => resource['service.instance.id'])
    expect(new Set(ids).size).toBe(2)
  })

  test('eight writers at once lose nothing', async () => {
    const collector = await runCollector(stack, batch)
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let at = 0; at < 10; at++) await collector.send(calls(500, writer % 2 === 0 ? 200 : 500))
    })
    await Promise.all(writers)
    await expect.poll(() => total(collector), { timeout: 60_000 }).toBe(40_000)
  })

  test('spans of a sampler that says how much it dropped stand for those as well', async () => {
    const collector = await runCollector(stack)
    // A tenth of all: 2^56 * 0.9 as the threshold of rejection.
    await collector.send(calls(20).map((span) => ({ ...span, tracestate: 'ot=th:e6666666666668' })))
    await expect.poll(() => total(collector), { timeout: 20_000 }).toBeGreaterThanOrEqual(195)
    expect(total(collector)).toBeLessThanOrEqual(205)
  })

  test('what the Node library has tagged is left alone and not counted again', async () => {
    const collector = await runCollector(stack)
    const tagged = call(200, {
      'mangopay.outcome': 'failure',
      'mangopay.operation': 'mine',
      'mangopay.result.status': 'FAILED',
    })
    const [left, ours] = await collector.tag([tagged, call(200, { 'mangopay.result.status': 'FAILED' })])
    expect(left?.tags).toEqual({
      'mangopay.outcome': 'failure',
      'mangopay.operation': 'mine',
      'mangopay.result.status': 'FAILED',
    })
    // The service's own attributes pass through.
    expect(ours?.tags).toMatchObject({ 'mangopay.operation': 'POST /transfers', 'mangopay.result.status': 'FAILED' })
    await expect.poll(() => total(collector), { timeout: 20_000 }).toBe(1)
  })

  test('bad spans are no trouble: nothing is lost, nothing logged, the good one behind them is counted', async () => {
    const collector = await runCollector(stack)
    const bad: PlainSpan[] = [
      { attributes: {} },
      { attributes: { 'server.address': 'api.mangopay.com' } },
      { attributes: { 'http.request.method': 'GET', 'url.full': '' } },
      call(200, { 'http.request.method': ['GET'] as never, 'server.address': 5 }),
      call(200, { 'url.full': `https://api.mangopay.com/v2.01/acme/users/${'x'.repeat(1_000_000)}` }),
      call(200, { 'url.full': `https://api.mangopay.com/${'/'.repeat(1_000_000)}` }),
      call(200, {
        'http.response.header.x-ratelimit': 'x'.repeat(1_000_000),
        'http.response.header.date': 'Tue, 31 Feb 2026 99:00:00 GMT',
      }),
      call(500, { 'error.type': ['a', 'b'], 'http.response.status_code': 'five hundred' }),
      {
        ...call(0),
        status: { code: 2, message: 'y'.repeat(1_000_000) },
        events: [{ name: 'exception', attributes: { 'exception.type': 7 } }],
      },
      { ...call(200), resource: {} },
    ]
    const said = await collector.tag([...bad, call(200)])
    expect(said.at(-1)?.tags).toMatchObject({ 'mangopay.outcome': 'success', 'mangopay.operation': 'POST /transfers' })
    expect(said.slice(0, 3).map(({ tags }) => tags)).toEqual([{}, {}, {}])
    expect(said[4]?.tags['mangopay.operation']).toBe('_OTHER') // POST of a user
    expect(collector.child.output()).not.toMatch(/\t(?:error|warn)\t/)
  })
})

describe.skipIf(!have('collector'))('docs/collector.md', () => {
  const page = readFileSync('docs/collector.md', 'utf8')
  const own = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''

  /** What the Collector says of a configuration. */
  async function validate(config: string, ...more: string[]) {
    const folder = await stack.folder({ 'your.yaml': config })
    const child = startChild(pathOf('collector'), [
      'validate',
      `--config=${folder}/your.yaml`,
      ...more.map((path) => `--config=${path}`),
    ])
    return { code: await child.ended, output: child.output() }
  }
  const without = (...path: string[]): string => {
    const config = parse(own)
    const last = path.at(-1) ?? ''
    const at = path.slice(0, -1).reduce((inner, key) => inner[key], config)
    delete at[last]
    return stringify(config)
  }

  test('has a configuration that is valid with the shipped file, and both files are by themselves as they should', async () => {
    expect(await validate(own, 'collector/mangopay.yaml')).toEqual({ code: 0, output: '' })
    expect(await validate('{}', 'collector/complete.example.yaml')).toEqual({ code: 0, output: '' })
  })

  test('explains what the Collector says when a step is left out', async () => {
    const pipelines = ['service', 'pipelines'] as const
    const cases = [
      [await validate(own), 'references exporter "forward/mangopay" which is not configured'],
      [
        await validate(without(...pipelines, 'traces/mangopay-out'), 'collector/mangopay.yaml'),
        'service::pipelines::traces/mangopay-out: must have at least one exporter',
      ],
      [
        await validate(without(...pipelines, 'metrics/mangopay'), 'collector/mangopay.yaml'),
        'service::pipelines::metrics/mangopay: must have at least one exporter',
      ],
      [
        await validate(own.replace('batch: {}', 'batch: {}\n  span_metrics: {}'), 'collector/mangopay.yaml'),
        'unknown type: "span_metrics"',
      ],
    ] as const
    for (const [{ code, output }, message] of cases) {
      expect(code).toBe(1)
      expect(output.replaceAll(/\s+/g, ' ')).toContain(message)
    }
    for (const message of [
      'unknown type: "span_metrics"',
      'references exporter "forward/mangopay" which is not configured',
      'must have at least one exporter',
    ])
      expect(page).toContain(message)
  })
})
