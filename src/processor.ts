import { type Attributes, type Context, type Span, SpanKind, trace } from '@opentelemetry/api'
import { CountedRequests } from './counted-requests.ts'
import { type MangopaySpanProcessorOptions, resolveOptions } from './options.ts'
import { judge } from './outcome/outcome.ts'
import { asksForSca, type ResponseHeaders, readHeaderAttributes, readResponseHeaders } from './quota/headers.ts'
import { Recorder } from './recorder.ts'
import { type HostRule, Hosts } from './request/hosts.ts'
import { knownSource, type ResultSource, resultTags } from './results/results.ts'
import { CountingSampler } from './sampler.ts'
import type { Snapshot } from './snapshot.ts'
import { EndedSpan } from './span/ended-span.ts'
import { clientOf, failureOf, isFromCache, isUnmade, secondsOf, statusOf, type Transfer } from './span/evidence.ts'
import { watchFailedRequests } from './span/failed-request.ts'
import { authorityAsked, isIp } from './span/ip-address.ts'
import { OpenCalls } from './span/open-calls.ts'
import type { LiveSpan, Sampler, SpanView, Taggable } from './span/otel.ts'
import { siblings } from './span/siblings.ts'
import type { Kin, SpanCall, TaggedCall } from './span/span-call.ts'
import { SpanCalls } from './span/span-calls.ts'
import { tag, tagsOf } from './span/tags.ts'
import { Unseen } from './span/unseen.ts'
import { mention, reportFailure } from './warnings.ts'
import { expectSpans, isCountedFromRequest, linkSpan } from './wire/link.ts'

/**
 * A span processor that tags every outgoing Mangopay call with what happened, counts it exactly, and watches the quota.
 * It goes in front of the exporting processors; any number of foreign spans may pass through it. Of several of them that
 * see the same span the first counts it.
 *
 * Not one of its methods ever throws, but the constructor and `sampler()` for a wrong argument.
 */
export class MangopaySpanProcessor {
  readonly #renameSpans: boolean
  readonly #hosts: Hosts
  readonly #calls = new SpanCalls()
  readonly #open = new OpenCalls()
  readonly #recorder: Recorder
  /** Undefined when calls are counted from spans. */
  readonly #requests: CountedRequests | undefined
  readonly #samplers: CountingSampler[] = []
  /** Whether ours was asked about every call that has started so far; undefined before the first. */
  #isSamplerAsked: boolean | undefined
  #saidUnsampled = false
  /** Undefined when calls are counted from requests. */
  readonly #unseen: Unseen | undefined

