import { CountedRequests } from './counted-requests.ts'
import { type MangopaySpanProcessorOptions, resolveOptions } from './options.ts'
import { Recorder } from './recorder.ts'
import { Hosts } from './request/hosts.ts'
import { knownSource, type ResultSource } from './results/results.ts'
import type { Snapshot } from './snapshot.ts'
import { reportFailure } from './warnings.ts'

/** Options of `MangopayClientMonitor`: those of the span processor, without what concerns spans. */
export type MangopayClientMonitorOptions = Omit<MangopaySpanProcessorOptions, 'renameSpans' | 'countFrom' | 'webhooks'>

/**
 * Counts every outgoing Mangopay call of this process and watches the quota, without any tracing: from the requests
 * themselves, as Node publishes them. For apps with metrics only, or with a tracer that is not OpenTelemetry's.
 *
 * It watches from the moment it is made. Several of them, in however many copies of this package, count each request
 * once. Its methods never throw, but the constructor for a wrong argument.
 */
export class MangopayClientMonitor {
  readonly #hosts: Hosts
  readonly #recorder: Recorder
  readonly #requests: CountedRequests

  /**
   * @param options - every one may be left out
   * @throws TypeError or RangeError naming the option and its value
   */
  constructor(options?: MangopayClientMonitorOptions) {
    const resolved = {
      ...resolveOptions(options, ['renameSpans', 'countFrom', 'webhooks']),
      countFrom: 'requests' as const,
    }
    const hosts = new Hosts(resolved.hosts)
    this.#hosts = hosts
    this.#recorder = new Recorder(resolved, hosts.environments.size, (now, after) =>
      this.#requests.countUnread(now, after),
    )
    this.#requests = new CountedRequests(hosts, this.#recorder)
  }

  /**
   * Counts what became of a payment where the body of an answer cannot be seen: Node's own `fetch` before Node 24. What
   * has been counted already, by its `Id` and `Status`, is not counted again.
   *
   * @param object - what Mangopay answered with, such as a pay-in; anything else is ignored
   * @param about - which call it came from; without it, only a transaction is known, by its `Type`
   */
  recordResult(object: unknown, about?: ResultSource): void {
    try {
      this.#recorder.recordResult(object, knownSource(about, this.#hosts))
    } catch (error) {
      reportFailure('recordResult', error)
    }
  }

  /** The numbers of this process, as plain data. Takes well under a millisecond. */
  snapshot(): Snapshot {
    return this.#recorder.snapshot(false)
  }

  /**
   * Meets a MeterProvider that was set meanwhile; looks for spikes and low quotas. Answers that nobody has read so far
   * are counted now, by their status. Nothing else is held back here.
   */
  async forceFlush(): Promise<void> {
    this.#recorder.flush()
  }

  /**
   * Counts no request that begins from now on; those under way are counted when they end, and answers that nobody has
   * read are counted now, by their status. Ends spikes and low quotas. The counters stay readable, for the metrics are
   * shut down after this.
   */
  async shutdown(): Promise<void> {
    this.#requests.stop()
    await this.#recorder.shutdown()
  }
}
