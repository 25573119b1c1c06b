// Next's @vercel/otel: its composite processor forwards neither onEnding nor our sampler's record-only spans.
const { registerOTel } = require('@vercel/otel')
const { MangopaySpanProcessor } = require('opentelemetry-mangopay')
const { PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics')
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-http')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
const { BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base')
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http')
const { metrics, trace } = require('@opentelemetry/api')

const mangopay = new MangopaySpanProcessor({ hosts: { [new URL(process.env.MATRIX_API).host]: 'matrix' } })
registerOTel({
  serviceName: 'matrix',
  spanProcessors: [mangopay, new BatchSpanProcessor(new OTLPTraceExporter())],
  metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
  metricReader: new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() }),
  instrumentations: [
    new HttpInstrumentation({ responseHook: mangopay.responseHook }),
    new UndiciInstrumentation({ responseHook: mangopay.responseHook }),
  ],
})
require('./calls.cjs')
  .calls(require, require('axios'), require('undici'))
  .then(async () => {
    const provider = trace.getTracerProvider()
    await (provider.getDelegate?.() ?? provider).forceFlush()
    await metrics.getMeterProvider().forceFlush()
    process.exit()
  })
