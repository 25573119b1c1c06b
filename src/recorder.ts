import { Callbacks } from './callbacks.ts'
import { MeterConnection } from './metrics/connection.ts'
import type { Slot } from './metrics/series.ts'
import type { CountFrom, ResolvedOptions } from './options.ts'
import { type Evidence, judge } from './outcome/outcome.ts'
import type { CountUnread } from './outcome/unread.ts'
import type { ResponseHeaders } from './quota/headers.ts'
import type { Call } from './request/call.ts'
import type { Observation } from './results/answers.ts'
import type { Result } from './results/result.ts'
import type { Answer, ResultSource } from './results/results.ts'
import { noteRuntime } from './runtime.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { CallStatistics } from './statistics.ts'
import { Health, reportFailure } from './warnings.ts'
import type { Webhooks } from './webhooks/webhooks.ts'

/** Looks for the end of spikes and low quotas when no call does. */
const LOOK_INTERVAL_MILLISECONDS = 1000

/** Takes down what became of each call: counts it, exports it as metrics, and tells the user's callbacks. */
export class Recorder {
  readonly health = new Health()
  readonly #windowSeconds: number
  readonly #looksAtResults: boolean
  readonly #countFrom: CountFrom
  readonly #statistics: CallStatistics
  readonly #connection: MeterConnection
  readonly #callbacks: Callbacks
  #timer: ReturnType<typeof setInterval> | undefined
  #isShutDown = false

  readonly #countUnread: CountUnread

  /**
   * @param environments - how many there can be
   * @param countUnread - counts the calls that do not end; called before anybody looks at the numbers
   */
  constructor(options: ResolvedOptions, environments: number, countUnread: CountUnread) {
    this.#windowSeconds = options.spike.windowSeconds
    this.#looksAtResults = options.results
    this.#countUnread = countUnread
    this.#countFrom = options.countFrom
    this.#statistics = new CallStatistics(options, environments, this.health, countUnread)
    this.#connection = new MeterConnection(this.#statistics, options.meterProvider)
    this.#callbacks = new Callbacks(options)
    noteRuntime(this.health)
    // Here and not with the first call, whose request's AsyncLocalStorage it would hold for ever.
    if (this.#callbacks.isWanted) {
      this.#timer = setInterval(() => this.look(), LOOK_INTERVAL_MILLISECONDS)
      this.#timer.unref?.()
    }
  }

  /**
   * Judges a call that has ended and counts it: the one place, whoever tells of it.
   *
   * @param seconds - how long it took; undefined when nobody knows
   */
  count(call: Call & Evidence, seconds: number | undefined): Slot {
    this.#connection.connect() // first: the call belongs to the MeterProvider that is there when it ends
    const now = this.#statistics.now()
    const slot = this.#statistics.count(call, call.status, judge(call), now)
    if (seconds !== undefined) this.#connection.record(seconds, slot.durationAttributes)
    if (this.#isShutDown) return slot // nothing starts any more whose end nobody would tell
    const events = this.#statistics.lookAfter(now)
    if (events !== undefined) void this.#callbacks.notify(events)
    return slot
  }

  /** The clock as it was last looked at, which costs nothing. */
  get latest(): number {
    return this.#statistics.latest
  }

  /** The clock. */
  now(): number {
    return this.#statistics.now()
  }

  /** Looks at the body of an answer for what became of a payment, if somebody asked for that. */
  observe(call: Call, answer: Answer): Observation | undefined {
    if (!this.#looksAtResults) return undefined
    const scope = { environment: call.rule.environment, account: this.#statistics.accountOf(call) }
    return this.#statistics.results?.observe(answer, scope, call.operation.name)
  }

  /** Counts what the app says became of a payment. */
  recordResult(object: unknown, about: ResultSource): Result | undefined {
    this.#connection.connect()
    return this.#statistics.recordResult(object, about)
  }

  /** What became of notifications; undefined when nobody asked for it. */
  get webhooks(): Webhooks | undefined {
    return this.#statistics.webhooks
  }

  /** Meets a MeterProvider that was set meanwhile. */
  connect(): void {
    this.#connection.connect()
  }

  /** Takes in the headers of a response; returns the quota windows with nothing left. */
  readHeaders(call: Call, headers: ResponseHeaders, isLate: boolean): string[] | undefined {
    return this.#statistics.readHeaders(call, headers, isLate)
  }

  /** Meets a MeterProvider that was set meanwhile, and looks whether something has started or ended. */
  look(): void {
    this.#connection.connect()
    try {
      const now = this.now()
      this.#countUnread(now)
      if (!this.#isShutDown) void this.#callbacks.notify(this.#statistics.look(now))
    } catch (error) {
      reportFailure('looking for spikes', error)
    }
  }

  /** The same before the process may end: what nobody has read until now, nobody will. */
  flush(): void {
    this.#countUnread(this.now(), 0)
    this.look()
  }

  /** The numbers as they stand. */
  snapshot(isSamplerInUse: boolean): Snapshot {
    this.look()
    const snapshot = takeSnapshot(this.#statistics, this.#windowSeconds, this.#countFrom, isSamplerInUse)
    return { ...snapshot, health: this.health.problems }
  }

  /** Ends spikes and low quotas that are under way and stops looking for them. The counters stay readable. */
  async shutdown(): Promise<void> {
    clearInterval(this.#timer)
    this.flush()
    this.#isShutDown = true
    try {
      await this.#callbacks.notify(this.#statistics.end())
    } catch (error) {
      reportFailure('shutting down', error)
    }
  }
}
