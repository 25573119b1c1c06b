import { type Attributes, createNoopMeter, type Histogram, type Meter, type MetricOptions } from '@opentelemetry/api'
import * as names from '../names.ts'
import type { QuotaState } from '../quota/accounts.ts'
import type { ErrorKind } from '../rates/window.ts'
import { type Counter, showCounter } from './counter.ts'
import { MergedSeries } from './merged-series.ts'
import type { Series } from './series.ts'

/**
 * Bounds of the duration histogram in seconds: those of the HTTP conventions for clients, and three above, since a
 * payment call may well take longer than ten seconds and the usual client gives up after thirty.
 */
export const DURATION_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60,
]

/** Description and unit of every instrument. */
export const INSTRUMENTS: Readonly<Record<string, MetricOptions>> = {
  [names.METRIC_MANGOPAY_CLIENT_REQUESTS]: {
    description: 'Calls to the Mangopay API that have ended.',
    unit: '{request}',
  },
  [names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION]: { description: 'Duration of calls to the Mangopay API.', unit: 's' },
  [names.METRIC_MANGOPAY_CLIENT_ERROR_RATIO]: {
    description: 'Share of this process’s calls in the sliding window that failed, by kind; not to be aggregated.',
    unit: '1',
  },
  [names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT]: {
    description: 'Calls the account may make in the window.',
    unit: '{request}',
  },
  [names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE]: {
    description: 'Calls the account has made in the window.',
    unit: '{request}',
  },
  [names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_REMAINING]: {
    description: 'Calls the account has left in the window.',
    unit: '{request}',
  },
  // No unit, so that both exporters spell it alike.
  [names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_READING_TIMESTAMP]: {
    description: 'Server time of the response that the window was read from, unix seconds.',
  },
}

/** Where the observable instruments get their values from. */
export interface MetricSource {
  /** Every series, with the calls up to now. */
  series(): readonly Series[]
  /** Most attribute sets of them to show. */
  readonly limit: number
  /** Calls in the sliding window, and how many of them failed, for each environment and kind. */
  ratios(): { readonly environment: string; readonly kind: ErrorKind; readonly count: number; readonly calls: number }[]
  quotas(): QuotaState[]
  /** What else is counted. */
  readonly counters: readonly Counter[]
}

/** The instruments of a meter and the processors whose numbers they show. */
interface Shared {
  readonly sources: Set<MetricSource>
  readonly duration: Histogram
}

/**
 * By meter, over all processors of the process, also those of a second copy of this package (ES module and CommonJS,
 * say): to the SDK the observations of two callbacks are two readings of one counter, not two parts of a sum.
 */
const KEY = Symbol.for('opentelemetry-mangopay.instruments')

function sharedByMeter(): WeakMap<Meter, Shared> {
  const holder = globalThis as { [KEY]?: WeakMap<Meter, Shared> }
  holder[KEY] ??= new WeakMap()
  return holder[KEY]
}

/** Has a meter show the numbers of a source as well; returns its histogram of durations. None where nothing is metered. */
export function show(source: MetricSource, meter: Meter): Histogram | undefined {
  if (meter === createNoopMeter()) return undefined
  const shared = sharedByMeter()
  let instruments = shared.get(meter)
  if (instruments === undefined) {
    instruments = create(meter)
    shared.set(meter, instruments)
  }
  instruments.sources.add(source)
  for (const counter of source.counters) showCounter(counter, meter)
  return instruments.duration
}

function create(meter: Meter): Shared {
  const sources = new Set<MetricSource>()
  showRequests(sources, meter)
  showRatios(sources, meter)
  showQuotas(sources, meter)
  const duration = meter.createHistogram(names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION, {
    ...INSTRUMENTS[names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION],
    advice: { explicitBucketBoundaries: [...DURATION_BUCKETS] },
  })
  return { sources, duration }
}

const gaugeOf = (meter: Meter, name: string) => meter.createObservableGauge(name, INSTRUMENTS[name])

function showRequests(sources: Set<MetricSource>, meter: Meter): void {
  const shown = new MergedSeries()
  const requests = meter.createObservableCounter(
    names.METRIC_MANGOPAY_CLIENT_REQUESTS,
    INSTRUMENTS[names.METRIC_MANGOPAY_CLIENT_REQUESTS],
  )
  requests.addCallback((result) => {
    const series = each(sources, (source) => source.series())
    const limit = Math.min(...each(sources, (source) => [source.limit]))
    for (const { count, attributes } of shown.sum(series, limit)) result.observe(count, attributes)
  })
}

function showRatios(sources: Set<MetricSource>, meter: Meter): void {
  const ratio = gaugeOf(meter, names.METRIC_MANGOPAY_CLIENT_ERROR_RATIO)
  ratio.addCallback((result) => {
    for (const { count, calls, attributes } of ratiosOf(sources))
      result.observe(count === 0 ? 0 : count / calls, attributes)
  })
}

function showQuotas(sources: Set<MetricSource>, meter: Meter): void {
  const limit = gaugeOf(meter, names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT)
  const used = gaugeOf(meter, names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE)
  const remaining = gaugeOf(meter, names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_REMAINING)
  const reading = gaugeOf(meter, names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_READING_TIMESTAMP)
  // In one batch, so that all values of a window come from the same response.
  meter.addBatchObservableCallback(
    (result) => {
      for (const { quota, attributes } of quotasOf(sources)) {
        result.observe(limit, quota.limit, attributes)
        result.observe(used, quota.used, attributes)
        result.observe(remaining, quota.remaining, attributes)
        result.observe(reading, quota.readingTimestamp, attributes)
      }
    },
    [limit, used, remaining, reading],
  )
}

type Observed<T> = T & { readonly attributes: Readonly<Attributes> }

/** What all sources say of each attribute set, put together. */
function merge<T>(all: Iterable<Observed<T>>, add: (one: Observed<T>, other: Observed<T>) => Observed<T>) {
  const merged = new Map<string, Observed<T>>()
  for (const one of all) {
    const key = JSON.stringify(one.attributes)
    const other = merged.get(key)
    merged.set(key, other === undefined ? one : add(other, one))
  }
  return merged.values()
}

const each = <T>(sources: Set<MetricSource>, of: (source: MetricSource) => readonly T[]): T[] =>
  [...sources].flatMap(of)

const ratiosOf = (sources: Set<MetricSource>) =>
  merge<{ count: number; calls: number }>(
    each(sources, (source) => source.ratios()).map(({ environment, kind, count, calls }) => ({
      count,
      calls,
      attributes: { [names.ATTR_MANGOPAY_ERROR_RATIO_KIND]: kind, [names.ATTR_MANGOPAY_ENVIRONMENT]: environment },
    })),
    (one, other) => ({ ...one, count: one.count + other.count, calls: one.calls + other.calls }),
  )

/** The quota is the account's: of two readings the newer one is right. */
const quotasOf = (sources: Set<MetricSource>) =>
  merge<{ quota: QuotaState }>(
    each(sources, (source) => source.quotas()).map((quota) => ({
      quota,
      attributes: {
        [names.ATTR_MANGOPAY_RATE_LIMIT_WINDOW]: quota.window,
        [names.ATTR_MANGOPAY_ENVIRONMENT]: quota.environment,
        ...(quota.account === undefined ? {} : { [names.ATTR_MANGOPAY_ACCOUNT]: quota.account }),
      },
    })),
    (one, other) => (other.quota.readingTimestamp > one.quota.readingTimestamp ? other : one),
  )
