/** The newest entries of something that never ends. */
export class Ring<T> {
  readonly #entries: T[] = []
  readonly #size: number

  /** @param size How many to keep. */
  constructor(size: number) {
    this.#size = size
  }

  /** Oldest first. */
  get entries(): readonly T[] {
    return this.#entries
  }

  /** Adds one and forgets the oldest. */
  push(entry: T): void {
    this.#entries.push(entry)
    if (this.#entries.length > this.#size) this.#entries.shift()
  }
}
