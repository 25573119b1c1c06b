/** Everything that is measured, by name: which processors and sampler the SDK gets, and which spans it makes. */
import type { MeterProvider } from '@opentelemetry/api'
import * as metrics from '@opentelemetry/sdk-metrics'
import { AggregationTemporality, InMemoryMetricExporter } from '@opentelemetry/sdk-metrics'
import { AlwaysOffSampler, BatchSpanProcessor, type Sampler, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { bodyAnswer, type Carried, nodeAnswer, undiciAnswer } from './answers.ts'
import { alwaysRecord, awsSpanMetrics, baggage, HandWritten, langfuse, nowhere, TagsAlone } from './peers.ts'
import { operationPaths } from './routes.ts'
import {
  type During,
  endless,
  foreign,
  internal,
  longUrls,
  mangopay,
  payIns,
  routes,
  type Traffic,
} from './workload.ts'

/** One thing to measure. */
export interface Variant {
  /** What its figures are divided by. */
  against: string
  traffic: Traffic
  set?(): { processor?: SpanProcessor; sampler?: Sampler; during?: During; snapshot?: () => unknown }
}

/** Every hook there is, and nothing in them: what having any processor costs. */
class Nothing implements SpanProcessor {
  onStart(): void {}
  onEnding(): void {}
  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

/** Metrics that are kept, as with any reader, and never exported while we measure. */
const realMeters = (): MeterProvider =>
  new metrics.MeterProvider({
    readers: [
      new metrics.PeriodicExportingMetricReader({
        exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
        exportIntervalMillis: 2 ** 30,
      }),
    ],
  })

/** The same without what `histogram.record` of the SDK costs. */
function metersWithoutHistogram(): MeterProvider {
  const real = realMeters()
  return {
    getMeter: (...about) => {
      const meter = real.getMeter(...about)
      return new Proxy(meter, {
        get: (it, key) => {
          if (key === 'createHistogram') return () => ({ record: () => {} })
          const member: unknown = Reflect.get(it, key)
          return typeof member === 'function' ? member.bind(it) : member
        },
      })
    },
  }
}

const nothing = () => ({ processor: new Nothing() })
const ours = () => ({ processor: new MangopaySpanProcessor({ meterProvider: metersWithoutHistogram() }) })
const whole = () => ({ processor: new MangopaySpanProcessor({ meterProvider: realMeters() }) })
/** As behind a wrapper that drops `onEnding`. */
const onEndOnly = () => {
  const { processor } = ours()
  const { onStart, onEnd, forceFlush, shutdown } = processor
  return {
    processor: {
      onStart: onStart.bind(processor),
      onEnd: onEnd.bind(processor),
      forceFlush: forceFlush.bind(processor),
      shutdown: shutdown.bind(processor),
    },
  }
}
const hooked = (answer: () => unknown) => () => {
  const processor = new MangopaySpanProcessor({ meterProvider: metersWithoutHistogram() })
  const hook = processor.responseHook as (span: unknown, response: unknown) => void
  return { processor, during: (span: unknown) => hook(span, answer()) }
}
/** Answers whose bodies come while the span is open. */
const withBody = (results: boolean, encoding: 'plain' | 'gzip') => () => {
  const processor = new MangopaySpanProcessor({ meterProvider: metersWithoutHistogram(), results })
  const hook = processor.responseHook as (span: unknown, response: unknown) => void
  const answer = bodyAnswer(encoding)
  const during = (span: unknown) => {
    const { message, arrive } = answer()
    hook(span, message)
    arrive()
  }
  return { processor, during }
}
/** Bodies of one traffic looked at, against the same with the option off. */
const looking = (name: string, traffic: Traffic, encoding: 'plain' | 'gzip'): Record<string, Variant> => ({
  [`${name}, results off`]: { against: `${name}, results off`, traffic, set: withBody(false, encoding) },
  [`${name}, results`]: { against: `${name}, results off`, traffic, set: withBody(true, encoding) },
})

/** The same without the hook: what making the answers costs is not ours. */
const unhooked = (answer: () => unknown) => () => ({ ...ours(), during: () => void answer() })
const peer = (make: (meters: MeterProvider) => SpanProcessor) => () => ({ processor: make(realMeters()) })
const off = () => ({ sampler: new AlwaysOffSampler() })

/** A variant and the same SDK with the no-op processor on the same spans. */
const pair = (name: string, traffic: Traffic, set = ours): Record<string, Variant> => ({
  [`base, ${name}`]: { against: `base, ${name}`, traffic, set: nothing },
  [name]: { against: `base, ${name}`, traffic, set },
})

/** What an instrumentation's answers cost without our hook, with it, and with headers to read in it. */
const reading = (by: string, answer: (carried: Carried) => () => unknown): Record<string, Variant> => ({
  [`answers, ${by}`]: { against: `answers, ${by}`, traffic: mangopay(), set: unhooked(answer('nothing')) },
  [`hook, ${by}`]: { against: `answers, ${by}`, traffic: mangopay(), set: hooked(answer('nothing')) },
  [`quota headers, ${by}`]: { against: `hook, ${by}`, traffic: mangopay(), set: hooked(answer('quota')) },
})

/** Lengths of URL, and numbers of different URLs and routes, that are compared. */
export const scales = { length: [60, 1_000, 8_000], urls: [1, 100_000], routes: [1, 200] } as const

const every = <N extends number>(values: readonly N[], of: (value: N) => Record<string, Variant>) =>
  Object.assign({}, ...values.map(of)) as Record<string, Variant>

/** All variants. */
export const variants: Readonly<Record<string, Variant>> = {
  base: { against: 'base', traffic: mangopay(), set: nothing },
  'base, foreign': { against: 'base, foreign', traffic: foreign(), set: nothing },
  'base, internal': { against: 'base, internal', traffic: internal(), set: nothing },
  'no processor': { against: 'base', traffic: mangopay() },
  'batch processor': {
    against: 'base',
    traffic: mangopay(),
    set: () => ({ processor: new BatchSpanProcessor(nowhere) }),
  },
  'ours, foreign': { against: 'base, foreign', traffic: foreign(), set: ours },
  'ours, internal': { against: 'base, internal', traffic: internal(), set: ours },
  ours: { against: 'base', traffic: mangopay(), set: ours },
  'ours, 429': { against: 'base', traffic: { ...mangopay(), status: 429 }, set: ours },
  'ours with histogram': { against: 'base', traffic: mangopay(), set: whole },
  'ours, onEnd only': { against: 'base', traffic: mangopay(), set: onEndOnly },
  'tags alone': {
    against: 'base',
    traffic: mangopay(),
    set: () => ({ processor: new TagsAlone(metersWithoutHistogram()) }),
  },
  'tags alone with histogram': { against: 'base', traffic: mangopay(), set: peer((meters) => new TagsAlone(meters)) },
  'hand-written': { against: 'base', traffic: mangopay(), set: peer((meters) => new HandWritten(meters)) },
  'hand-written, foreign': {
    against: 'base, foreign',
    traffic: foreign(),
    set: peer((meters) => new HandWritten(meters)),
  },
  baggage: { against: 'base', traffic: mangopay(), set: peer(baggage) },
  'baggage, foreign': { against: 'base, foreign', traffic: foreign(), set: peer(baggage) },
  langfuse: { against: 'base', traffic: mangopay(), set: peer(langfuse) },
  'langfuse, foreign': { against: 'base, foreign', traffic: foreign(), set: peer(langfuse) },
  'aws span metrics': { against: 'base', traffic: mangopay(), set: peer(awsSpanMetrics) },
  'aws span metrics, foreign': { against: 'base, foreign', traffic: foreign(), set: peer(awsSpanMetrics) },
  'dropped, foreign': { against: 'dropped, foreign', traffic: foreign(), set: off },
  'dropped, foreign, our sampler': {
    against: 'dropped, foreign',
    traffic: foreign(),
    set: () => ({ sampler: new MangopaySpanProcessor().sampler(new AlwaysOffSampler()) as Sampler }),
  },
  'dropped, foreign, always-record sampler': {
    against: 'dropped, foreign',
    traffic: foreign(),
    set: () => ({ sampler: alwaysRecord(), processor: new Nothing() }),
  },
  ...reading('node:http', nodeAnswer),
  ...reading('undici', undiciAnswer),
  ...looking('pay-ins', payIns(), 'plain'),
  ...looking('pay-ins in gzip', payIns(), 'gzip'),
  ...looking('other answers', mangopay(), 'plain'),
  ...looking('foreign answers', foreign(), 'plain'),
  ...every(scales.length, (length) => pair(`URLs of ${length} characters`, longUrls(length))),
  ...every(scales.urls, (count) => pair(`${count} different URLs`, mangopay(count))),
  ...pair('URLs never seen before', endless()),
  ...every(scales.routes, (count) => pair(`${count} operations`, routes(operationPaths.slice(0, count)))),
}
