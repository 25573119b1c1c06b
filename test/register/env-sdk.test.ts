/** What the SDK does whatever the exporters are: sampling, propagation, limits; and the hosts that are Mangopay's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Case, expectCase, exported, METRICS } from './fixtures/env-case.ts'
import { Project } from './fixtures/project.ts'

let project: Project
beforeAll(() => {
  project = new Project()
})
afterAll(() => project?.remove())

const CASES: readonly Case[] = [
  { name: 'sampler always_on', env: { OTEL_TRACES_SAMPLER: 'always_on' }, check: exported(1) },
  { name: 'sampler always_off', env: { OTEL_TRACES_SAMPLER: 'always_off' }, paths: [METRICS], check: exported(0) },
  { name: 'sampler parentbased_always_on', env: { OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, check: exported(1) },
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
  it.concurrent.each(CASES)('$name', (one) => expectCase(project, one))
})
