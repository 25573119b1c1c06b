/** When `snapshot()` says that the counts are exact under head sampling. */
import { type Attributes, ROOT_CONTEXT, SpanKind, type SpanOptions, trace } from '@opentelemetry/api'
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  type Sampler as SdkSampler,
} from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { MangopaySpanProcessor } from '../../src/processor.ts'

const OURS: Attributes = {
  'http.request.method': 'GET',
  'server.address': 'api.mangopay.com',
  'url.full': 'https://api.mangopay.com/v2.01/acme/users',
}

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
