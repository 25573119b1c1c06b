// The set-up in code, with what differs between the SDK lines. Everything is sampled out: the counts must not care.
exports.setup = (load, MangopaySpanProcessor) => {
  const { NodeSDK } = load('@opentelemetry/sdk-node')
  const { PeriodicExportingMetricReader } = load('@opentelemetry/sdk-metrics')
  const { OTLPMetricExporter } = load('@opentelemetry/exporter-metrics-otlp-http')
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-http')
  const { HttpInstrumentation } = load('@opentelemetry/instrumentation-http')
  const { UndiciInstrumentation } = load('@opentelemetry/instrumentation-undici')
  const three = process.env.MATRIX_LINE === '3.1'
  const { BatchSpanProcessor, AlwaysOffSampler } = load(`@opentelemetry/sdk-trace${three ? '' : '-base'}`)
  const exporter = new OTLPTraceExporter()
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })
  const mangopay = new MangopaySpanProcessor({ hosts: { [new URL(process.env.MATRIX_API).host]: 'matrix' } })
  const sdk = new NodeSDK({
    spanProcessors: [mangopay, new BatchSpanProcessor(three ? { exporter } : exporter)],
    sampler: mangopay.sampler(new AlwaysOffSampler()),
    ...(three ? { metricReaders: [reader] } : { metricReader: reader }),
    instrumentations: [
      ...(process.env.MATRIX_AUTO
        ? load('@opentelemetry/auto-instrumentations-node').getNodeAutoInstrumentations()
        : []),
      ...(process.env.MATRIX_AUTO ? [] : [new HttpInstrumentation({ responseHook: mangopay.responseHook })]),
      ...(process.env.MATRIX_AUTO ? [] : [new UndiciInstrumentation({ responseHook: mangopay.responseHook })]),
    ],
  })
  sdk.start()
  return sdk
}
