/** Random numbers that a seed repeats. */

/** A source of numbers from 0 to 1, always the same for the same seed. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** From 0 up to `limit`, whole. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T
  }

  /** A short string of any characters, control and lone surrogates among them. */
  text(longest = 24): string {
    const kind = this.below(4)
    const code = () => (kind === 0 ? this.below(128) : kind === 1 ? 32 + this.below(95) : this.below(65_536))
    return String.fromCharCode(...Array.from({ length: this.below(longest) }, code))
  }
}
