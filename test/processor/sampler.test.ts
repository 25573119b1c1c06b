/** The sampler: what is counted, what is exported, and whether it is in use. */
import {
  type Attributes,
  context,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  type SpanOptions,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  SamplingDecision,
  type Sampler as SdkSampler,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { MangopaySpanProcessor } from '../../src/processor.ts'
import { said } from '../support/traced-calls.ts'

const OURS: Attributes = {
  'http.request.method': 'GET',
  'server.address': 'api.mangopay.com',
  'url.full': 'https://api.mangopay.com/v2.01/acme/users',
}

function run(delegate: SdkSampler | undefined, requests: number) {
  const mangopay = new MangopaySpanProcessor()
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    spanProcessors: [mangopay, new SimpleSpanProcessor(exporter)],
    sampler: mangopay.sampler(delegate),
  })
  const tracer = provider.getTracer('test')
  for (let i = 0; i < requests; i++) {
    const root = tracer.startSpan('job', {}, ROOT_CONTEXT)
    const parent = trace.setSpan(context.active(), root)
    const span = tracer.startSpan('GET', { kind: SpanKind.CLIENT, attributes: OURS }, parent)
    span.setAttribute('http.response.status_code', i % 10 === 0 ? 429 : 200).end()
    tracer
      .startSpan('GET', { kind: SpanKind.CLIENT, attributes: { ...OURS, 'server.address': 'x.example' } }, parent)
      .end()
    root.end()
  }
  return { snapshot: mangopay.snapshot(), exported: exporter.getFinishedSpans() }
}

describe('counts are exact, whatever is exported', () => {
  it.each<[what: string, sampler: SdkSampler | undefined, exported: (count: number) => boolean]>([
    ['no delegate: all', undefined, (count) => count === 3000],
    ['always on', new AlwaysOnSampler(), (count) => count === 3000],
    ['always off', new AlwaysOffSampler(), (count) => count === 0],
    [
      '10 %',
      new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.1) }),
      (count) => count > 100 && count < 600 && count % 3 === 0,
    ],
  ])('%s', (_, sampler, isRight) => {
    const { snapshot, exported } = run(sampler, 1000)
    expect(snapshot.environments['production']).toMatchObject({ calls: 1000, status429: 100 })
    expect(snapshot.samplerInUse).toBe(true)
    expect(isRight(exported.length), `${exported.length} exported`).toBe(true)
  })
})

describe('the answer', () => {
  const ask = (delegate: SdkSampler, attributes: Attributes, kind = SpanKind.CLIENT) =>
    new MangopaySpanProcessor()
      .sampler(delegate)
      .shouldSample(ROOT_CONTEXT, '1'.repeat(32), 'GET', kind, attributes, [])

  const traceState = createTraceState('a=1')
  const answering = (decision: SamplingDecision) => {
    const result = { decision, attributes: { reason: 'because' }, traceState }
    return { result, sampler: { shouldSample: () => result, toString: () => 'Mine' } }
  }

  it('for a dropped call of ours is to record, with all else as the delegate said', () => {
    const { sampler } = answering(SamplingDecision.NOT_RECORD)
    expect(ask(sampler, OURS)).toEqual({
      decision: SamplingDecision.RECORD,
      attributes: { reason: 'because' },
      traceState,
    })
  })

  it('for everything else is the delegate’s own object', () => {
    for (const decision of [SamplingDecision.RECORD, SamplingDecision.RECORD_AND_SAMPLED]) {
      const { result, sampler } = answering(decision)
      expect(ask(sampler, OURS)).toBe(result)
    }
    const { result, sampler } = answering(SamplingDecision.NOT_RECORD)
    expect(ask(sampler, { ...OURS, 'server.address': 'api.stripe.com' })).toBe(result)
    expect(ask(sampler, OURS, SpanKind.SERVER)).toBe(result)
    const hostile = Object.defineProperty({}, 'http.request.method', {
      get: () => {
        throw new Error('hostile')
      },
    })
    expect(ask(sampler, hostile)).toBe(result)
    expect(ask(sampler, undefined as never)).toBe(result)
  })

  it('without a delegate is the SDK’s own default', () => {
    const ours = new MangopaySpanProcessor().sampler()
    const theirs = new ParentBasedSampler({ root: new AlwaysOnSampler() })
    const parent = (traceFlags: number, isRemote = false, traceId = '1'.repeat(32)) =>
      trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: '2'.repeat(16), traceFlags, isRemote })
    for (const parentContext of [
      ROOT_CONTEXT,
      parent(TraceFlags.SAMPLED),
      parent(TraceFlags.NONE),
      parent(TraceFlags.SAMPLED, true),
      parent(TraceFlags.NONE, true),
      parent(TraceFlags.NONE, false, '0'.repeat(32)),
    ]) {
      const args = [parentContext, '1'.repeat(32), 'GET', SpanKind.INTERNAL, {}, []] as const
      expect(ours.shouldSample(...(args as never as Parameters<typeof ours.shouldSample>)).decision).toBe(
        theirs.shouldSample(...(args as never as Parameters<typeof theirs.shouldSample>)).decision,
      )
    }
  })

  it('has a name that tells the delegate’s', () => {
    expect(new MangopaySpanProcessor().sampler(new AlwaysOffSampler()).toString()).toBe(
      'MangopaySampler{AlwaysOffSampler}',
    )
  })
})

