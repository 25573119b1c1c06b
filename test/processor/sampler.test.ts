import {
  type Attributes,
  context,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
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
