/** The variables of the environment that register reads. */
import { describe, expect, it, vi } from 'vitest'
import { Receiver } from '../support/receiver.ts'
import { type Ended, environment, REGISTER, run, start } from './fixtures/child.ts'
import { project, receiver } from './fixtures/lab.ts'
import { SDK_NODE_MINOR } from './fixtures/project.ts'

const WITH = ['--import', REGISTER]
const TRACES = '/v1/traces'
const METRICS = '/v1/metrics'

/** Variables, and what comes of them. */
interface Case {
  readonly name: string
  /** `$endpoint` and `$grpc` stand for the receiver's. */
  readonly env: Readonly<Record<string, string>>
  /** What this package says on stderr. */
  readonly lines?: readonly RegExp[]
  /** Where exports go; both signals by default. */
  readonly paths?: readonly string[]
  readonly check?: (receiver: Receiver, ended: Ended) => void
}

/** That many spans arrived, and the one call was counted. */
const exported = (count: number) => (receiver: Receiver) => {
  expect(receiver.spans).toHaveLength(count)
  expect(receiver.values('mangopay.environment')).toEqual(Array(count).fill('sandbox')) // MANGOPAY_TELEMETRY_HOSTS
  expect(receiver.requestCount).toBe(1) // counted whatever the sampler does
}

/** Runs the app that makes one call. Each run has a receiver of its own, so that cases may run side by side. */
async function expectCase({ env, lines = [], paths = [METRICS, TRACES], check }: Case): Promise<void> {
  const own = await new Receiver().start()
  const values = Object.entries(env).map(([key, value]) => [
    key,
    value.replace('$endpoint', own.endpoint).replace('$grpc', own.grpcEndpoint),
  ])
  const ended = await run([...WITH, 'one.cjs'], project.folder, environment(own, Object.fromEntries(values)))
  await own.stop()
  expect(ended).toMatchObject({ code: 0, lines: lines.map((line) => expect.stringMatching(line)) })
  expect(ended.stdout).toContain('done\n')
  expect([...new Set(own.exports.map(({ path }) => path))].sort()).toEqual(paths)
  check?.(own, ended)
}

/** Starts a service that makes one call, looks, and ends it. */
async function whileServing(
  env: Readonly<Record<string, string>>,
  lines: readonly unknown[],
  look: () => void | Promise<void>,
): Promise<void> {
  const { child, said, ended } = start([...WITH, 'service.cjs'], project.folder, environment(receiver, env))
  try {
    await said('ready')
    await look()
  } finally {
    child.kill('SIGTERM')
  }
  expect(await ended).toMatchObject({ signal: 'SIGTERM', lines })
}

const GRPC = '/opentelemetry.proto.collector'
const GRPC_TRACES = `${GRPC}.trace.v1.TraceService/Export`
const GRPC_METRICS = `${GRPC}.metrics.v1.MetricsService/Export`

const BOTH = { OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'console' }