  /**
   * @param options - every one may be left out
   * @throws TypeError or RangeError naming the option and its value
   */
  constructor(options?: MangopaySpanProcessorOptions) {
    const resolved = resolveOptions(options)
    this.#renameSpans = resolved.renameSpans
    this.#hosts = new Hosts(resolved.hosts)
    this.#recorder = new Recorder(resolved, this.#hosts.environments.size, (now, after) => {
      this.#countUnread(now, after)
      this.#requests?.countUnread(now, after)
    })
    if (resolved.countFrom === 'requests') this.#requests = new CountedRequests(this.#hosts, this.#recorder)
    const { health } = this.#recorder
    this.#hosts.onStranger = (host) => health.note('UNKNOWN_HOST', unknownHost(host))
    if (this.#requests !== undefined) return
    siblings.subscribe()
    watchFailedRequests()
    expectSpans()
    this.#unseen = new Unseen(this.#hosts, (line) => health.note('NO_SPANS', line))
  }

  /**
   * Wraps a sampler so that calls are counted exactly even when their traces are not exported: a Mangopay client span
   * that the delegate drops is recorded, counted, and not exported. It must be the outermost sampler.
   *
   * @param delegate - decides on everything else; default: the SDK's own default, parent-based always-on
   */
  sampler(delegate?: Sampler): Sampler {
    const sampler = new CountingSampler(this.#hosts, this.#recorder.webhooks, delegate)
    this.#samplers.push(sampler)
    return sampler
  }

  /**
   * Option `responseHook` of both the http and the undici instrumentation. Reads the rate-limit headers, `Date`, whether
   * a 401 asks for strong customer authentication and whether the whole body came, of Mangopay's answers only, and puts
   * no value of them on the span.
   */
  readonly responseHook = (span: Span, response: unknown): void => {
    try {
      if (span === undefined) {
        this.#recorder.health.note('RESPONSE_HOOK', CALLED_HOOK)
        return
      }
      const call = this.#calls.of(span) ?? this.#adopt(span as LiveSpan, response)
      if (call === undefined) this.#recorder.webhooks?.answer(span, response)
      if (call === undefined || call.ended) return
      const { request, response: undici } = response as { request?: unknown; response?: unknown }
      const answer = undici ?? response
      const headers = readResponseHeaders(answer)
      call.answer ??= { span, transfer: undefined }
      if (headers === undefined || call.answer.span !== span) return
      call.answer.transfer = (undici === undefined ? response : request) as Transfer
      call.isAnswered = true
      this.#read(call, headers, span as LiveSpan, false)
      call.since = this.#recorder.latest
      this.#observe(call, response as object, request as object, undici as UndiciResponse)
    } catch (error) {
      reportFailure('the response hook', error)
    }
  }

  /** Called by the SDK when a span starts: recognises a Mangopay call. */
  onStart(span: LiveSpan, parentContext: Context): void {
    try {
      if (!isClient(span)) {
        if (span.kind === SpanKind.SERVER) this.#startNotification(span, parentContext)
        return
      }
      const rule = this.#hosts.find(span.attributes)
      if (rule === undefined) return
      this.#isSamplerAsked = this.#wasAskedAbout(rule) && this.#isSamplerAsked !== false
      const client = clientOf(span)
      this.#unseen?.started(client, this.#isSamplerAsked)
      const call = this.#calls.begin(span, rule, client, parentContext)
      if (call !== undefined) {
        this.#open.add(call, span)
        linkSpan(call, span.attributes)
      }
    } catch (error) {
      reportFailure('looking at a span that starts', error)
    }
  }

  /** Called by the SDK (2.3 and later) when a span is about to end: counts and tags it. */
  onEnding(span: LiveSpan): void {
    try {
      if (span.kind === SpanKind.SERVER) {
        this.#endNotification(span, span)
        return
      }
      const call = this.#calls.of(span)
      if (call === undefined) return
      if (this.#isOpen(call)) this.#finish(span, call, span)
      else this.#finishTwin(span, call, span)
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
      if (!isClient(span)) {
        if (span.kind === SpanKind.SERVER) this.#endNotification(span, new EndedSpan(span))
        return
      }
      let call = this.#calls.of(span)
      if (call === undefined) {
        const rule = this.#hosts.find(span.attributes)
        if (rule === undefined) return
        call = this.#calls.keep(span, rule)
      }
      if (this.#isOpen(call)) this.#finish(span, call, new EndedSpan(span))
      else if (call.kin?.isDoubled === true) this.#finishTwin(span, call, new EndedSpan(span))
    } catch (error) {
      reportFailure('looking at a span that has ended', error)
    }
  }

  /**
   * Counts what became of a payment, and tags the active span, where the body of an answer cannot be seen: Node's own
   * `fetch` before Node 24, or a client without instrumentation. What has been counted already, by its `Id` and `Status`, is
   * not counted again; an object that was only read counts once its status is final, and only within its first week.
   *
   * @param object - what Mangopay answered with, such as a pay-in; anything else is ignored
   * @param about - which call it came from; without it, only a transaction is known, by its `Type`
   */
  recordResult(object: unknown, about?: ResultSource): void {
    try {
      const result = this.#recorder.recordResult(object, knownSource(about, this.#hosts))
      if (result !== undefined) trace.getActiveSpan()?.setAttributes(resultTags(result))
    } catch (error) {
      reportFailure('recordResult', error)
    }
  }

  /** The numbers of this process, as plain data. Takes well under a millisecond. */
  snapshot(): Snapshot {
    return this.#recorder.snapshot(this.#isSamplerAsked === true)
  }

  /**
   * Meets a MeterProvider that was set meanwhile; looks for spikes and low quotas. Answers that nobody has read so far
   * are counted now, by their status, since the process may end next. Nothing else is held back here.
   */
  async forceFlush(): Promise<void> {
    this.#unseen?.look()
    this.#recorder.flush()
  }

  /**
   * Counts answers that nobody has read so far, by their status. Ends spikes and low quotas that are under way and stops
   * looking for them. The counters stay readable, since the SDK shuts the metrics down after this.
   */
  async shutdown(): Promise<void> {
    this.#requests?.stop()
    this.#unseen?.stop()
    await this.#recorder.shutdown()
  }

  /** Whether it is still to be counted, and by us: another processor may have other hosts. */
  #isOpen(call: SpanCall): boolean {
    return !call.ended && call.rule.list === this.#hosts
  }

  #read(call: SpanCall, headers: ResponseHeaders, span: SpanView, isLate: boolean): void {
    call.look(span)
    call.sca ||= asksForSca(headers)
    if (!isCountedFromRequest(span.attributes)) call.exhausted = this.#recorder.readHeaders(call, headers, isLate)
  }

  /** Looks at the body of an answer that tells of a payment, if somebody asked for it. */
  #observe(call: SpanCall, message: object, request: object, undici: UndiciResponse | undefined): void {
    call.observation = this.#recorder.observe(
      call,
      undici === undefined
        ? { carrier: message, undiciHeaders: undefined, status: (message as { statusCode?: number }).statusCode }
        : { carrier: request, undiciHeaders: undici.headers, status: undici.statusCode },
    )
  }

  #startNotification(span: LiveSpan, parentContext: Context): void {
    const { webhooks } = this.#recorder
    if (webhooks === undefined) return
    this.#recorder.connect() // with any request of the app: its zeros are to be there before the first notification
    webhooks.start(span, parentContext)
  }

  #endNotification(span: SpanView, target: Taggable): void {
    const tags = this.#recorder.webhooks?.end(span, secondsOf(span))
    if (tags !== undefined) target.setAttributes(tags)
  }

  /** Those are counted now whose answer nobody reads: their spans may never end. */
  #countUnread(now: number, after?: number): void {
    for (const [call, span] of this.#open.unread(now, after)) {
      try {
        if (this.#isOpen(call) && call.kin?.isAround !== true) this.#finish(span, call, span, true)
      } catch (error) {
        reportFailure('looking at a span that does not end', error)
      }
    }
  }

  #finish(span: SpanView, call: SpanCall, target: Taggable, isUnread = false): void {
    call.ended = true
    this.#open.delete(call)
    const { kin, answer } = call
    const transfer = answer?.transfer
    if (kin?.request !== undefined) call.observation ??= kin.request.observation
    call.observation?.settle?.()
    if (transfer === undefined) {
      const headers = readHeaderAttributes(span.attributes)
      if (headers !== undefined) this.#read(call, headers, span, true)
    }
    call.look(span)
    call.status = statusOf(span.attributes)
    // An answer that has not ended is none that was cut.
    call.failure = failureOf(span, call.status, isUnread ? undefined : transfer)
    if (answer !== undefined) answer.transfer = undefined
    if (kin?.isAround === true) this.#pass(span, call, kin, target)
    else if (isFromCache(span, call)) return
    else if (isCountedFromRequest(span.attributes)) this.#show(span, call, target)
    else if (isUnmade(span, call)) {
      this.#isSamplerAsked = false
      this.#recorder.health.note('UNSAMPLED_SPANS', UNMADE)
    } else this.#count(span, call, target, isUnread ? undefined : secondsOf(span))
  }

  /** The second of two spans of one request. */
  #finishTwin(span: SpanView, call: SpanCall, target: Taggable): void {
    const { kin } = call
    if (kin?.isDoubled !== true || kin.tags === undefined) return
    this.#recorder.health.note('DOUBLED_SPANS', DOUBLED)
    tag(target, span, call, kin.tags, this.#renameSpans)
  }

  #count(span: SpanView, call: SpanCall, target: Taggable, seconds: number | undefined): void {
    const slot = this.#recorder.count(call, seconds)
    slot.tags ??= tagsOf(call, slot.verdict)
    if (call.kin !== undefined) call.kin.tags = slot.tags
    if (this.#isSamplerAsked !== true) this.#sayUnasked()
    this.#tag(span, call, target, call, slot.tags)
  }

  /** The request is what counts: its span is tagged with what was counted, or with what it says itself until then. */
  #show(span: SpanView, call: SpanCall, target: Taggable): void {
    const request = call.kin?.request
    if (request?.tags !== undefined) this.#tag(span, call, target, request, request.tags)
    else if (!isUnmade(span, call)) this.#tag(span, call, target, call, tagsOf(call, judge(call)))
  }

  #tag(span: SpanView, call: SpanCall, target: Taggable, told: TaggedCall, tags: Readonly<Attributes>): void {
    const outer = call.kin?.outer
    if (outer !== undefined) outer.relate().within = { call: told, tags }
    tag(target, span, told, tags, this.#renameSpans)
    tagResult(target, told)
  }

  /** A span around other calls is none itself: it is tagged with what the last one within was. */
  #pass(span: SpanView, call: SpanCall, { within, outer }: Kin, target: Taggable): void {
    if (within !== undefined) {
      if (outer !== undefined) outer.relate().within = within
      tag(target, span, within.call, within.tags, this.#renameSpans)
      tagResult(target, within.call)
    } else if (call.status !== undefined) {
      // It ends first, as one does that somebody put around `fetch`: all that is known is what it says itself.
      tag(target, span, call, tagsOf(call, judge(call)), this.#renameSpans)
    }
  }

  /** The SDK asks its sampler, and starts the span in the same breath: what a sampler of ours was asked last is it. */
  #wasAskedAbout(rule: HostRule): boolean {
    let wasAsked = false
    for (const sampler of this.#samplers) {
      const { lastClient } = sampler
      sampler.lastClient = undefined
      wasAsked ||= lastClient !== undefined && this.#hosts.find(lastClient) === rule
    }
    return wasAsked
  }

  /** One line, the first time that a sampler may have dropped calls. Without any, all may be right. */
  #sayUnasked(): void {
    if (this.#saidUnsampled) return
    this.#saidUnsampled = true
    if (this.#samplers.length === 0) mention(UNASKED)
    else this.#recorder.health.note('SAMPLER', UNASKED)
  }

  /**
   * Makes a call of a span whose host is an IP address, as undici's `interceptors.dns()` makes it and some apps do, where
   * the request names Mangopay. Without an answer nobody hears of it.
   */
  #adopt(span: LiveSpan, response: unknown): SpanCall | undefined {
    if (!isClient(span) || !isIp(span.attributes)) return undefined
    const authority = authorityAsked(response)
    if (authority === undefined) return undefined
    const { attributes } = span
    const url = String(attributes['url.full'] ?? attributes['http.url'] ?? '')
    const rule = this.#hosts.findRequest(authority, url.startsWith('http:'), url.slice(url.indexOf('/', 8)))
    if (rule === undefined) return undefined
    this.#recorder.health.note('IP_ADDRESS', IP_ADDRESS)
    this.#isSamplerAsked = false // a sampler sees no name either
    this.#saidUnsampled = true
    const call = this.#calls.keep(span, rule)
    this.#open.add(call, span)
    return call
  }
}

