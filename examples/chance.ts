/** What a story leaves to chance: the same seed always plays it in the same way. */
import type { Fault, FaultShare, OperationShare } from './scenarios.ts'

/** A generator of numbers in [0, 1): the same seed gives the same numbers (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of the operations, by weight. */
export const chooseOperation = (operations: readonly OperationShare[], random: () => number): OperationShare => {
  let left = random() * operations.reduce((sum, { weight }) => sum + weight, 0)
  for (const entry of operations) {
    left -= entry.weight
    if (left < 0) return entry
  }
  const last = operations.at(-1)
  if (!last) throw new RangeError('no operations to choose from')
  return last
}

/**
 * The fault of one call, or undefined for a good answer. Draws exactly one number, so that changing the faults of one
 * call never moves the fate of the next.
 *
 * @param hits Whether a fault that is limited to some operations can hit this call.
 */
export const chooseFault = (
  faults: readonly FaultShare[],
  hits: (only: readonly string[]) => boolean,
  random: () => number,
): Fault | undefined => chooseByShare(faults, hits, random)?.fault

/** One of these by its share, or undefined for none of them. Draws exactly one number as well. */
export const chooseByShare = <T extends { share: number; only?: readonly string[] }>(
  shares: readonly T[],
  hits: (only: readonly string[]) => boolean,
  random: () => number,
): T | undefined => {
  let left = random()
  for (const one of shares) {
    if (one.only && !hits(one.only)) continue
    left -= one.share
    if (left < 0) return one
  }
  return undefined
}
