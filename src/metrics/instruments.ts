import {
  type Attributes,
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MetricOptions,
} from '@opentelemetry/api'
import * as names from '../names.ts'
import type { QuotaState } from '../quota/accounts.ts'
import type { ErrorKind } from '../rates/window.ts'
import type { Health } from '../warnings.ts'
import { type CounterSource, type Given, give } from './counter.ts'
import { limitBelow } from './limit.ts'
import { originOf, REQUESTS } from './series.ts'

/**
 * Bounds of the duration histogram in seconds: those of the HTTP conventions for clients, and three above, since a
 * payment call may well take longer than ten seconds and the usual client gives up after thirty.
 */
export const DURATION_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60,
]

/** Description and unit of every instrument. */
export const INSTRUMENTS: Readonly<Record<string, MetricOptions>> = {
  [REQUESTS.name]: { description: REQUESTS.description, unit: REQUESTS.unit },
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

/** Calls in the sliding window, and how many of them failed in one way. */
export interface Ratio {
  readonly environment: string
  readonly account: string | undefined
  readonly kind: ErrorKind
  readonly count: number
  readonly calls: number
}

/** Where the instruments get their values from. */
export interface MetricSource {
  /** What is counted, with everything up to now. More may come to be counted later. */
  counters(): readonly CounterSource[]
  /** For each environment, account and kind. */
  ratios(): Ratio[]
  quotas(): QuotaState[]
  /** Told of what is wrong; earlier versions of this package have none. */
  readonly health?: Health
}

/** The instruments of a meter and the processors whose numbers they show. */
interface Shared {
  readonly meter: Meter
  /** Those whose gauges are shown. */
  readonly sources: Set<MetricSource>
  /** Those whose counts belong here, and what the meter's counters have been given of each. */
  readonly given: Map<MetricSource, Map<CounterSource, Given>>
  /** By name. Each is made when there is something to count. */
  readonly counters: Map<string, Counter>
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

/**
 * Has a meter show the numbers of a source as well; returns its histogram of durations. None where nothing is metered.
 *
 * @param earlier - the meter that showed them until now: what it has counted is not counted by two
 */
export function show(source: MetricSource, meter: Meter, earlier?: Meter): Histogram | undefined {
  if (meter === createNoopMeter()) return undefined
  const shared = sharedByMeter()
  let instruments = shared.get(meter)
  if (instruments === undefined) {
    instruments = create(meter)
    shared.set(meter, instruments)
  }
  instruments.sources.add(source)
  const before = earlier === undefined ? undefined : shared.get(earlier)
  instruments.given.set(source, handOver(source, before))
  return instruments.duration
}

/** Gives an earlier meter what it has not got yet, for its last interval, and takes the source's counts from it. */
function handOver(source: MetricSource, earlier: Shared | undefined): Map<CounterSource, Given> {
  const given = earlier?.given.get(source)
  if (earlier === undefined || given === undefined) return new Map()
  giveAll(earlier, source, given)
  earlier.given.delete(source)
  return new Map([...given].map(([counter, { counts }]) => [counter, { seen: 0, counts }]))
}

function giveAll({ meter, counters, duration }: Shared, source: MetricSource, given: Map<CounterSource, Given>): void {
  for (const counter of source.counters()) {
    const { name, ...options } = counter.about
    let shown = counters.get(name)
    if (shown === undefined) {
      shown = meter.createCounter(name, options)
      counters.set(name, shown)
    }
    const one = given.get(counter) ?? { seen: 0, counts: [] }
    given.set(counter, one)
    give(shown, counter, one)
    sayLimit([source], name, shown, () => counter.series.map(({ attributes }) => attributes))
    if (name !== REQUESTS.name) continue
    sayLimit([source], names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION, duration, () =>
      counter.series.map(({ attributes }) => durationAttributesOf(attributes)),
    )
  }
}

const durationAttributesOf = (attributes: Readonly<Attributes>) => ({
  [names.ATTR_MANGOPAY_OPERATION]: attributes[names.ATTR_MANGOPAY_OPERATION],
  [names.ATTR_MANGOPAY_ENVIRONMENT]: attributes[names.ATTR_MANGOPAY_ENVIRONMENT],
  [names.ATTR_MANGOPAY_ACCOUNT]: attributes[names.ATTR_MANGOPAY_ACCOUNT],
})

/** The sum of a counter stays whole then, but queries by environment, operation or status no longer see all of it. */
function sayLimit(
  sources: Iterable<MetricSource>,
  name: string,
  instrument: object,
  sets: () => readonly Readonly<Attributes>[],
): void {
  const limit = limitBelow(instrument, sets)
  if (limit === undefined) return
  for (const { health } of sources) {
    health?.note(
      'SERIES',
      `the SDK is told to keep ${limit} series of ${name}, which is too few: the others lose their labels and become one, otel.metric.overflow. Raise cardinalityLimits of the metric reader, or aggregationCardinalityLimit of the View, to 2000`,
    )
  }
}

function create(meter: Meter): Shared {
  const duration = meter.createHistogram(names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION, {
    ...INSTRUMENTS[names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION],
    advice: { explicitBucketBoundaries: [...DURATION_BUCKETS] },
  })
  const shared: Shared = { meter, sources: new Set(), given: new Map(), counters: new Map(), duration }
  showRatios(shared.sources, meter, () => {
    for (const [source, given] of shared.given) giveAll(shared, source, given)
  })
  showQuotas(shared.sources, meter)
  return shared
}

const gaugeOf = (meter: Meter, name: string) => meter.createObservableGauge(name, INSTRUMENTS[name])

/** @param before - called at each collection; the SDK reads its counters after all callbacks */
function showRatios(sources: Set<MetricSource>, meter: Meter, before: () => void): void {
  const ratio = gaugeOf(meter, names.METRIC_MANGOPAY_CLIENT_ERROR_RATIO)
  ratio.addCallback((result) => {
    before()
    const all = [...ratiosOf(sources)]
    for (const { count, calls, attributes } of all) result.observe(count === 0 ? 0 : count / calls, attributes)
    sayLimit(sources, names.METRIC_MANGOPAY_CLIENT_ERROR_RATIO, ratio, () => all.map(({ attributes }) => attributes))
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
      const all = [...quotasOf(sources)]
      for (const { quota, attributes } of all) {
        result.observe(limit, quota.limit, attributes)
        result.observe(used, quota.used, attributes)
        result.observe(remaining, quota.remaining, attributes)
        result.observe(reading, quota.readingTimestamp, attributes)
      }
      const name = names.METRIC_MANGOPAY_CLIENT_RATE_LIMIT_REMAINING
      sayLimit(sources, name, remaining, () => all.map(({ attributes }) => attributes))
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
    each(sources, (source) => source.ratios()).map(({ kind, count, calls, ...of }) => ({
      count,
      calls,
      attributes: { [names.ATTR_MANGOPAY_ERROR_RATIO_KIND]: kind, ...originOf(of) },
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
        ...originOf(quota),
      },
    })),
    (one, other) => (other.quota.readingTimestamp > one.quota.readingTimestamp ? other : one),
  )