const CASES: readonly Case[] = [
  // The exporters, which giving NodeSDK our processors would switch off.
  { name: 'traces exporter none', env: { OTEL_TRACES_EXPORTER: 'none' }, paths: [METRICS], check: exported(0) },
  { name: 'metrics exporter none', env: { OTEL_METRICS_EXPORTER: 'none' }, paths: [TRACES] },
  {
    name: 'both exporters none',
    env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
    paths: [],
  },
  {
    name: 'console',
    env: BOTH,
    paths: [],
    check: (_, { stdout }) => {
      expect(stdout).toContain("'mangopay.operation': 'GET /users/{userId}'")
      expect(stdout).toContain("name: 'mangopay.client.requests'")
    },
  },
  {
    name: 'lists',
    env: { OTEL_TRACES_EXPORTER: 'otlp, console', OTEL_METRICS_EXPORTER: 'console,otlp,otlp' },
    check: (receiver, { stdout }) => {
      exported(1)(receiver)
      expect(stdout).toContain("'mangopay.operation': 'GET /users/{userId}'")
      expect(stdout).toContain("name: 'mangopay.client.requests'")
      expect(receiver.to(METRICS)).toHaveLength(1)
    },
  },
  {
    name: 'none beside others',
    env: { OTEL_TRACES_EXPORTER: 'none,otlp' },
    paths: [METRICS],
    lines: [/OTEL_TRACES_EXPORTER=none,otlp: none stands beside others and wins/],
  },
  {
    name: 'unknown exporter beside a known one',
    env: { OTEL_TRACES_EXPORTER: 'otlp,zipkin' },
    lines: [/OTEL_TRACES_EXPORTER: zipkin is not supported; use otlp, console, none\. otlp is used/],
  },
  {
    name: 'unknown exporters',
    env: { OTEL_METRICS_EXPORTER: 'statsd' },
    lines: [/OTEL_METRICS_EXPORTER: statsd is not supported; use otlp, console, prometheus, none\. otlp is used/],
  },

  // The OTLP exporters and the resource.
  { name: 'nothing set', env: {}, check: exported(1) },

  {
    name: 'service name and resource',
    env: { OTEL_SERVICE_NAME: 'checkout', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,team=pay' },
    check: (receiver) => {
      for (const signal of [TRACES, METRICS] as const) {
        expect(receiver.resource(signal, 'service.name')).toBe('checkout')
        expect(receiver.resource(signal, 'team')).toBe('pay')
      }
    },
  },
  {
    name: 'endpoint per signal',
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '$endpoint/my/traces',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: '$endpoint/my/metrics',
    },
    paths: ['/my/metrics', '/my/traces'],
  },
  {
    name: 'headers, general and per signal',
    env: { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=b' },
    check: (receiver) => {
      expect(receiver.to(TRACES)[0]?.headers['x-key']).toBe('b')
      expect(receiver.to(METRICS)[0]?.headers['x-key']).toBe('a')
    },
  },
  {
    name: 'compression',
    env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
    check: (receiver) => expect(receiver.to(TRACES)[0]?.headers['content-encoding']).toBe('gzip'),
  },

  { name: 'protocol http/json', env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, check: exported(1) },
  {
    name: 'protocol http/protobuf',
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
    check: (receiver) => {
      for (const { headers, bytes } of receiver.exports) {
        expect(headers['content-type']).toBe('application/x-protobuf')
        expect(bytes).toBeGreaterThan(200)
      }
    },
  },
  {
    name: 'protocol grpc',
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: '$grpc' },
    paths: [GRPC_METRICS, GRPC_TRACES],
  },
  {
    name: 'protocol per signal, in any case',
    env: {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: '$grpc',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'HTTP/JSON',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '$endpoint/v1/traces',
    },
    paths: [GRPC_METRICS, TRACES],
  },
  {
    name: 'unknown protocol',
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'thrift' },
    lines: [/OTEL_EXPORTER_OTLP_PROTOCOL=thrift is not supported; use http\/json, http\/protobuf, grpc/],
  },

  // What the SDK does whatever the exporters are.
  { name: 'sampler always_on', env: { OTEL_TRACES_SAMPLER: 'always_on' }, check: exported(1) },
  { name: 'sampler always_off', env: { OTEL_TRACES_SAMPLER: 'always_off' }, paths: [METRICS], check: exported(0) },
  {
    name: 'sampler parentbased_always_on',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_always_on' },
    check: exported(1),
  },
  {
    name: 'sampler parentbased_always_off',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
    paths: [METRICS],
    check: exported(0),
  },
  ...(['traceidratio', 'parentbased_traceidratio'] as const).flatMap((sampler): Case[] => [
    { name: `sampler ${sampler} without argument`, env: { OTEL_TRACES_SAMPLER: sampler }, check: exported(1) },
    {
      name: `sampler ${sampler} 0`,
      env: { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0' },
      paths: [METRICS],
      check: exported(0),
    },
    {
      name: `sampler ${sampler} with a bad argument`,
      env: { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '10%' },
      lines: [/OTEL_TRACES_SAMPLER_ARG=10% is not a number from 0 to 1; 1 is used/],
      check: exported(1),
    },
  ]),
  {
    name: 'a ratio without a sampler that takes one',
    env: { OTEL_TRACES_SAMPLER_ARG: '0' },
    lines: [/OTEL_TRACES_SAMPLER_ARG=0 has no effect, since parentbased_always_on takes no argument/],
    check: exported(1),
  },
  {
    name: 'unknown sampler',
    env: { OTEL_TRACES_SAMPLER: 'jaeger_remote' },
    lines: [/OTEL_TRACES_SAMPLER=jaeger_remote is not supported; use .*parentbased_always_on is used/],
    check: exported(1),
  },

  {
    name: 'disabled',
    env: { OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_SAMPLER: 'bad', OTEL_TRACES_EXPORTER: 'bad' },
    paths: [],
  },
  { name: 'not disabled by another word', env: { OTEL_SDK_DISABLED: '1' }, check: exported(1) },

  {
    name: 'propagators',
    env: { OTEL_PROPAGATORS: 'b3' },
    check: ({ requests }) => {
      expect(requests[0]?.['b3']).toMatch(/^[0-9a-f]{32}-/)
      expect(requests[0]?.['traceparent']).toBeUndefined()
    },
  },
  {
    name: 'propagators by default',
    env: {},
    check: ({ requests }) => expect(requests[0]?.['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
  },
  {
    name: 'propagators none',
    env: { OTEL_PROPAGATORS: 'none' },
    check: ({ requests }) => expect(requests[0]?.['traceparent']).toBeUndefined(),
  },
  {
    name: 'unknown propagator',
    env: { OTEL_PROPAGATORS: 'tracecontext,xray' },
    lines: [/OTEL_PROPAGATORS: xray is not supported by this SDK; use tracecontext, baggage/],
    check: ({ requests }) => expect(requests[0]?.['traceparent']).toBeDefined(),
  },

  {
    name: 'span limits',
    env: { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '4' },
    check: (receiver) => {
      expect(receiver.spans[0]?.attributes).toHaveLength(4)
      expect(receiver.requestCount).toBe(1)
    },
  },
  {
    name: 'log level',
    env: { OTEL_LOG_LEVEL: 'debug' },
    check: (_, { stdout }) => expect(stdout).toContain('@opentelemetry/instrumentation-http'),
  },

  {
    name: 'hosts that are no hosts',
    env: { MANGOPAY_TELEMETRY_HOSTS: 'nonsense,http://a b=sandbox,127.0.0.1=sandbox' },
    lines: [
      /MANGOPAY_TELEMETRY_HOSTS: nonsense is not host=environment; it is left out/,
      /MANGOPAY_TELEMETRY_HOSTS: http:\/\/a b… is not a host, .*; it is left out/,
    ],
    check: exported(1), // by the entry that is right
  },
]

describe('environment', () => {
  it.concurrent.each(CASES)('$name', expectCase)

  it.skipIf(SDK_NODE_MINOR <= 200)('prometheus beside otlp', async () => {
    const port = new URL((await new Receiver().start().then((one) => one.stop().then(() => one))).endpoint).port
    const env = {
      OTEL_METRICS_EXPORTER: 'prometheus,otlp',
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: port,
    }
    await whileServing(env, [], async () => {
      const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      expect(page).toMatch(
        /^mangopay_client_requests_total\{[^}]*mangopay_operation="GET \/users\/\{userId\}"[^}]*\} 1/m,
      )
    })
    expect(receiver.requestCount).toBe(1)
  })
})

