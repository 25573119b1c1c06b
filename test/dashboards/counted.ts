/** What the traffic counts up to: computed from its lists, as what is written down is, and not by PromQL. */
import { COUNTERS, type Counter, MINUTES } from './traffic.ts'

/** A counter's value at the end of a minute. */
export const valueAt = ({ from, born, perMinute }: Counter, minute: number): number => {
  let value = born
  for (let passed = from + 1; passed <= minute; passed++) value += perMinute(passed)
  return value
}

/**
 * Calls between two minutes of all counters that `wanted` likes. What a series is born with counts when it is born
 * inside, unless everything starts there.
 */
export const counted = (wanted: (labels: Record<string, string>) => boolean, from: number, to = MINUTES): number =>
  COUNTERS.filter(({ labels }) => wanted(labels)).reduce((sum, counter) => {
    if (counter.from > to) return sum
    const before = counter.from <= from ? valueAt(counter, from) : 0
    return sum + valueAt(counter, to) - before
  }, 0)
