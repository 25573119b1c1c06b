import { reportFailure } from './diagnostics.ts'
import type { MetricSource } from './metrics/instruments.ts'
import { type Cell, type EnvironmentCounts, type Slot, Tally } from './metrics/series.ts'
import type { ResolvedOptions } from './options.ts'
import type { Verdict } from './outcome/outcome.ts'
import { QuotaBook, type QuotaState } from './quota/accounts.ts'
import type { ResponseHeaders } from './quota/headers.ts'
import { type QuotaLowEvent, QuotaWatch } from './quota/low.ts'
import { type SpikeEvent, SpikeWatch } from './rates/spikes.ts'
import { ERROR_KINDS, SlidingWindow } from './rates/window.ts'
import type { ErrorKind } from './snapshot.ts'
import type { Call } from './span/call.ts'
import type { SpanView } from './span/otel.ts'

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

/** How often a call looks at everything: forecasts are not made anew for each one. */
const LOOK_MILLISECONDS = 1000

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
  #lastLook = Number.NEGATIVE_INFINITY

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
  readHeaders(call: Call, headers: ResponseHeaders, span: SpanView, isLate: boolean): string[] | undefined {
    const { environment } = call.rule
    return this.#quota.read(environment, headers, this.now(), () => call.clientId(span), isLate)
  }

  /** Looks whether something has started or ended. */
  look(now: number): Events {
    this.#lastLook = now
    const spikes: SpikeEvent[] = []
    for (const state of this.#environments.values()) spikes.push(...state.spikes.look(now))
    return { spikes, quotas: this.#quotaWatch.look(this.#quota.states(now)) }
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
