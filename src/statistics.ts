import { reportFailure } from './diagnostics.ts'
import type { Counter } from './metrics/counter.ts'
import type { MetricSource } from './metrics/instruments.ts'
import { type EnvironmentCounts, RequestCounts, type Series, type Slot } from './metrics/series.ts'
import type { ResolvedOptions } from './options.ts'
import type { Verdict } from './outcome/outcome.ts'
import { QuotaAccounts, type QuotaState } from './quota/accounts.ts'
import type { ResponseHeaders } from './quota/headers.ts'
import { LowQuotaDetector, type QuotaLowEvent } from './quota/low.ts'
import { SpikeDetector, type SpikeEvent } from './rates/spikes.ts'
import { ERROR_KINDS, type ErrorKind, SlidingWindow } from './rates/window.ts'
import type { Call } from './request/call.ts'
import type { Result } from './results/result.ts'
import { type ResultSource, Results } from './results/results.ts'
import { Webhooks } from './webhooks/webhooks.ts'

/** What is known of one environment. */
interface EnvironmentState {
  readonly counts: EnvironmentCounts
  readonly window: SlidingWindow
  readonly spikes: SpikeDetector
}

/** What started or ended since the last look. */
export interface Events {
  readonly spikes: readonly SpikeEvent[]
  readonly quotas: readonly QuotaLowEvent[]
}

/** How often a call looks at everything: forecasts are not made anew for each one. */
const LOOK_MILLISECONDS = 1000

/** Everything this process knows of its Mangopay calls: counts, rates, quota, and what is out of the ordinary. */
export class CallStatistics implements MetricSource {
  readonly #options: ResolvedOptions
  readonly #counts: RequestCounts
  readonly #quota: QuotaAccounts
  readonly #lowQuotas: LowQuotaDetector
  #results: Results | undefined
  /** Undefined when nobody asked for them. */
  readonly webhooks: Webhooks | undefined
  readonly #environments = new Map<string, EnvironmentState>()
  /** That of the last call, mostly that of the next one. */
  #latest: EnvironmentState | undefined
  #now = 0
  #lastLook = Number.NEGATIVE_INFINITY

  readonly #countUnread: (now: number) => void

  constructor(options: ResolvedOptions, environments: number, countUnread: (now: number) => void) {
    this.#options = options
    this.#countUnread = countUnread
    this.#counts = new RequestCounts(environments)
    this.#quota = new QuotaAccounts(options.accounts)
    this.#lowQuotas = new LowQuotaDetector(options.quota)
    this.#results = options.results ? new Results(() => this.now()) : undefined
    this.webhooks = options.webhooks.length > 0 ? new Webhooks(options.webhooks) : undefined
  }

  /** The clock; it never goes back and never fails, even if the one given does. */
  now(): number {
    try {
      const now = this.#options.clock()
      if (now > this.#now && Number.isFinite(now)) this.#now = now
    } catch (error) {
      reportFailure('option clock', error)
    }
    return this.#now
  }

  series(): readonly Series[] {
    this.#countUnread(this.now())
    return this.#counts.series
  }

  get limit(): number {
    return this.#counts.limit
  }

  /** What became of payments; undefined when nobody asked for it. */
  get results(): Results | undefined {
    return this.#results
  }

  /** Takes a result that the app tells of, whether bodies are looked at or not. */
  recordResult(object: unknown, about: ResultSource): Result | undefined {
    this.#results ??= new Results(() => this.now())
    const environment = about.environment ?? this.#latest?.counts.environment ?? 'production'
    const result = this.#results.record(object, { ...about, environment })
    if (result !== undefined) this.#environment(environment)
    return result
  }

  get counters(): Counter[] {
    const { results, webhooks } = this
    return [
      ...(results === undefined ? [] : [results.counts.results, results.counts.failures]),
      ...(webhooks === undefined ? [] : [webhooks.notifications]),
    ]
  }

  /** Counts a call. */
  count(call: Call, status: number | undefined, verdict: Verdict, now: number): Slot {
    const { operation } = call
    const { counts, window } = this.#environment(call.rule.environment)
    window.add(now, operation.name, status, verdict)
    return this.#counts.count(counts, operation, call.write, status, verdict)
  }

  /** Takes in the headers of a response; returns the windows with nothing left. */
  readHeaders(call: Call, headers: ResponseHeaders, isLate: boolean): string[] | undefined {
    return this.#quota.read(call.rule.environment, headers, this.now(), () => call.clientId, isLate)
  }

  /** Looks whether something has started or ended. */
  look(now: number): Events {
    this.#lastLook = now
    const spikes: SpikeEvent[] = []
    for (const state of this.#environments.values()) spikes.push(...state.spikes.look(now))
    return { spikes, quotas: this.#lowQuotas.look(this.#quota.states(now)) }
  }

  /** The same after a call was counted: at once in its environment, in the others and for the quota at intervals. */
  lookAfter(now: number): Events | undefined {
    if (now - this.#lastLook >= LOOK_MILLISECONDS) return this.look(now)
    const spikes = this.#latest?.spikes
    return spikes === undefined || spikes.isQuiet ? undefined : { spikes: spikes.look(now), quotas: [] }
  }

  /** Ends whatever has started. */
  end(): Events {
    const now = this.now()
    return {
      spikes: [...this.#environments.values()].flatMap((state) => state.spikes.end(now)),
      quotas: this.#lowQuotas.end(),
    }
  }

  ratios(): { environment: string; kind: ErrorKind; count: number; calls: number }[] {
    const now = this.now()
    return [...this.#environments].flatMap(([environment, { window }]) =>
      ERROR_KINDS.map((kind) => ({ environment, kind, count: window.count(now, kind), calls: window.calls(now) })),
    )
  }

  quotas(): QuotaState[] {
    return this.#quota.states(this.now())
  }

  /** The environments that were called. */
  get environments(): ReadonlyMap<string, EnvironmentState> {
    return this.#environments
  }

  #environment(name: string): EnvironmentState {
    if (this.#latest?.counts.environment === name) return this.#latest
    let state = this.#environments.get(name)
    if (state === undefined) {
      const window = new SlidingWindow(this.#options.spike.windowSeconds)
      state = {
        counts: this.#counts.environment(name),
        window,
        spikes: new SpikeDetector(this.#options.spike, name, window),
      }
      this.#environments.set(name, state)
    }
    this.#latest = state
    return state
  }
}
