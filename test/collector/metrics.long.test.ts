/** The metrics that the Collector makes are those of the library: names, units, labels, buckets, numbers. */
import { afterAll, describe, expect, test } from 'vitest'
import { QUOTA_WINDOWS, readQuota } from '../../src/quota/reading.ts'
import { allOperations } from '../../src/request/route.ts'
import { Random } from '../fuzz/random.ts'
import { eventually } from '../stack/child.ts'
import { Stack } from '../stack/servers.ts'
import { have } from '../stack/tools.ts'
import { newProvider } from '../support/metered-calls.ts'
import { FUZZED_HOSTS, fuzzedSpan, isOfPeer } from './fuzz.ts'
import { keyOf, type Point, pointsIn } from './metrics.ts'
import { type RunningCollector, runCollector } from './running.ts'
import { type PlainSpan, tagByLibrary } from './spans.ts'

const stack = new Stack()
afterAll(() => stack.stop())

/** The points that have left, the last of each series. */
function pointsOf({ sink }: RunningCollector): Map<string, Point> {
  const all = sink.received.filter(({ path }) => path === '/metrics/v1/metrics').flatMap(({ body }) => pointsIn(body))
  return new Map(
    all.map((point) => [`${point.resource['service.name']} ${keyOf(point.name, point.attributes)}`, point]),
  )
}

describe.skipIf(!have('collector'))('metrics of a Collector', () => {
  test('counter and histogram of random calls equal those of a MeterProvider', async () => {
    const random = new Random(19)
    const durations = [0, 1, 4.9, 5, 5.1, 99, 100, 101, 1_000, 14_999, 15_000, 15_001, 60_000, 61_000, 100_000]
    const all = Array.from(
      { length: 20_000 },
      (): PlainSpan => ({ ...fuzzedSpan(random), duration: random.pick(durations) }),
    ).filter((span) => !isOfPeer(span))
    const tags = tagByLibrary(all, FUZZED_HOSTS)
    // A few operations: the library folds what exceeds the limit of attribute sets into one.
    const few = new Set(allOperations().map(({ name }, at) => (at % 12 === 0 ? name : '_OTHER')))
    const spans = all.filter((_, at) => few.has(`${tags[at]?.tags['mangopay.operation'] ?? '_OTHER'}`))
    const { provider, reader } = newProvider()
    tagByLibrary(spans, FUZZED_HOSTS, { meterProvider: provider })
    const { resourceMetrics } = await reader.collect()
    const expected = new Map(
      resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .filter(({ descriptor }) => /requests$|duration$/.test(descriptor.name))
        .flatMap(({ descriptor: { name, unit, description }, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => {
            const histogram =
              typeof value === 'object'
                ? (value as { count: number; buckets: { counts: number[]; boundaries: number[] } })
                : undefined
            const [buckets, bounds] = [histogram?.buckets.counts, histogram?.buckets.boundaries]
            const point = {
              name,
              unit,
              description,
              value: histogram?.count ?? value,
              ...(buckets && { buckets, bounds }),
            }
            return [keyOf(name, attributes), point] as const
          }),
        )
        // A series that the library expects and nothing has been counted in; the Collector sends a 0 when one begins.
        .filter(([, { value }]) => value !== 0),
    )
    const total = [...expected.values()].reduce((sum, { value, buckets }) => sum + (buckets ? 0 : (value as number)), 0)
    expect(total).toBeGreaterThan(2_000)
    const collector = await runCollector(stack, { hosts: FUZZED_HOSTS })
    await collector.send(spans)
    const counted = () => [...pointsOf(collector).values()].filter(({ name }) => name === 'mangopay.client.requests')
    await eventually('every call', 60, () => counted().reduce((sum, { value }) => sum + value, 0) >= total || undefined)
    const actual = new Map(
      [...pointsOf(collector).values()].map(
        ({ name, unit, description, attributes, value, buckets, bounds, scope, resource }) => {
          expect(scope).toBe('opentelemetry-mangopay')
          expect(Object.keys(resource).sort()).toEqual(['service.instance.id', 'service.name'])
          return [keyOf(name, attributes), { name, unit, description, value, ...(buckets && { buckets, bounds }) }]
        },
      ),
    )
    expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected))
    const first = pointsIn(collector.sink.received.find(({ path }) => path === '/metrics/v1/metrics')?.body)
    expect(first.filter(({ name, value }) => name.endsWith('requests') && value > 0)).toEqual([])
  })

  test('quota headers, however they are captured', async () => {
    const random = new Random(20)
    const now = Date.UTC(2026, 10, 30, 12, 0, 30)
    const sets = Array.from({ length: 2_000 }, () => headerSet(random, now))
    const spans = sets.map(
      ({ attributes }, at): PlainSpan => ({
        resource: { 'service.name': `s${at}` },
        attributes: {
          'http.request.method': 'GET',
          'server.address': 'api.mangopay.com',
          'url.full': 'https://api.mangopay.com/v2.01/acme/users/1',
          'http.response.status_code': random.pick([200, 429]),
          ...attributes,
        },
      }),
    )
    const collector = await runCollector(stack)
    const tagged = await collector.tag(spans, now)
    const library = tagByLibrary(spans, {}, { clock: () => now })
    expect(
      tagged.flatMap((it, at) =>
        JSON.stringify(it) === JSON.stringify(library[at]) ? [] : [[spans[at], it, library[at]]],
      ),
    ).toEqual([])
    const readings = () => {
      const read = new Map<string, Record<string, number>>()
      for (const { name, attributes, resource, value } of pointsOf(collector).values()) {
        if (!name.startsWith('mangopay.client.rate_limit.')) continue
        const key = `${resource['service.name']} ${attributes['mangopay.rate_limit.window']}`
        expect(Object.keys(attributes).sort()).toEqual(['mangopay.environment', 'mangopay.rate_limit.window'])
        read.set(key, { ...read.get(key), [name.replace('mangopay.client.rate_limit.', '')]: value })
      }
      return Object.fromEntries(read)
    }
    const expected = new Map(
      sets.flatMap(({ headers }, at) => {
        const response = readQuota({ ...headers, challenge: undefined }, now)
        return (response?.readings ?? []).map(({ window, used, remaining }) => [
          `s${at} ${window.name}`,
          {
            usage: used,
            remaining,
            limit: used + remaining,
            reading_timestamp: Math.floor((response?.date ?? now) / 1000),
          },
        ])
      }),
    )
    expect(expected.size).toBeGreaterThan(3_000)
    // The gauges leave by a pipeline of their own.
    await expect.poll(readings, { timeout: 60_000, interval: 1_000 }).toEqual(Object.fromEntries(expected))
    expect(collector.child.output()).not.toMatch(/\t(?:error|warn)\t/)
  })
})