// When `snapshot()` says that the counts are exact under head sampling.

describe('samplerInUse', () => {
  const OTHER = { ...OURS, 'server.address': 'x.example' }
  const setUp = (wrap: (ours: SdkSampler) => SdkSampler) => {
    const mangopay = new MangopaySpanProcessor()
    const ours = mangopay.sampler(new AlwaysOnSampler()) as SdkSampler
    const tracers = [wrap(ours), new AlwaysOnSampler()].map((sampler) =>
      new BasicTracerProvider({ spanProcessors: [mangopay], sampler }).getTracer('test'),
    )
    const call = (attributes: Attributes, tracer = tracers[0], ofRoot: SpanOptions = {}) => {
      const root = tracer?.startSpan('job', ofRoot, ROOT_CONTEXT)
      if (root === undefined) throw new Error('no tracer')
      tracer?.startSpan('GET', { kind: SpanKind.CLIENT, attributes }, trace.setSpan(ROOT_CONTEXT, root)).end()
    }
    return { call, unsampled: tracers[1], isInUse: () => mangopay.snapshot().samplerInUse }
  }

  it('is false until a call was seen', () => {
    const { call, isInUse } = setUp((ours) => ours)
    call(OTHER)
    expect(isInUse()).toBe(false)
    call(OURS)
    expect(isInUse()).toBe(true)
  })

  it('is false where ours is asked about roots only', () => {
    const { call, isInUse } = setUp((ours) => new ParentBasedSampler({ root: ours }))
    call(OURS)
    expect(isInUse()).toBe(false)
  })

  it.each<[what: string, attributes: Attributes]>([
    ['client spans', {}],
    ['calls to another host', OTHER],
    ['calls themselves', OURS],
  ])('is false where ours is asked about roots only, also where these are %s', (_, attributes) => {
    const { call, isInUse } = setUp((ours) => new ParentBasedSampler({ root: ours }))
    call(OURS, undefined, { kind: SpanKind.CLIENT, attributes })
    expect(isInUse()).toBe(false)
  })

  it('is false for good once another provider has made a call without it', () => {
    const { call, unsampled, isInUse } = setUp((ours) => ours)
    call(OURS)
    call(OTHER)
    call(OURS, unsampled)
    expect(isInUse()).toBe(false)
    call(OURS)
    expect(isInUse()).toBe(false)
  })
})

// Spans that an instrumentation ends before it makes their request, since they are not sampled.

const ATTRIBUTES = {
  'http.request.method': 'POST',
  'server.address': 'api.mangopay.com',
  'url.full': 'https://api.mangopay.com/v2.01/acme/transfers',
}

const setUp = (scope: string) => {
  const mangopay = new MangopaySpanProcessor()
  const sampler = mangopay.sampler(new AlwaysOffSampler())
  const tracer = new BasicTracerProvider({ spanProcessors: [mangopay], sampler }).getTracer(scope)
  const start = (parent = ROOT_CONTEXT) =>
    tracer.startSpan('POST', { kind: SpanKind.CLIENT, attributes: ATTRIBUTES }, parent)
  return { mangopay, start, calls: () => mangopay.snapshot().environments['production']?.calls }
}

describe('a span that is not sampled and ends with nothing on it', () => {
  it('is no call, says so once, and the counts are not said to be exact', () => {
    const { mangopay, start, calls } = setUp('@vercel/otel/fetch')
    start().setAttribute('http.response.status_code', 200).end()
    expect(mangopay.snapshot().samplerInUse).toBe(true)
    start().end()
    start().end()
    expect(calls()).toBe(1)
    expect(mangopay.snapshot().samplerInUse).toBe(false)
    expect(said).toEqual([expect.stringContaining('before their request is made')])
  })

  it('is one where the http instrumentation made it, which leaves such a span after some failures', () => {
    const { mangopay, start, calls } = setUp('@opentelemetry/instrumentation-http')
    start().end()
    expect(calls()).toBe(1)
    expect(mangopay.snapshot().environments['production']).toMatchObject({ failures: { unexpected_response: 1 } })
  })

  it('is one where a request was made within', () => {
    const { start, calls } = setUp('a wrapper')
    const outer = start()
    start(trace.setSpan(ROOT_CONTEXT, outer)).setAttribute('http.response.status_code', 200).end()
    outer.end()
    expect(calls()).toBe(1)
  })
})
