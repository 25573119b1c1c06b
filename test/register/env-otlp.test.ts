/** The OTEL_EXPORTER_OTLP_* variables and the resource, which giving NodeSDK our processors would switch off. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Case, expectCase, exported, METRICS, TRACES } from './fixtures/env-case.ts'
import { Project } from './fixtures/project.ts'

let project: Project
beforeAll(() => {
  project = new Project()
})
afterAll(() => project?.remove())

const GRPC = '/opentelemetry.proto.collector'
const GRPC_TRACES = `${GRPC}.trace.v1.TraceService/Export`
const GRPC_METRICS = `${GRPC}.metrics.v1.MetricsService/Export`

const CASES: readonly Case[] = [
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
]

describe('environment', () => {
  it.concurrent.each(CASES)('$name', (one) => expectCase(project, one))
})
