import type { Attributes } from '@opentelemetry/api'
import { Notifier } from './callbacks.ts'
import { reportFailure } from './diagnostics.ts'
import { Metrics } from './metrics/connection.ts'
import type { ResolvedOptions } from './options.ts'
import type { Verdict } from './outcome/outcome.ts'
import type { ResponseHeaders } from './quota/headers.ts'
import { report } from './report.ts'
import type { Snapshot } from './snapshot.ts'
import type { Call } from './span/call.ts'
import type { SpanView } from './span/otel.ts'
import { Ledger } from './statistics.ts'

/** Looks for the end of spikes and low quotas when no call does. */
const LOOK_INTERVAL_MILLISECONDS = 1000

/** Takes down what became of each call: counts it, exports it as metrics, and tells the user's callbacks. */
export class Recorder {
  readonly #windowSeconds: number
  readonly #ledger: Ledger
  readonly #metrics: Metrics
  readonly #notifier: Notifier
  #timer: ReturnType<typeof setInterval> | undefined
  #isShutDown = false

  /** @param environments - how many there can be */
  constructor(options: ResolvedOptions, environments: number) {
    this.#windowSeconds = options.spike.windowSeconds
    this.#ledger = new Ledger(options, environments)
    this.#metrics = new Metrics(this.#ledger, options.meterProvider)
    this.#notifier = new Notifier(options)
    // Here and not with the first call, whose request's AsyncLocalStorage it would hold for ever.
    if (this.#notifier.isWanted) {
      this.#timer = setInterval(() => this.look(), LOOK_INTERVAL_MILLISECONDS)
      this.#timer.unref?.()
    }
  }

  /**
   * Counts a call that has ended.
   *
   * @param span - says how long it took
   * @returns what its span is tagged with
   */
  count(span: SpanView, call: Call, verdict: Verdict): Readonly<Attributes> {
    const now = this.#ledger.now()
    const { tags, durationAttributes } = this.#ledger.count(call, verdict, now)
    this.#metrics.record(span, durationAttributes)
    if (this.#isShutDown) return tags // nothing starts any more whose end nobody would tell
    const events = this.#ledger.lookAfter(now)
    if (events !== undefined) void this.#notifier.notify(events)
    return tags
  }

  /** Takes in the headers of a response; returns the quota windows with nothing left. */
  readHeaders(call: Call, headers: ResponseHeaders, span: SpanView, isLate: boolean): string[] | undefined {
    return this.#ledger.readHeaders(call, headers, span, isLate)
  }

  /** Meets a MeterProvider that was set meanwhile, and looks whether something has started or ended. */
  look(): void {
    this.#metrics.connect()
    try {
      if (!this.#isShutDown) void this.#notifier.notify(this.#ledger.look(this.#ledger.now()))
    } catch (error) {
      reportFailure('looking for spikes', error)
    }
  }

  /** The numbers as they stand. */
  snapshot(isSamplerInUse: boolean): Snapshot {
    this.look()
    return report(this.#ledger, this.#windowSeconds, isSamplerInUse)
  }

  /** Ends spikes and low quotas that are under way and stops looking for them. The counters stay readable. */
  async shutdown(): Promise<void> {
    clearInterval(this.#timer)
    this.#isShutDown = true
    this.#metrics.connect()
    try {
      await this.#notifier.notify(this.#ledger.end())
    } catch (error) {
      reportFailure('shutting down', error)
    }
  }
}
