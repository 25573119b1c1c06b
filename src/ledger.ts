import type { Call } from './call.ts'
import { reportFailure } from './guard.ts'
import type { ResponseHeaders } from './headers.ts'
import type { MetricSource } from './meter.ts'
import type { ResolvedOptions } from './options.ts'
import type { SpanView } from './otel.ts'
import type { Verdict } from './outcome.ts'
import { QuotaBook, type QuotaState } from './quota-book.ts'
import { type QuotaLowEvent, QuotaWatch } from './quota-watch.ts'
import type { ErrorKind } from './snapshot.ts'
import { type SpikeEvent, SpikeWatch } from './spikes.ts'
import { type Cell, type EnvironmentCounts, type Slot, Tally } from './tally.ts'
import { ERROR_KINDS, SlidingWindow } from './window.ts'

/** What is known of one environment. */
interface EnvironmentState {
  readonly counts: EnvironmentCounts
  readonly window: SlidingWindow
  readonly spikes: SpikeWatch
}

/** What started or ended since the last look. */
export interface Events {
  readonly spikes: readonly SpikeEvent[]
  readonly quotas: readonly QuotaLowEvent[]
}

/** Forecasts are not made anew for each call. */
const QUOTA_LOOK_MILLISECONDS = 1000

/** Everything this process knows of its Mangopay calls: counts, rates, quota, and what is out of the ordinary. */
export class Ledger implements MetricSource {
  readonly #options: ResolvedOptions
  readonly #tally: Tally
  readonly #quota: QuotaBook
  readonly #quotaWatch: QuotaWatch
  readonly #environments = new Map<string, EnvironmentState>()
  /** That of the last call, mostly that of the next one. */
  #latest: EnvironmentState | undefined
  #now = 0
  #lastQuotaLook = Number.NEGATIVE_INFINITY

  constructor(options: ResolvedOptions, environments: number) {
    this.#options = options
    this.#tally = new Tally(environments)
    this.#quota = new QuotaBook(options.accounts)
    this.#quotaWatch = new QuotaWatch(options.quota)
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

  get cells(): readonly Cell[] {
    return this.#tally.cells
  }

  get limit(): number {
    return this.#tally.limit
  }

  /** Counts a call. */
  count(call: Call, verdict: Verdict, now: number): Slot {
    const { status, operation } = call
    const { counts, window } = this.#environment(call.rule.environment)
    window.add(now, operation.name, status, verdict)
    return this.#tally.count(counts, operation, call.write, status, verdict)
  }

  /** Takes in the headers of a response; returns the windows with nothing left. */
  readHeaders(call: Call, headers: ResponseHeaders, span: SpanView): string[] | undefined {
    const { environment } = call.rule
    return this.#quota.read(environment, headers, this.now(), () => call.clientId(span))
  }

  /** Looks whether something has started or ended. */
  look(now: number): Events {
    this.#lastQuotaLook = now
    const spikes: SpikeEvent[] = []
    for (const state of this.#environments.values()) spikes.push(...state.spikes.look(now))
    return { spikes, quotas: this.#quotaWatch.look(this.#quota.states(now)) }
  }

  /**
   * The same after a call was counted: only in its environment, and not at every forecast. Undefined when there is
   * nothing.
   */
  lookAfter(now: number): Events | undefined {
    const spikes = this.#latest?.spikes
    const isTime = now - this.#lastQuotaLook >= QUOTA_LOOK_MILLISECONDS
    return spikes !== undefined && (isTime || !spikes.isQuiet) ? this.#eventsOf(spikes, now, isTime) : undefined
  }

  #eventsOf(watch: SpikeWatch, now: number, isTime: boolean): Events | undefined {
    const spikes = watch.look(now)
    if (!isTime) return spikes.length === 0 ? undefined : { spikes, quotas: [] }
    this.#lastQuotaLook = now
    return { spikes, quotas: this.#quotaWatch.look(this.#quota.states(now)) }
  }

  /** Ends whatever has started. */
  end(): Events {
    const now = this.now()
    return {
      spikes: [...this.#environments.values()].flatMap((state) => state.spikes.end(now)),
      quotas: this.#quotaWatch.end(),
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
        counts: this.#tally.environment(name),
        window,
        spikes: new SpikeWatch(this.#options.spike, name, window),
      }
      this.#environments.set(name, state)
    }
    this.#latest = state
    return state
  }
}
