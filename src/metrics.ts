import { type Attributes, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api'
import * as names from './names.ts'
import type { QuotaState } from './quota-book.ts'
import type { ErrorKind } from './snapshot.ts'
import type { Cell } from './tally.ts'
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.ts'

/**
 * Bounds of the duration histogram in seconds: those of the HTTP conventions for clients, and three above, since a
 * payment call may well take longer than ten seconds and the usual client gives up after thirty.
 */
export const DURATION_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60,
]

/** Where the observable instruments get their values from. */
export interface MetricSource {
  readonly cells: readonly Cell[]
  /** Share of the calls in the sliding window, for each environment and kind. */
  ratios(): { readonly environment: string; readonly kind: ErrorKind; readonly ratio: number }[]
  quotas(): QuotaState[]
}

/** The instruments, made anew with each MeterProvider that is met: there is no proxy for one that is set later. */
export class Instruments {
  readonly #source: MetricSource
  readonly #fixed: MeterProvider | undefined
  readonly #durations = new WeakMap<MeterProvider, Histogram>()
  #provider: MeterProvider | undefined
  #duration: Histogram | undefined

  constructor(source: MetricSource, provider: MeterProvider | undefined) {
    this.#source = source
    this.#fixed = provider
  }

  /** Records how long a call took. */
  record(seconds: number, attributes: Readonly<Attributes>): void {
    this.connect()
    this.#duration?.record(seconds, attributes)
  }

  /**
   * Looks the MeterProvider up. The counters hold everything since the start, so a new one loses nothing. Instruments
   * of an earlier one stay registered: it may have its last interval to export yet.
   */
  connect(): void {
    const provider = this.#fixed ?? metrics.getMeterProvider()
    if (provider === this.#provider) return
    let duration = this.#durations.get(provider)
    if (duration === undefined) {
      duration = this.#create(provider)
      this.#durations.set(provider, duration)
    }
    this.#provider = provider
    this.#duration = duration
  }

  #create(provider: MeterProvider): Histogram {
    const meter = provider.getMeter(PACKAGE_NAME, PACKAGE_VERSION)
    const source = this.#source

    const requests = meter.createObservableCounter(names.METRIC_MANGOPAY_CLIENT_REQUESTS, {
      description: 'Calls to the Mangopay API that have ended',
      unit: '{request}',
    })
    requests.addCallback((result) => {
      for (const cell of source.cells) result.observe(cell.count, cell.attributes)
    })

    const ratio = meter.createObservableGauge(names.METRIC_MANGOPAY_CLIENT_ERROR_RATIO, {
      description: 'Share of this process’s calls in the sliding window that failed, by kind; not to be aggregated',
    })
    ratio.addCallback((result) => {
      for (const { environment, kind, ratio: value } of source.ratios()) {
        result.observe(value, {
          [names.ATTR_MANGOPAY_ERROR_RATIO_KIND]: kind,
          [names.ATTR_MANGOPAY_ENVIRONMENT]: environment,
        })
      }
    })

    const limit = meter.createObservableGauge(names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT, {
      description: 'Calls the account may make in the window',
      unit: '{request}',
    })
    const used = meter.createObservableGauge(names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USED, {
      description: 'Calls the account has made in the window',
      unit: '{request}',
    })
    const remaining = meter.createObservableGauge(names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_REMAINING, {
      description: 'Calls the account has left in the window',
      unit: '{request}',
    })
    const reading = meter.createObservableGauge(names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_READING_TIMESTAMP, {
      description: 'Server time of the response that the window was read from, unix seconds',
    })
    // In one batch, so that all values of a window come from the same response.
    meter.addBatchObservableCallback(
      (result) => {
        for (const quota of source.quotas()) {
          const attributes: Attributes = {
            [names.ATTR_MANGOPAY_RATE_LIMIT_WINDOW]: quota.window,
            [names.ATTR_MANGOPAY_ENVIRONMENT]: quota.environment,
          }
          if (quota.account !== undefined) attributes[names.ATTR_MANGOPAY_ACCOUNT] = quota.account
          result.observe(limit, quota.limit, attributes)
          result.observe(used, quota.used, attributes)
          result.observe(remaining, quota.remaining, attributes)
          result.observe(reading, quota.readingTimestamp, attributes)
        }
      },
      [limit, used, remaining, reading],
    )

    return meter.createHistogram(names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION, {
      description: 'Duration of calls to the Mangopay API',
      unit: 's',
      advice: { explicitBucketBoundaries: [...DURATION_BUCKETS] },
    })
  }
}
