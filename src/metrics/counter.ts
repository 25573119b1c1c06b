/** Counters in plain numbers, which are read when somebody collects. */
import type { Attributes, Counter as SdkCounter } from '@opentelemetry/api'

/** One attribute set of a counter, and what it stands at. */
export interface CounterSeries {
  /** Never changed: the SDK keeps the object as its key. */
  readonly attributes: Readonly<Attributes>
  count: number
}

/** Most attribute sets of a counter. The SDK holds 2,000 by default, and shows those beyond as one. */
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

/** Counters of one name and what has been counted. */
export interface CounterSource {
  readonly about: Omit<CounterDescription, 'folded'>
  /** Every attribute set, each once, in an order that stays. */
  readonly series: readonly CounterSeries[]
}

/** What a meter's counter has been given of a source, by position of its series. */
export interface Given {
  /** How many of the series it has seen. */
  seen: number
  readonly counts: number[]
}

/**
 * Gives a meter's counter what has been counted since the last time, whenever somebody collects: as cheap as an
 * observable counter, and what is beyond the SDK's limit of attribute sets, or falls together in a View, is summed up
 * there, where an observable one would keep the last value. A series that is new is given at 0 as well.
 */
export function give(counter: Pick<SdkCounter, 'add'>, { series }: CounterSource, given: Given): void {
  const { counts } = given
  for (const [at, { count, attributes }] of series.entries()) {
    const more = count - (counts[at] ?? 0)
    if (more === 0 && at < given.seen) continue
    counter.add(more, attributes)
    counts[at] = count
  }
  given.seen = series.length
}
