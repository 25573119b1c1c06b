import type { Attributes } from '@opentelemetry/api'
import { OTHER_OPERATION } from '../request/route.ts'
import { attributesOf, ROOM_FOR_OTHER, type Series } from './series.ts'

/** An attribute set of `mangopay.client.requests` and what it stands at. */
interface Merged {
  readonly attributes: Readonly<Attributes>
  count: number
}

/**
 * The attribute sets that one meter shows for all processors together. Each has its own limit, but the SDK's, beyond
 * which it loses counts, is that of the meter.
 */
export class MergedSeries {
  /** By their attributes. It only grows, so that a one is always shown at the same place and no series goes down. */
  readonly #sets = new Map<string, Merged>()

  /**
   * Sums series up by attribute set.
   *
   * @param limit - most sets to show; what is beyond is shown as `_OTHER`
   */
  sum(series: readonly Series[], limit: number): Iterable<Readonly<Merged>> {
    for (const set of this.#sets.values()) set.count = 0
    for (const one of series) this.#placeOf(one, limit).count += one.count
    return this.#sets.values()
  }

  #placeOf({ attributes, environment, status, verdict }: Series, limit: number): Merged {
    const other = OTHER_OPERATION.name
    return (
      this.#find(attributes, limit - ROOM_FOR_OTHER) ??
      this.#find(attributesOf(environment, other, status, verdict), limit) ??
      (this.#find(attributesOf(environment, other, undefined, verdict), Number.POSITIVE_INFINITY) as Merged)
    )
  }

  /** The set with these attributes, a new one as long as there are fewer than `room`. */
  #find(attributes: Readonly<Attributes>, room: number): Merged | undefined {
    const key = JSON.stringify(attributes)
    let set = this.#sets.get(key)
    if (set === undefined && this.#sets.size < room) {
      set = { attributes, count: 0 }
      this.#sets.set(key, set)
    }
    return set
  }
}
