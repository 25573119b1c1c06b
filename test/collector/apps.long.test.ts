/** Real apps of other languages, as docs/collector.md has them started, against the mock, which keeps its own record. */
import { afterAll, describe, expect, test } from 'vitest'
import type { LogEntry } from '../../examples/mock/log.ts'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { scenarioNamed } from '../../examples/scenarios.ts'
import { findRoute } from '../../src/request/route.ts'
import { eventually, startChild } from '../stack/child.ts'
import { Stack } from '../stack/servers.ts'
import { type BuiltTool, have, pathOf } from '../stack/tools.ts'
import { pointsIn } from './metrics.ts'
import { type RunningCollector, runCollector } from './running.ts'
import { type OtlpTraces, spansIn } from './spans.ts'

const stack = new Stack()
const mocks: Mock[] = []
afterAll(async () => {
  await stack.stop()
  for (const mock of mocks) await mock.close()
})

const HEADERS = 'x-ratelimit,x-ratelimit-remaining,x-ratelimit-reset,date,www-authenticate'

/** An app, and how its agent's spans tell of a request that the server has answered; `null` where there is none. */
interface App {
  language: string
  tool: BuiltTool
  args: string[]
  env: Record<string, string>
  told(entry: LogEntry): string | null
}

const APPS: App[] = [
  {
    language: 'Python',
    tool: 'python-agent',
    args: ['python', 'examples/collector/shop.py', '--turns', '60'],
    env: {
      OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_RESPONSE: HEADERS,
      OTEL_SEMCONV_STABILITY_OPT_IN: 'http',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    },
    // One span for a request and where it is redirected to. It ends with the body: one that is cut has no status.
    told: ({ status, state }) => (status === 307 ? null : state === 'answered' ? `${status}` : 'undefined'),
  },
  {
    language: 'Go',
    tool: 'go-shop',
    args: ['-turns', '90'],
    env: {},
    // net/http sends a read again by itself when a connection that it has used before is reset: one span for both.
    told: ({ status, method }) => (status === undefined && method === 'GET' ? null : `${status}`),
  },
]

/** What the server says it answered: calls by operation and status. */
function served({ log }: Mock, { told }: App): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const entry of log.entries) {
    const { method, path } = entry
    const status = told(entry)
    if (status === null) continue
    const route = findRoute(path.replace(/\?.*/, ''))
    const operation = route?.operations.find((it) => it.method === method)?.name ?? '_OTHER'
    counts[`${operation} ${status}`] = (counts[`${operation} ${status}`] ?? 0) + 1
  }
  return counts
}

function counted({ sink }: RunningCollector, language: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { path, body } of sink.received) {
    if (!path.endsWith('/v1/metrics')) continue
    const latest: Record<string, number> = {}
    for (const { name, attributes, value } of pointsIn(body)) {
      if (name !== 'mangopay.client.requests' || value === 0) continue
      if (
        language === 'Go' &&
        /^GET|_OTHER/.test(`${attributes['mangopay.operation']}`) &&
        !attributes['http.response.status_code']
      )
        continue
      const key = `${attributes['mangopay.operation']} ${attributes['http.response.status_code']}`
      latest[key] = (latest[key] ?? 0) + value
    }
    Object.assign(counts, latest)
  }
  return counts
}

const sink = ({ sink }: RunningCollector) =>
  sink.received.filter(({ path }) => path === '/v1/traces').flatMap(({ body }) => spansIn(body as OtlpTraces))

/** The last value of a quota gauge, by window. */
const latest = ({ sink }: RunningCollector, metric: string): Record<string, number> =>
  Object.fromEntries(
    sink.received
      .filter(({ path }) => path.endsWith('/v1/metrics'))
      .flatMap(({ body }) => pointsIn(body))
      .filter(({ name }) => name === metric)
      .map(({ attributes, value }) => [attributes['mangopay.rate_limit.window'], value]),
  )

describe.each(APPS)('a shop in $language', (app) => {
  const { language, tool, args, env } = app
  test.skipIf(!have('collector', tool))('is counted and tagged as the server answered it', async () => {
    const mock = await startMock({ faults: scenarioNamed('proof').faults(0), seed: 7 })
    mocks.push(mock)
    const collector = await runCollector(stack, { hosts: { [mock.hostPort]: 'mock' }, privacy: true })
    const bin = pathOf(tool).replace(/[^/]*$/, '')
    const shop = startChild(pathOf(tool), args, {
      env: {
        ...process.env,
        ...env,
        PATH: `${bin}:${process.env['PATH']}`,
        OTEL_SERVICE_NAME: 'shop',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        MANGOPAY_URL: mock.url,
        MANGOPAY_CLIENT_ID: DEMO_CLIENT.clientId,
        MANGOPAY_API_KEY: DEMO_CLIENT.apiKey,
      },
    })
    stack.keep(shop)
    expect(await shop.ended, shop.output()).toBe(0)
    await eventually(
      'every request to be over at the server',
      10,
      () => mock.log.entries.every(({ state }) => state !== 'open') || undefined,
    )
    const truth = served(mock, app)
    const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)
    expect(total(truth)).toBeGreaterThan(300)
    // A call that is counted twice would show as well: nothing more comes when the last one has.
    await expect.poll(() => counted(collector, language), { timeout: 20_000, interval: 500 }).toEqual(truth)
    const spans = sink(collector)
    // The categories of what has no answer, and of what is no failure of Mangopay.
    const categories = new Set(spans.map(({ tagged }) => tagged.tags['mangopay.error.category']))
    for (const category of ['timeout', 'network', 'sca_required', 'server_error', 'not_found', undefined])
      expect(categories).toContain(category)
    // Quota, as the server knows it.
    const used = latest(collector, 'mangopay.client.rate_limit.usage')
    expect(Object.keys(used).sort()).toEqual(['15m', '1h', '24h', '30m'])
    expect(new Set(Object.values(used)).size).toBe(1)
    // Of persons and ids nothing is left, not in the texts of errors either.
    expect(JSON.stringify(collector.sink.received.filter(({ path }) => path === '/v1/traces'))).not.toMatch(
      /user_m_|wlt_m_|ada\.invented/,
    )
  })
})
