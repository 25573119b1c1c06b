import { createServer } from 'node:http'
import { type Attributes, context, SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type ReadableSpan,
  SamplingDecision,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import type { Sampler } from 'opentelemetry-mangopay'
import { afterEach, describe, expect, it } from 'vitest'
import { listen, stop } from '../../examples/mock/listen.ts'
import type { ClientName } from './instrumented.ts'
import { type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const CLIENTS: ClientName[] = ['sdk', 'axios', 'fetch', 'undici']
const ROUNDS = 12

let lab: Lab
afterEach(() => lab.close())

/** Writes down what the delegate decided, by trace. */
class Witness implements Sampler {
  readonly decisions: { traceId: string; kind: SpanKind; attributes: Attributes; decision: number }[] = []
  readonly #delegate: Sampler

  constructor(delegate: Sampler) {
    this.#delegate = delegate
  }

  shouldSample(...asked: Parameters<Sampler['shouldSample']>) {
    const result = this.#delegate.shouldSample(...asked)
    this.decisions.push({ traceId: asked[1], kind: asked[3], attributes: asked[4], decision: result.decision })
    return result
  }

  toString = () => `Witness{${this.#delegate}}`
}

const ratio = (share: number) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) })

/** A request of the app's own users, within which it calls Mangopay by every client, with failures among them. */
const traffic = async () => {
  const tracer = lab.provider.getTracer('app')
  lab.mock.setFaults([{ share: 0.3, fault: { kind: 'status', status: 500 } }])
  for (let round = 0; round < ROUNDS; round++) {
    const root = tracer.startSpan('GET /checkout', { kind: SpanKind.SERVER })
    await context.with(trace.setSpan(context.active(), root), async () => {
      for (const client of CLIENTS) await lab.call(client, { method: 'GET', url: lab.url('/users') })
      await lab.call('axios', { method: 'POST', url: lab.url('/transfers'), body: {} })
    })
    root.end()
  }
}

describe.each<[string, Sampler]>([
  ['0 % (always off)', new AlwaysOffSampler()],
  ['0 % (ratio)', ratio(0)],
  ['10 %', ratio(0.1)],
  ['50 %, no parent asked', new TraceIdRatioBasedSampler(0.5)],
  ['100 %', new AlwaysOnSampler()],
])('%s', (_, delegate) => {
  it('counts every call and exports what the delegate chose', async () => {
    const witness = new Witness(delegate)
    lab = await startLab({ sampler: (mangopay) => mangopay.sampler(witness) })
    await traffic()
    await expectTruth(lab, { notExported: true })
    const { samplerInUse } = lab.mangopay.snapshot()
    expect(samplerInUse).toBe(true)
    expect(lab.said.filter((line) => line.includes('sampler'))).toEqual([])

    const chosen = witness.decisions.filter(({ decision }) => decision === SamplingDecision.RECORD_AND_SAMPLED)
    const traces = (spans: { traceId: string; kind: SpanKind }[]) => spans.map((s) => `${s.kind} ${s.traceId}`).sort()
    const exported = lab.allSpans().map((span) => ({ traceId: span.spanContext().traceId, kind: span.kind }))
    expect(traces(exported)).toEqual(traces(chosen))
    for (const span of lab.allSpans()) expect(span.spanContext().traceFlags).toBe(TraceFlags.SAMPLED)
    // Every one of ours among them is tagged, none but ours is.
    const clients = lab.allSpans().filter(({ kind }) => kind === SpanKind.CLIENT)
    expect(lab.spans()).toHaveLength(clients.length)
  })
})

it('tells other processors no more than the delegate would, but for our own record-only spans', async () => {
  const ended: ReadableSpan[] = []
  const other: SpanProcessor = {
    onStart: () => {},
    onEnd: (span) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  lab = await startLab({
    sampler: (mangopay) => mangopay.sampler(new AlwaysOffSampler()),
    processors: (mangopay, exporting) => [mangopay, other, exporting],
  })
  await traffic()
  expect(ended.every(({ kind }) => kind === SpanKind.CLIENT)).toBe(true)
  expect(ended.every((span) => span.spanContext().traceFlags === TraceFlags.NONE)).toBe(true)
  expect(lab.allSpans()).toEqual([])
  await expectTruth(lab, { notExported: true })
})

describe('without mangopay.sampler()', () => {
  it('says so, once and in the snapshot, and counts what it is shown', async () => {
    lab = await startLab({ sampler: () => new AlwaysOnSampler() })
    await traffic()
    await expectTruth(lab)
    expect(lab.mangopay.snapshot().samplerInUse).toBe(false)
    expect(lab.said.filter((line) => line.includes('mangopay.sampler() was not asked'))).toHaveLength(1)
  })

  it('loses what a sampler drops: the reason why it is needed', async () => {
    lab = await startLab({ sampler: () => ratio(0.1) })
    await traffic()
    const seen = lab.mangopay.snapshot().environments['lab']?.calls ?? 0
    expect(seen).toBe(lab.spans().length)
    expect(seen).toBeLessThan(lab.mock.log.totals().requests)
  })

  it('says so when another sampler stands in front of it', async () => {
    lab = await startLab({
      sampler: (mangopay) => {
        mangopay.sampler(new AlwaysOffSampler()) // made, and not given to the SDK
        return new AlwaysOnSampler()
      },
    })
    await traffic()
    expect(lab.mangopay.snapshot().samplerInUse).toBe(false)
    expect(lab.said.filter((line) => line.includes('was not asked'))).toHaveLength(1)
  })
})

it('says so when it stands inside of another sampler, which asks it only about roots', async () => {
  lab = await startLab({ sampler: (mangopay) => new ParentBasedSampler({ root: mangopay.sampler(ratio(0.5)) }) })
  await traffic()
  expect(lab.mangopay.snapshot().samplerInUse).toBe(false)
  expect(lab.said.filter((line) => line.includes('was not asked'))).toHaveLength(1)
})

it('propagates to Mangopay what the delegate decided', async () => {
  const sent: unknown[] = []
  const server = createServer((request, response) => {
    sent.push(request.headers['traceparent'])
    response.end('{}')
  })
  const port = await listen(server, 0, '127.0.0.1')
  lab = await startLab({
    hosts: { [`127.0.0.1:${port}`]: 'seen' },
    sampler: (mangopay) => mangopay.sampler(new AlwaysOffSampler()),
  })
  for (const client of ['axios', 'fetch', 'undici'] as const) {
    await lab.call(client, { method: 'GET', url: lab.url('/users', `http://127.0.0.1:${port}`) })
  }
  await stop(server)
  expect(sent).toHaveLength(3)
  for (const header of sent) expect(header).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  expect(lab.mangopay.snapshot().environments['seen']?.calls).toBe(3)
})