/** Headers as servers and proxies write them, and as agents capture them. */
function headerSet(random: Random, now: number) {
  const windows = QUOTA_WINDOWS.filter(() => random.chance(0.6))
  const minute = Math.floor(now / 60_000) * 60
  const number = (right: number) =>
    random.chance(0.96) ? String(right) : random.pick(['', 'x', '-1', '1.5', '1e3', '12 3', '0012', '99999999999999'])
  const separator = random.pick([', ', ',', ' ,\t'])
  const line = (values: number[]) => values.map(number).join(separator)
  const used = line(windows.map(() => random.pick([0, 1, 2_300, 105_600])))
  const remaining = line(windows.slice(random.chance(0.05) ? 1 : 0).map(() => random.pick([0, 1, 2_300, 105_600])))
  const date = random.pick([
    new Date(now).toUTCString(),
    new Date(now).toUTCString(),
    new Date(now + 29_000).toUTCString(),
    undefined,
    'yesterday',
  ])
  // By the clock of the span's process two of them could be taken for one window.
  const isDated = date?.endsWith('GMT')
  const reset = line(
    windows.map((window) => minute + window.reset + random.pick([0, 0, 0, 3, ...(isDated ? [60, -60, 61, 121] : [])])),
  )
  const headers = { used, remaining, reset, date }
  const names = { used: 'x-ratelimit', remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset', date: 'date' }
  const spell = random.pick([(name: string) => name, (name: string) => name.replaceAll('-', '_')])
  const capture = random.pick([(value: string) => value, (value: string) => [value]])
  const attributes = Object.fromEntries(
    Object.entries(names).flatMap(([key, name]) => {
      const value = headers[key as keyof typeof headers]
      return value === undefined ? [] : [[`http.response.header.${spell(name)}`, capture(value)]]
    }),
  )
  return { headers, attributes }
}
