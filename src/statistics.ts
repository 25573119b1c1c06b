import type { CounterSource } from './metrics/counter.ts'
import type { MetricSource, Ratio } from './metrics/instruments.ts'
import { type AccountCounts, RequestCounts, type Series, type Slot } from './metrics/series.ts'
import * as names from './names.ts'
import type { ResolvedOptions } from './options.ts'
import type { Verdict } from './outcome/outcome.ts'
import type { CountUnread } from './outcome/unread.ts'
import { QuotaAccounts, type QuotaState } from './quota/accounts.ts'
import type { ResponseHeaders } from './quota/headers.ts'
import { LowQuotaDetector, type QuotaLowEvent } from './quota/low.ts'
import { SpikeDetector, type SpikeEvent } from './rates/spikes.ts'
import { ERROR_KINDS, SlidingWindow } from './rates/window.ts'
import type { Call } from './request/call.ts'
import type { Result } from './results/result.ts'
import { type ResultSource, Results } from './results/results.ts'
import { type Health, reportFailure } from './warnings.ts'
import { Webhooks } from './webhooks/webhooks.ts'

/** What is known of one account of one environment, without option `accounts` of the whole environment. */
export interface AccountState {
  readonly counts: AccountCounts
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
  readonly health: Health
  readonly #options: ResolvedOptions
  readonly #counts: RequestCounts
  readonly #quota: QuotaAccounts
  readonly #lowQuotas: LowQuotaDetector
  #results: Results | undefined
  /** Undefined when nobody asked for them. */
  readonly webhooks: Webhooks | undefined
  readonly #aliases: ReadonlyMap<string, string> | undefined
  /** By environment, then by account. */
  readonly #environments = new Map<string, Map<string | undefined, AccountState>>()
  /** That of the last call, mostly that of the next one. */
  #latest: AccountState | undefined
  #now = 0
  #lastLook = Number.NEGATIVE_INFINITY

  readonly #countUnread: CountUnread

  constructor(options: ResolvedOptions, environments: number, health: Health, countUnread: CountUnread) {
    this.#options = options
    this.health = health
    this.#countUnread = countUnread
    this.#counts = new RequestCounts(environments, health)
    this.#quota = new QuotaAccounts(options.accounts, health)
    const aliases = new Map(Object.entries(options.accounts))
    this.#aliases = aliases.size === 0 ? undefined : aliases
    this.#lowQuotas = new LowQuotaDetector(options.quota)
    this.#results = options.results ? new Results(() => this.now()) : undefined
    this.webhooks = options.webhooks.size > 0 ? new Webhooks(options.webhooks) : undefined
  }

  /** The clock as it was last looked at. */
  get latest(): number {
    return this.#now
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

  /** What became of payments; undefined when nobody asked for it. */
  get results(): Results | undefined {
    return this.#results
  }

  /** Takes a result that the app tells of, whether bodies are looked at or not. */
  recordResult(object: unknown, about: ResultSource): Result | undefined {
    this.#results ??= new Results(() => this.now())
    const environment = about.environment ?? this.#latest?.counts.environment ?? 'production'
    const account = this.#aliases && this.#knownAlias(about.account)
    const result = this.#results.record(object, { environment, account }, about.operation)
    if (result !== undefined) this.#stateOf(environment, account)
    return result
  }

  counters(): CounterSource[] {
    const { results, webhooks } = this
    this.#countUnread(this.now())
    return [
      this.#counts,
      ...(results === undefined ? [] : [results.counts.results, results.counts.failures]),
      ...(webhooks === undefined ? [] : [webhooks.notifications]),
    ]
  }

  /** Counts a call. */
  count(call: Call, status: number | undefined, verdict: Verdict, now: number): Slot {
    const { operation } = call
    const { counts, window } = this.#stateOf(call.rule.environment, this.accountOf(call))
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
    for (const state of this.accounts()) spikes.push(...state.spikes.look(now))
    return { spikes, quotas: this.#lowQuotas.look(this.#quota.states(now)) }
  }

  /** The same after a call was counted: at once for its account, for the others and for the quota at intervals. */
  lookAfter(now: number): Events | undefined {
    if (now - this.#lastLook >= LOOK_MILLISECONDS) return this.look(now)
    const spikes = this.#latest?.spikes
    return spikes === undefined || spikes.isQuiet ? undefined : { spikes: spikes.look(now), quotas: [] }
  }

  /** Ends whatever has started. */
  end(): Events {
    const now = this.now()
    return {
      spikes: [...this.accounts()].flatMap((state) => state.spikes.end(now)),
      quotas: this.#lowQuotas.end(),
    }
  }

  ratios(): Ratio[] {
    const now = this.now()
    return [...this.accounts()].flatMap(({ counts: { environment, account }, window }) =>
      ERROR_KINDS.map((kind) => ({
        environment,
        account,
        kind,
        count: window.count(now, kind),
        calls: window.calls(now),
      })),
    )
  }

  quotas(): QuotaState[] {
    return this.#quota.states(this.now())
  }

  /** The accounts that were called, in the order of their first call. */
  *accounts(): Generator<AccountState> {
    for (const states of this.#environments.values()) yield* states.values()
  }

  /** The account of a call; undefined without option `accounts`, which costs nothing then. */
  accountOf(call: Call): string | undefined {
    if (this.#aliases === undefined) return undefined
    const { clientId } = call
    return (clientId === undefined ? undefined : this.#aliases.get(clientId)) ?? names.MANGOPAY_ACCOUNT_VALUE_OTHER
  }

  /** An alias that the app names, if it is one: any other text would become a label. */
  #knownAlias(name: string | undefined): string {
    for (const alias of this.#aliases?.values() ?? []) if (alias === name) return alias
    return names.MANGOPAY_ACCOUNT_VALUE_OTHER
  }

  #stateOf(environment: string, account: string | undefined): AccountState {
    const latest = this.#latest?.counts
    if (this.#latest !== undefined && latest?.environment === environment && latest.account === account)
      return this.#latest
    let states = this.#environments.get(environment)
    if (states === undefined) {
      states = new Map()
      this.#environments.set(environment, states)
    }
    let state = states.get(account)
    if (state === undefined) {
      const other = names.MANGOPAY_ACCOUNT_VALUE_OTHER
      const others = account === undefined || account === other ? undefined : this.#stateOf(environment, other).counts
      const window = new SlidingWindow(this.#options.spike.windowSeconds)
      state = {
        counts: this.#counts.account(environment, account, others),
        window,
        spikes: new SpikeDetector(this.#options.spike, environment, window, account),
      }
      states.set(account, state)
    }
    this.#latest = state
    return state
  }
}
