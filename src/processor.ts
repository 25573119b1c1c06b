import { type Attributes, type Context, type Span, SpanKind, trace } from '@opentelemetry/api'
import { Call, isSameRequest } from './call.ts'
import { reportFailure, say } from './guard.ts'
import { asksForSca, type ResponseHeaders, readHeaderAttributes, readResponseHeaders } from './headers.ts'
import { type HostRule, Hosts } from './hosts.ts'
import { Ledger } from './ledger.ts'
import { Instruments } from './metrics.ts'
import { Notifier } from './notifier.ts'
import { type MangopaySpanProcessorOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import type { LiveSpan, Sampler, SpanView } from './otel.ts'
import type { Verdict } from './outcome.ts'
import { report } from './report.ts'
import { CountingSampler } from './sampler.ts'
import type { Snapshot } from './snapshot.ts'
import { tag, tagsOf } from './tags.ts'

/** Stands for a span that is not ours to count, whatever it becomes until it ends. */
const NOT_A_CALL = new Call({ environment: '', port: undefined, prefix: '' })
NOT_A_CALL.ended = true

/** Looks for the end of spikes and low quotas when no call does. */
const LOOK_INTERVAL_MILLISECONDS = 1000

/**
 * A span processor that tags every outgoing Mangopay call with what happened, counts it exactly, and watches the quota.
 * It goes in front of the exporting processors; any number of foreign spans may pass through it.
 *
 * Not one of its methods ever throws, but the constructor and `sampler()` for a wrong argument.
 */
export class MangopaySpanProcessor {
  readonly #options: ResolvedOptions
  readonly #hosts: Hosts
  readonly #ledger: Ledger
  readonly #instruments: Instruments
  readonly #notifier: Notifier
  readonly #samplers: CountingSampler[] = []
  #timer: ReturnType<typeof setInterval> | undefined
  #isShutDown = false
  #saidUnsampled = false

  /** Where a span keeps its call: a property costs nothing measurable, a WeakMap a fifth of a whole span. */
  readonly #key = Symbol('opentelemetry-mangopay.call')
  /** For spans that take no property. */
  readonly #sealed = new WeakMap<object, Call>()
  #hasSealed = false

  /**
   * @param options - every one may be left out
   * @throws TypeError or RangeError naming the option and its value
   */
  constructor(options?: MangopaySpanProcessorOptions) {
    this.#options = resolveOptions(options)
    this.#hosts = new Hosts(this.#options.hosts)
    this.#ledger = new Ledger(this.#options, this.#hosts.environments.size)
    this.#instruments = new Instruments(this.#ledger, this.#options.meterProvider)
    this.#notifier = new Notifier(this.#options)
  }

  /**
   * Wraps a sampler so that calls are counted exactly even when their traces are not exported: a Mangopay client span
   * that the delegate drops is recorded, counted, and not exported. It must be the outermost sampler.
   *
   * @param delegate - decides on everything else; default: the SDK's own default, parent-based always-on
   */
  sampler(delegate?: Sampler): Sampler {
    const sampler = new CountingSampler(this.#hosts, delegate)
    this.#samplers.push(sampler)
    return sampler
  }

  /**
   * Option `responseHook` of both the http and the undici instrumentation. Reads the rate-limit headers, `Date` and
   * whether a 401 asks for strong customer authentication, of Mangopay's answers only, and puts no value of them on
   * the span.
   */
  readonly responseHook = (span: Span, response: unknown): void => {
    try {
      const call = this.#callOf(span)
      if (call === undefined || call.ended) return
      const { request, response: undici } = response as { request?: unknown; response?: unknown }
      const answer = undici ?? response
      call.hooked = true
      call.transfer = (undici === undefined ? response : request) as NonNullable<Call['transfer']>
      const headers = readResponseHeaders(answer)
      if (headers !== undefined) this.#read(call, headers, span as LiveSpan)
    } catch (error) {
      reportFailure('the response hook', error)
    }
  }

  /** Called by the SDK when a span starts: recognises a Mangopay call. */
  onStart(span: LiveSpan, parentContext: Context): void {
    try {
      if (span.kind !== SpanKind.CLIENT) return
      const rule = this.#hosts.find(span.attributes)
      if (rule !== undefined) this.#begin(span, rule, parentContext)
    } catch (error) {
      reportFailure('looking at a span that starts', error)
    }
  }

  /** Called by the SDK (2.3 and later) when a span is about to end: counts and tags it. */
  onEnding(span: LiveSpan): void {
    try {
      const call = this.#callOf(span)
      if (call !== undefined && !call.ended) this.#finish(span, call, true)
    } catch (error) {
      reportFailure('looking at a span that is ending', error)
    }
  }

  /**
   * Called by the SDK when a span has ended. Does what `onEnding` does where the SDK has none or a wrapper drops it,
   * and finds calls whose attributes came late.
   */
  onEnd(span: SpanView): void {
    try {
      if (span.kind !== SpanKind.CLIENT) return
      let call = this.#callOf(span)
      if (call === undefined) {
        const rule = this.#hosts.find(span.attributes)
        if (rule === undefined) return
        call = new Call(rule)
        this.#keep(span, call)
      }
      if (!call.ended) this.#finish(span, call, false)
    } catch (error) {
      reportFailure('looking at a span that has ended', error)
    }
  }

  /** The numbers of this process, as plain data. Takes well under a millisecond. */
  snapshot(): Snapshot {
    this.#look()
    return report(this.#ledger, this.#options.spike.windowSeconds, this.#isSamplerInUse())
  }

  /** Nothing is held back here, so there is nothing to flush but to meet a MeterProvider that was set meanwhile. */
  async forceFlush(): Promise<void> {
    this.#look()
  }

  /**
   * Ends spikes and low quotas that are under way and stops looking for them. The counters stay readable, since the
   * SDK shuts the metrics down after this.
   */
  async shutdown(): Promise<void> {
    clearInterval(this.#timer)
    this.#isShutDown = true
    try {
      this.#instruments.connect()
      await this.#notifier.notify(this.#ledger.end())
    } catch (error) {
      reportFailure('shutting down', error)
    }
  }

  #callOf(span: object): Call | undefined {
    const call = (span as Record<symbol, Call | undefined>)[this.#key]
    return call !== undefined || !this.#hasSealed ? call : this.#sealed.get(span)
  }

  #keep(span: object, call: Call): void {
    if (Object.isExtensible(span)) (span as Record<symbol, Call>)[this.#key] = call
    else {
      this.#sealed.set(span, call)
      this.#hasSealed = true
    }
  }

  #begin(span: LiveSpan, rule: HostRule, parentContext: Context): void {
    if (this.#callOf(span) !== undefined) return
    const call = new Call(rule)
    this.#keep(span, call)
    const parent = trace.getSpan(parentContext) as (Span & Partial<SpanView>) | undefined
    if (parent?.kind !== SpanKind.CLIENT) return
    const outer = this.#callOf(parent)
    if (outer === undefined) {
      this.#keep(parent, NOT_A_CALL) // somebody's own span around this call
    } else if (!outer.ended) {
      call.isDouble = outer.double === undefined && isSameRequest(parent.attributes, span.attributes)
      if (call.isDouble) outer.double = call
      else outer.hasInnerCalls = true
    }
  }

  #read(call: Call, headers: ResponseHeaders, span: SpanView): void {
    call.sca ||= asksForSca(headers)
    call.exhausted = this.#ledger.readHeaders(call, headers, span.attributes)
  }

  #finish(span: SpanView, call: Call, live: boolean): void {
    call.ended = true
    if (!call.hooked) {
      const headers = readHeaderAttributes(span.attributes)
      if (headers !== undefined) this.#read(call, headers, span)
    }
    const own = call.conclude(span)
    // A span that somebody put around requests, with their address on it, is no request.
    if (call.status === undefined && call.double === undefined && call.hasInnerCalls) return
    // And one around a single request knows less of it than the instrumentation's own span.
    const { double } = call
    const known = call.status === undefined && double?.status !== undefined ? double : call
    const verdict = known.verdict ?? own
    const tags = call.isDouble
      ? tagsOf(known.rule.environment, known.operation, known.status, verdict)
      : this.#count(span, known, verdict)
    tag(span, known, tags, this.#options.renameSpans, live)
  }

  #count(span: SpanView, call: Call, verdict: Verdict): Readonly<Attributes> {
    const now = this.#ledger.now()
    const { tags, durationAttributes } = this.#ledger.count(call, verdict, now)
    if (!this.#saidUnsampled) this.#sayUnsampled()
    try {
      const { duration } = span
      if (duration === undefined) this.#instruments.connect()
      else this.#instruments.record(duration[0] + duration[1] / 1e9, durationAttributes)
    } catch (error) {
      reportFailure('the MeterProvider', error)
    }
    if (this.#isShutDown) return tags // nothing starts any more whose end nobody would tell
    const events = this.#ledger.lookAfter(call, now)
    if (events !== undefined) void this.#notifier.notify(events)
    if (this.#timer === undefined && this.#notifier.isWanted) {
      this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL_MILLISECONDS)
      this.#timer.unref?.()
    }
    return tags
  }

  #look(): void {
    try {
      this.#instruments.connect()
      if (!this.#isShutDown) void this.#notifier.notify(this.#ledger.look(this.#ledger.now()))
    } catch (error) {
      reportFailure('looking for spikes', error)
    }
  }

  #isSamplerInUse(): boolean {
    return this.#samplers.some((sampler) => sampler.asked)
  }

  /** Calls that a sampler drops never get here, so all that can be said is whether ours was asked. */
  #sayUnsampled(): void {
    this.#saidUnsampled = true
    if (this.#isSamplerInUse()) return
    say(
      this.#samplers.length === 0
        ? 'mangopay.sampler() is not in use; counts are exact only as long as no sampler drops spans'
        : 'mangopay.sampler() was made but never asked; it must be the outermost sampler, or dropped calls are not counted',
    )
  }
}
