// A service that takes Mangopay's notifications with one of the frameworks. OpenTelemetry is set up as docs/setup.md
// says, with the instrumentation of the framework, and exports one trace in ten.
const { SpanKind } = require('@opentelemetry/api')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics')
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-http')
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { ParentBasedSampler, TraceIdRatioBasedSampler } = require('@opentelemetry/sdk-trace-base')
const { MangopaySpanProcessor } = require('opentelemetry-mangopay')

const framework = process.env.FRAMEWORK
const INSTRUMENTATIONS = {
  http: () => [],
  express: () => [new (require('@opentelemetry/instrumentation-express').ExpressInstrumentation)()],
  fastify: () => [new (require('@fastify/otel').FastifyOtelInstrumentation)({ registerOnInitialization: true })],
  nest: () => [
    new (require('@opentelemetry/instrumentation-express').ExpressInstrumentation)(),
    new (require('@opentelemetry/instrumentation-nestjs-core').NestInstrumentation)(),
  ],
}

const mangopay = new MangopaySpanProcessor({ webhooks: '/hooks/mangopay' })
let spans = 0
/** Sees what an exporter would get. */
const exporting = {
  onStart: () => {},
  onEnd: (span) => void (span.kind === SpanKind.SERVER && span.spanContext().traceFlags & 1 && spans++),
  forceFlush: async () => {},
  shutdown: async () => {},
}
const sdk = new NodeSDK({
  spanProcessors: [mangopay, exporting],
  sampler: mangopay.sampler(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.1) })),
  metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
  instrumentations: [
    new HttpInstrumentation({ responseHook: mangopay.responseHook }),
    ...INSTRUMENTATIONS[framework](),
  ],
})
sdk.start()

/** How the next notification is answered: now and then refused or too late, in the manner of the framework. */
let turn = 0
const next = () => ['ok', 'throw', 'ok', '503', 'ok', '204'][turn++ % 6]
let isLate = true
const dawdle = async () => {
  if (!isLate) return
  isLate = false
  await new Promise((resolve) => setTimeout(resolve, 2_500))
}

const SERVERS = {
  http: async () => {
    const server = require('node:http').createServer(async (_, response) => {
      await dawdle()
      const answer = next()
      response.statusCode = answer === 'ok' ? 200 : answer === 'throw' ? 500 : Number(answer)
      response.end()
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server
  },
  express: async () => {
    const express = require('express')
    const hooks = express.Router()
    hooks.get('/mangopay', async (_, response) => {
      await dawdle()
      const answer = next()
      if (answer === 'throw') throw new Error('made by the test')
      response.status(answer === 'ok' ? 200 : Number(answer)).send()
    })
    const app = express()
    app.use('/hooks', hooks)
    // Four parameters make it an error handler.
    app.use((_error, _request, response, _next) => response.status(500).send())
    return new Promise((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => resolve(server))
    })
  },
  fastify: async () => {
    const app = require('fastify')()
    await app.register(
      async (hooks) => {
        hooks.get('/mangopay', async (_, reply) => {
          await dawdle()
          const answer = next()
          if (answer === 'throw') throw new Error('made by the test')
          return reply.code(answer === 'ok' ? 200 : Number(answer)).send()
        })
      },
      { prefix: '/hooks' },
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
  nest: async () => {
    require('reflect-metadata')
    const { Controller, Get, HttpException, Module } = require('@nestjs/common')
    const { NestFactory } = require('@nestjs/core')
    class Hooks {
      async take() {
        await dawdle()
        const answer = next()
        if (answer === 'throw') throw new Error('made by the test')
        if (answer !== 'ok') throw new HttpException('made by the test', Number(answer))
        return 'OK'
      }
    }
    Controller('hooks')(Hooks)
    Get('mangopay')(Hooks.prototype, 'take', Object.getOwnPropertyDescriptor(Hooks.prototype, 'take'))
    class App {}
    Module({ controllers: [Hooks] })(App)
    const app = await NestFactory.create(App, { logger: false })
    await app.listen(0, '127.0.0.1')
    return app.getHttpServer()
  },
}

SERVERS[framework]().then((server) => {
  console.log(`port ${server.address().port}`)
  process.once('SIGTERM', async () => {
    await sdk.shutdown()
    console.log(`exported ${spans}`)
    process.exit(0)
  })
})
