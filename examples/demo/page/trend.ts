import { bucketsBetween, countsBetween, percentiles, quantile, type Reading } from './readings.ts'
import type { QuotaLine, Sample, Tiles } from './wire.ts'

/** Seconds that a rate of the charts is taken over: short enough to see a storm begin, long enough to be a line. */
const CHART_SECONDS = 5

/** The same for quantiles, which need more calls. */
const LATENCY_SECONDS = 15

/** Seconds that the strip of numbers is about. */
const TILE_SECONDS = 30

/** Turns readings of counters into rates: each is compared with one that was taken some seconds before. */
export class Trend {
  readonly #readings: Reading[] = []

  /** Takes in the newest reading and says what it means. */
  take(reading: Reading, quota: readonly QuotaLine[]): { sample: Sample; tiles: Tiles } {
    this.#readings.push(reading)
    // One is kept that is older than anything is compared with.
    while ((this.#readings[1]?.time ?? reading.time) <= reading.time - TILE_SECONDS * 1_000) this.#readings.shift()
    return { sample: this.#sample(reading, quota), tiles: this.#tiles(reading, quota) }
  }

  /** The newest reading that is at least this old, or the oldest there is. */
  #before(now: Reading, seconds: number): Reading {
    // Exports are a second apart, give or take: half of one is forgiven.
    const found = this.#readings.findLast(({ time }) => time <= now.time - seconds * 1_000 + 500)
    return found ?? this.#readings[0] ?? now
  }

  #sample(now: Reading, quota: readonly QuotaLine[]): Sample {
    const before = this.#before(now, CHART_SECONDS)
    const seconds = Math.max(1, (now.time - before.time) / 1_000)
    const latency = percentiles(now.bounds, bucketsBetween(this.#before(now, LATENCY_SECONDS).buckets, now.buckets))
    return {
      time: now.time,
      calls: (now.calls - before.calls) / seconds,
      categories: countsBetween(before.categories, now.categories, 60 / seconds),
      statuses: countsBetween(before.statuses, now.statuses, 60 / seconds),
      ...(latency === undefined ? {} : { latency }),
      quota,
    }
  }

  #tiles(now: Reading, quota: readonly QuotaLine[]): Tiles {
    const before = this.#before(now, TILE_SECONDS)
    const calls = now.calls - before.calls
    const p95 = quantile(0.95, now.bounds, bucketsBetween(before.buckets, now.buckets))
    const headroom = lowest(quota)
    return {
      calls: calls / Math.max(1, (now.time - before.time) / 1_000),
      ...(calls > 0 ? { errorRatio: (now.broken - before.broken) / calls } : {}),
      rateLimited: now.rateLimited - before.rateLimited,
      serverErrors: now.serverErrors - before.serverErrors,
      ...(headroom === undefined ? {} : { headroom }),
      ...(p95 === undefined ? {} : { p95 }),
    }
  }
}

/** The window with the least share left, and the soonest forecast of all windows. */
const lowest = (quota: readonly QuotaLine[]): Tiles['headroom'] => {
  const shares = quota
    .filter(({ limit }) => limit > 0)
    .map(({ window, used, limit }) => ({ window, share: Math.max(0, 1 - used / limit) }))
    .sort((a, b) => a.share - b.share)
  const soonest = Math.min(...quota.map(({ secondsToEmpty = Number.POSITIVE_INFINITY }) => secondsToEmpty))
  return shares[0] && { ...shares[0], ...(Number.isFinite(soonest) ? { secondsToEmpty: soonest } : {}) }
}
