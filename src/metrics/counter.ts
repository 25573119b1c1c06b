/** Counters in plain numbers, which an observable callback reads. */
import { type Attributes, createNoopMeter, type Meter } from '@opentelemetry/api'

/** One attribute set of a counter, and what it stands at. */
export interface CounterSeries {
  /** Never changed: the SDK keeps the object as its key. */
  readonly attributes: Readonly<Attributes>
  count: number
}

/** Most attribute sets that are ever observed. An ObservableCounter of the SDK loses counts beyond 2,000. */
const LIMIT = 1900
/** Kept free for what has no room of its own. */
const ROOM_FOR_OTHER = 100
const OTHER = '_OTHER'

/** Attribute sets by what they say, at most so many; of what has no room some attributes are only `_OTHER`. */
class SeriesTable {
  readonly all: CounterSeries[] = []
  readonly #byKey = new Map<string, CounterSeries>()
  readonly #folded: readonly string[]

  /** @param folded - attributes that are `_OTHER` in what has no room; the others have few values in any combination */
  constructor(folded: readonly string[]) {
    this.#folded = folded
  }

  get hasRoom(): boolean {
    return this.all.length < LIMIT - ROOM_FOR_OTHER
  }

  /** That of these attributes, made when there is none. */
  at(attributes: Attributes): CounterSeries {
    const key = JSON.stringify(attributes)
    let series = this.#byKey.get(key)
    if (series !== undefined) return series
    const other = this.hasRoom ? undefined : this.#fold(attributes)
    if (other !== undefined) return this.at(other)
    series = { attributes: Object.freeze(attributes), count: 0 }
    this.#byKey.set(key, series)
    this.all.push(series)
    return series
  }

  /** The same with less to tell; undefined when there is nothing less. */
  #fold(attributes: Attributes): Attributes | undefined {
    if (this.#folded.every((name) => attributes[name] === undefined || attributes[name] === OTHER)) return undefined
    const folded = { ...attributes }
    for (const name of this.#folded) if (name in folded) folded[name] = OTHER
    return folded
  }
}

/** How a counter looks from outside. */
export interface CounterDescription {
  readonly name: string
  readonly description: string
  readonly unit: string
  /** Attributes that are `_OTHER` in what has no room; the others have few values in any combination. */
  readonly folded: readonly string[]
}

/**
 * A counter of a process: nothing is lost before a MeterProvider is there, nor at any number of attribute sets, and a
 * series can exist at 0, so that `increase()` sees the first one: a series that is born at 1 is no increase.
 */
export class Counter {
  readonly about: CounterDescription
  readonly #table: SeriesTable

  constructor(about: CounterDescription) {
    this.about = about
    this.#table = new SeriesTable(about.folded)
  }

  /** Every attribute set, each once. */
  get series(): readonly CounterSeries[] {
    return this.#table.all
  }

  /** Has these attributes exist, at 0, if there is room. */
  prime(attributes: Attributes): void {
    if (this.#table.hasRoom) this.#table.at(attributes)
  }

  /** Counts one. */
  add(attributes: Attributes): void {
    this.#table.at(attributes).count++
  }
}

/** What a meter shows of the counters of one name. */
interface Shown {
  readonly counters: Set<Counter>
}

/**
 * By meter, over all processors of the process, also those of a second copy of this package: to the SDK the observations
 * of two callbacks are two readings of one counter, not two parts of a sum.
 */
const KEY = Symbol.for('opentelemetry-mangopay.counters')

/** Has a meter show a counter. */
export function showCounter(counter: Counter, meter: Meter): void {
  if (meter === createNoopMeter()) return
  const holder = globalThis as { [KEY]?: WeakMap<Meter, Map<string, Shown>> }
  holder[KEY] ??= new WeakMap()
  const byName = holder[KEY].get(meter) ?? new Map<string, Shown>()
  holder[KEY].set(meter, byName)
  const { name, description, unit, folded } = counter.about
  let shown = byName.get(name)
  if (shown === undefined) {
    const counters = new Set<Counter>()
    const merged = new SeriesTable(folded)
    meter.createObservableCounter(name, { description, unit }).addCallback((result) => {
      for (const series of merged.all) series.count = 0
      for (const { series } of counters) {
        for (const { attributes, count } of series) merged.at(attributes).count += count
      }
      for (const { attributes, count } of merged.all) result.observe(count, attributes)
    })
    shown = { counters }
    byName.set(name, shown)
  }
  shown.counters.add(counter)
}
