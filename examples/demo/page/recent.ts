import { ATTR_MANGOPAY_ERROR_CATEGORY } from 'opentelemetry-mangopay/names'
import type { ReceivedSpan } from '../../otlp-receiver.ts'
import type { FailedCall } from './wire.ts'

/** The newest entries of something that never ends. */
export class Ring<T> {
  /** Oldest first. */
  readonly entries: T[] = []
  readonly #size: number

  /** @param size How many to keep. */
  constructor(size: number) {
    this.#size = size
  }

  /** Adds one and forgets the oldest. */
  push(entry: T): void {
    this.entries.push(entry)
    if (this.entries.length > this.#size) this.entries.shift()
  }
}

/** Kept of each category, so that a storm of one does not push the others out. */
const KEEP = 25

/** Passed on of one batch and category: nobody can look at more, and a tab must not drown in a storm. */
const AT_ONCE = 5

/** The newest failed calls as they were exported. */
export class FailedCalls {
  readonly #rings: ReadonlyMap<string, Ring<FailedCall>>
  /** For categories that are none of ours: spans of whoever finds the receiver. */
  readonly #others = new Ring<FailedCall>(KEEP)
  #id = 0

  constructor(categories: readonly string[]) {
    this.#rings = new Map(categories.map((category) => [category, new Ring<FailedCall>(KEEP)]))
  }

  /** Oldest first. */
  get newest(): readonly FailedCall[] {
    return [...this.#rings.values(), this.#others].flatMap(({ entries }) => entries).sort((a, b) => a.id - b.id)
  }

  /** Keeps these; returns the ones worth telling. */
  take(spans: readonly ReceivedSpan[]): readonly FailedCall[] {
    const calls = spans.map((span) => {
      this.#id++
      return { id: this.#id, category: String(span.attributes[ATTR_MANGOPAY_ERROR_CATEGORY]), span }
    })
    for (const call of calls) (this.#rings.get(call.category) ?? this.#others).push(call)
    const left = new Map<string, number>()
    const told = calls.toReversed().filter(({ category }) => {
      const count = left.get(category) ?? AT_ONCE
      left.set(category, count - 1)
      return count > 0
    })
    return told.toReversed()
  }
}