/** Whether a span is of a request that the app makes. Sentry 10 starts its own without a kind. */
const isClient = ({ kind, attributes }: SpanView) =>
  kind === SpanKind.CLIENT || (kind === SpanKind.INTERNAL && attributes?.['otel.kind'] === 'CLIENT')

/** The response of undici, as its channels hand it out. */
interface UndiciResponse {
  readonly headers: readonly unknown[]
  readonly statusCode?: number
}

function tagResult(target: Taggable, { observation }: TaggedCall): void {
  if (observation?.result !== undefined) target.setAttributes(resultTags(observation.result))
}

/** Calls that a sampler drops never get here, so all that can be said is whether ours was asked about the others. */
const UNASKED =
  'mangopay.sampler() was not asked about a call; without it as the outermost sampler, calls that a sampler drops are not counted'

const CALLED_HOOK =
  'responseHook was called without a span: hand it over, responseHook: mangopay.responseHook, without parentheses'

const IP_ADDRESS =
  'calls to Mangopay go to an IP address: they are counted by the Host header of the request once an answer is there; without one, or where a sampler drops them, they are not'

const unknownHost = (host: string) =>
  `calls to ${host.slice(0, 100)} are not counted; if that is Mangopay’s API, name its environment: hosts: { "${host.slice(0, 100)}": "production" }`

const DOUBLED =
  'two instrumentations of undici make a span each of every request: it is counted once. Remove one, such as the one among auto-instrumentations: getNodeAutoInstrumentations({ "@opentelemetry/instrumentation-undici": { enabled: false } })'

const UNMADE =
  'spans that are not sampled end before their request is made (as those of @vercel/otel do): such calls are not counted'