describe('how much is sent at once, and how often', () => {
  it('batch size', async () => {
    const env = environment(receiver, { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1', OTEL_BSP_MAX_QUEUE_SIZE: '10' })
    await run([...WITH, 'calls.cjs'], project.folder, env)
    expect(receiver.spans).toHaveLength(4)
    expect(receiver.to(TRACES)).toHaveLength(4)
  })

  it.each(['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'OTEL_BSP_MAX_QUEUE_SIZE'])('half a span as %s', async (variable) => {
    const { child, ended } = start([...WITH, 'one.cjs'], project.folder, environment(receiver, { [variable]: '0.5' }))
    const overdue = setTimeout(() => child.kill('SIGKILL'), 60_000) // it went on for ever
    const line = expect.stringContaining(`${variable}=0.5 is not a whole number from 1`)
    expect(await ended).toMatchObject({ code: 0, stdout: 'done\n', lines: [line] })
    clearTimeout(overdue)
    expect(receiver.spans).toHaveLength(1)
    expect(receiver.to(TRACES)).toHaveLength(1)
  })

  it('queue size', async () => {
    const env = environment(receiver, { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2', OTEL_BSP_MAX_QUEUE_SIZE: '2' })
    const ended = await run([...WITH, 'burst.cjs'], project.folder, env)
    expect(ended).toMatchObject({ code: 0 })
    expect(receiver.spans.length).toBeLessThan(20)
    expect(receiver.requestCount).toBe(20)
  })

  it.each([
    { name: 'the default delay of 5 s', env: {}, spans: 0, lines: [] },
    { name: 'OTEL_BSP_SCHEDULE_DELAY', env: { OTEL_BSP_SCHEDULE_DELAY: '200' }, spans: 1, lines: [] },
    {
      name: 'a delay that no timer bears',
      env: { OTEL_BSP_SCHEDULE_DELAY: '9999999999' },
      spans: 0,
      lines: [expect.stringContaining('OTEL_BSP_SCHEDULE_DELAY=9999999999 is not a whole number from 1')],
    },
    {
      name: 'a delay that is no number',
      env: { OTEL_BSP_SCHEDULE_DELAY: '1s' },
      spans: 0,
      lines: [expect.stringContaining('OTEL_BSP_SCHEDULE_DELAY=1s is not a whole number from 1')],
    },
  ])('$name', async ({ env, spans, lines }) => {
    await whileServing(env, lines, () => come(() => receiver.spans, spans))
  })

  it.each([
    { name: 'the default interval of 60 s', env: {}, exports: 0 },
    { name: 'OTEL_METRIC_EXPORT_INTERVAL', env: { OTEL_METRIC_EXPORT_INTERVAL: '300' }, exports: 2 },
    {
      name: 'an interval that no timer bears',
      env: { OTEL_METRIC_EXPORT_INTERVAL: '9999999999' },
      exports: 0,
      lines: [expect.stringContaining('OTEL_METRIC_EXPORT_INTERVAL=9999999999 is not a whole number from 1')],
    },
    {
      name: 'an interval with a longer time-out',
      env: { OTEL_METRIC_EXPORT_INTERVAL: '300', OTEL_METRIC_EXPORT_TIMEOUT: '30000' },
      exports: 2,
    },
  ])('$name', async ({ env, exports, lines = [] }) => {
    await whileServing(env, lines, () => come(() => receiver.to(METRICS), exports))
  })

  /** Waits for so many; where none are due, long enough for those that a timer of a millisecond would bring. */
  async function come(what: () => readonly unknown[], least: number): Promise<void> {
    if (least > 0) return vi.waitFor(() => expect(what().length).toBeGreaterThanOrEqual(least), 60_000)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(what()).toEqual([])
  }
})
