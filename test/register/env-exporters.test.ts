/** OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER, which giving NodeSDK our processors would switch off. */
import { describe, expect, it } from 'vitest'
import { type Case, expectCase, exported, METRICS, TRACES, whileServing } from './fixtures/env-case.ts'
import { project, receiver } from './fixtures/lab.ts'
import { SDK_NODE_MINOR } from './fixtures/project.ts'
import { Receiver } from './fixtures/receiver.ts'

const BOTH = { OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'console' }

const CASES: readonly Case[] = [
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
]

describe('environment', () => {
  it.concurrent.each(CASES)('$name', (one) => expectCase(project, one))

  it.skipIf(SDK_NODE_MINOR <= 200)('prometheus beside otlp', async () => {
    const port = new URL((await new Receiver().start().then((one) => one.stop().then(() => one))).endpoint).port
    const env = {
      OTEL_METRICS_EXPORTER: 'prometheus,otlp',
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: port,
    }
    await whileServing(project, receiver, env, [], async () => {
      const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      expect(page).toMatch(
        /^mangopay_client_requests_total\{[^}]*mangopay_operation="GET \/users\/\{userId\}"[^}]*\} 1/m,
      )
    })
    expect(receiver.requestCount).toBe(1)
  })
})
