/** Plays a recorded span to a real `MangopaySpanProcessor`, as its SDK line did: start, hook, ending, end. */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import {
  type Attributes,
  type AttributeValue,
  type MeterProvider,
  ROOT_CONTEXT,
  type SpanStatus,
} from '@opentelemetry/api'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import type { RecordedSpan, Recording, Truth } from './record.ts'

/** What the processor says of one request. */
export type Reading = Omit<Truth, 'status'> & {
  retryable?: boolean
  statusText?: string
  environment?: string
  template?: string
}

/** Hosts of the recordings. */
const hosts = { '127.0.0.1': 'recorded', 'api.mangopay.invalid': 'recorded' }

/** A processor that knows the hosts of the recordings. */
export const processorUnderTest = (options?: { meterProvider: MeterProvider }): MangopaySpanProcessor =>
  new MangopaySpanProcessor({ hosts, ...options })

type StartedSpan = Parameters<MangopaySpanProcessor['onStart']>[0]
let traces = 0

/** Stands in for the span of an SDK: attributes that come and go as they did, and nothing that a real one has not. */
class ReplayedSpan {
  readonly kind: number
  name: string
  readonly attributes: Attributes
  status: SpanStatus = { code: 0 }
  readonly events: { name: string; attributes?: Attributes }[] = []
  readonly instrumentationScope: { name: string; version?: string }
  readonly startTime: [number, number] = [1_700_000_000, 0]
  endTime: [number, number] = [0, 0]
  duration: [number, number] = [0, 0]
  ended = false
  readonly #context = { traceId: (++traces).toString(16).padStart(32, '0'), spanId: '1'.repeat(16), traceFlags: 1 }

  constructor(recorded: RecordedSpan, scope: { name: string; version?: string }, attributes: Attributes) {
    this.kind = recorded.kind
    this.name = recorded.name
    this.instrumentationScope = scope
    this.attributes = attributes
  }

  spanContext = () => this.#context
  isRecording = () => !this.ended
  setAttribute(key: string, value: AttributeValue): this {
    // An SDK ignores what comes too late.
    if (!this.ended) this.attributes[key] = value
    return this
  }
  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes)) this.setAttribute(key, value as AttributeValue)
    return this
  }
  setStatus(status: SpanStatus): this {
    if (!this.ended) this.status = status
    return this
  }
  updateName(name: string): this {
    if (!this.ended) this.name = name
    return this
  }
  addEvent(name: string, attributes?: Attributes): this {
    if (!this.ended) this.events.push({ name, ...(attributes && { attributes }) })
    return this
  }
  addLink = () => this
  addLinks = () => this
  recordException = () => {}
  end = () => {}
}

/** Plays one span and reads what was said of it. */
export function replay(
  processor: MangopaySpanProcessor,
  recording: Recording,
  recorded: RecordedSpan,
  withHook: boolean,
): Reading {
  const scope = recording.scopes[recorded.scope] ?? { name: '' }
  const all = Object.entries(recorded.attributes)
  const span = new ReplayedSpan(recorded, scope, Object.fromEntries(all.slice(0, recorded.initial)))
  const live = span as unknown as StartedSpan
  processor.onStart(live, ROOT_CONTEXT)
  const finish = withHook && recorded.hook ? callHook(processor, live, recorded.hook) : () => {}
  for (const [key, value] of all.slice(recorded.initial)) span.attributes[key] = value
  span.status = recorded.status
  span.events.push(...(recorded.events ?? []))
  finish()
  span.endTime = [1_700_000_000, 5_000_000]
  span.duration = [0, 5_000_000]
  if (recording.onEnding) processor.onEnding(live)
  span.ended = true
  processor.onEnd(live)
  return read(span.attributes)
}

function callHook(processor: MangopaySpanProcessor, span: StartedSpan, hook: NonNullable<RecordedSpan['hook']>) {
  const headers = ['Content-Type', 'application/json']
  if (hook.wwwAuthenticate) headers.push('WWW-Authenticate', hook.wwwAuthenticate)
  if (hook.client === 'undici') {
    const request = { completed: false }
    processor.responseHook(span, { request, response: { headers: headers.map((it) => Buffer.from(it)) } } as never)
    return () => {
      request.completed = hook.complete ?? false
    }
  }
  const message = new IncomingMessage(new Socket())
  message.rawHeaders = headers
  for (let at = 0; at < headers.length; at += 2) message.headers[`${headers[at]}`.toLowerCase()] = headers[at + 1]
  message.complete = false
  processor.responseHook(span, message as never)
  return () => {
    message.complete = hook.complete ?? false
  }
}

function read(attributes: Attributes): Reading {
  const said = (name: string) => attributes[name] as never
  const reading: Record<string, unknown> = {
    operation: said('mangopay.operation'),
    outcome: said('mangopay.outcome'),
    category: said('mangopay.error.category'),
    retryable: said('mangopay.error.retryable'),
    statusText: said('mangopay.response.status_text'),
    environment: said('mangopay.environment'),
    template: said('url.template'),
  }
  for (const key of Object.keys(reading)) if (reading[key] === undefined) delete reading[key]
  return reading as unknown as Reading
}
