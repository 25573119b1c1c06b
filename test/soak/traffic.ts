/** Calls at full speed: many ids, unknown routes, every kind of ending, answers with quota headers, metrics collected. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Attributes, ROOT_CONTEXT, type Span, SpanKind } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { AlwaysOffSampler, BasicTracerProvider, ParentBasedSampler, type Sampler } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { nodeAnswer, undiciAnswer } from '../bench/answers.ts'
import { type Call, callTo } from './calls.ts'

/** What is left of the memory. */
export interface Reading {
  spans: number
  /** After a full garbage collection. */
  heapBytes: number
  /** Spans and answers of the last rounds that are still reachable. */
  retained: number
}

// Seventeen, a prime: every status meets every operation and every kind of answer, which come round at other paces.
const statuses = [200, 200, 200, 200, 200, 200, 201, 204, 302, 400, 401, 404, 409, 429, 500, 502, undefined]
/** One call in so many goes to another host. */
const foreignEvery = 5
const watched = 200

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** A call that is not ours to count. */
const elsewhere = (number: number): Call => ({
  method: 'GET',
  url: `https://api.elsewhere.example/v2.01/acme/users/${number % 1_000}`,
})

/** What was called so far. */
export interface Made {
  mangopay: number
  /** Of those to Mangopay, the calls of routes it does not have, and which routes these were. */
  unknown: number
  unknownRoutes: Set<string>
}

/** A processor in a real SDK, and what calls it. */
export class Soak {
  readonly mangopay: MangopaySpanProcessor
  readonly made: Made = { mangopay: 0, unknown: 0, unknownRoutes: new Set() }
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  readonly #meters: MeterProvider
  readonly #provider: BasicTracerProvider
  readonly #http = nodeAnswer('quota')
  readonly #undici = undiciAnswer('quota')
  #spans = 0
  #watch: WeakRef<object>[] = []

  constructor() {
    const reader = new PeriodicExportingMetricReader({ exporter: this.#exporter, exportIntervalMillis: 2 ** 30 })
    this.#meters = new MeterProvider({ readers: [reader] })
    this.mangopay = new MangopaySpanProcessor({ meterProvider: this.#meters, onSpike: () => {}, onQuotaLow: () => {} })
    // Half of the traces are dropped, so that record-only spans are among them.
    const half: Sampler = { shouldSample: () => ({ decision: this.#spans % 2 === 0 ? 2 : 0 }), toString: () => 'half' }
    const root = new ParentBasedSampler({ root: half, remoteParentNotSampled: new AlwaysOffSampler() })
    this.#provider = new BasicTracerProvider({
      spanProcessors: [this.mangopay],
      sampler: this.mangopay.sampler(root) as Sampler,
    })
  }

  /** Makes this many calls, then collects the metrics as an exporter would. */
  async run(calls: number): Promise<void> {
    const tracer = this.#provider.getTracer('soak')
    const from = Math.max(0, calls - watched)
    for (let made = 0; made < calls; made += 1) {
      const number = this.#spans++
      const span = tracer.startSpan('GET', { kind: SpanKind.CLIENT, attributes: this.#start(number) }, ROOT_CONTEXT)
      this.#finish(span, number, made >= from)
    }
    await this.#meters.forceFlush()
    this.#exporter.reset()
  }

  #start(number: number): Attributes {
    const foreign = number % foreignEvery === 0
    const { method, url } = foreign ? elsewhere(number) : this.#mangopay()
    return {
      'http.request.method': method,
      'server.address': foreign ? 'api.elsewhere.example' : 'api.sandbox.mangopay.com',
      'server.port': 443,
      'url.full': url,
    }
  }

  /** Mangopay's own calls are numbered by themselves: no kind of them may always be the one that goes elsewhere. */
  #mangopay(): Call {
    const call = callTo(this.made.mangopay)
    this.made.mangopay += 1
    if (call.unknownRoute !== undefined) {
      this.made.unknown += 1
      this.made.unknownRoutes.add(call.unknownRoute)
    }
    return call
  }

  #finish(span: Span, number: number, watch: boolean): void {
    const status = statuses[number % statuses.length]
    // By pairs: the sampler drops every other trace, and both kinds of answer are to be read on both kinds of span.
    const answer = number % 4 < 2 ? this.#http() : this.#undici()
    if (status === undefined) {
      span.recordException({ name: 'Error', code: 'ECONNRESET', message: 'socket hang up' })
      span.setStatus({ code: 2, message: 'socket hang up' })
    } else {
      this.mangopay.responseHook(span, answer)
      span.setAttribute('http.response.status_code', status)
      if (status >= 400) span.setStatus({ code: 2 })
    }
    span.end()
    if (watch) this.#watch.push(new WeakRef(span), new WeakRef(answer))
  }

  /** Collects the garbage and looks what is left. */
  async read(): Promise<Reading> {
    // A WeakRef holds its target until the turn of the event loop in which it was made has ended.
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    const retained = this.#watch.filter((reference) => reference.deref() !== undefined).length
    this.#watch = []
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    return { spans: this.#spans, heapBytes: process.memoryUsage().heapUsed, retained }
  }
}
