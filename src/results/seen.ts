/** How many are remembered. In memory 0.7 MB. */
const MOST = 10_000

/** Remembers what was there before: not the texts, which hold ids, but hashes of them that mean nothing elsewhere. */
export class Seen {
  readonly #hashes = new Set<number>()
  readonly #most: number
  /** Another one in each process. */
  readonly #seed: number

  constructor(most = MOST, seed = Math.random() * 2 ** 32) {
    this.#most = most
    this.#seed = seed >>> 0
  }

  /** Remembers a text; returns whether it is new. Beyond the most the oldest is forgotten. */
  add(text: string): boolean {
    const hash = hashOf(text, this.#seed)
    if (this.#hashes.has(hash)) return false
    this.#hashes.add(hash)
    if (this.#hashes.size > this.#most) {
      for (const oldest of this.#hashes) {
        this.#hashes.delete(oldest)
        break
      }
    }
    return true
  }
}

/** 53 bits of two multiplicative hashes: that any two of 10,000 texts are alike has odds of 1 to 10⁸. */
function hashOf(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed
  let low = 0x41c6ce57 ^ seed
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 2_654_435_761)
    low = Math.imul(low ^ code, 1_597_334_677)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0)
}
