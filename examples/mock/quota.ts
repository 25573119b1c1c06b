/** One quota window: its length and how many calls it allows. */
export interface QuotaWindow {
  seconds: number
  limit: number
}

/** Mangopay's documented default quota. */
export const DEFAULT_QUOTA: readonly QuotaWindow[] = [
  { seconds: 900, limit: 2_300 },
  { seconds: 1_800, limit: 4_500 },
  { seconds: 3_600, limit: 8_800 },
  { seconds: 86_400, limit: 105_600 },
]

/** The 15 min window missing, as recorded in February 2025. */
export const THREE_WINDOWS: readonly QuotaWindow[] = DEFAULT_QUOTA.slice(1)

/** 1 and 5 min in front, as the sandbox had for a time in July 2025. Their real limits are not published. */
export const SIX_WINDOWS: readonly QuotaWindow[] = [
  { seconds: 60, limit: 250 },
  { seconds: 300, limit: 900 },
  ...DEFAULT_QUOTA,
]

/**
 * Sliding quota of one Mangopay account: a call leaves every window exactly one window length after it was made. Keeps
 * the time of each call of the longest window, so it is exact and not an approximation by buckets.
 */
export class SlidingQuota {
  readonly windows: readonly QuotaWindow[]
  /** Times of calls, epoch milliseconds, ascending. */
  #times: number[] = []
  /** For each window, the index of the first call that is still in it. */
  #heads: number[]

  constructor(windows: readonly QuotaWindow[]) {
    this.windows = windows
    this.#heads = windows.map(() => 0)
  }

  /** Calls made in each window, at this time. */
  used(now: number): number[] {
    this.#slide(now)
    return this.#heads.map((head) => this.#times.length - head)
  }

  /** Whether a call made now would be within every window. */
  allows(now: number): boolean {
    return this.used(now).every((used, i) => used < (this.windows[i]?.limit ?? 0))
  }

  /** Adds a call made now, or calls made by somebody else at an earlier time. */
  add(at: number, count = 1): void {
    const last = this.#times.at(-1)
    for (let i = 0; i < count; i++) this.#times.push(at)
    if (last !== undefined && at < last) {
      this.#times.sort((a, b) => a - b)
      this.#heads = this.windows.map(() => 0)
    }
  }

  #slide(now: number): void {
    for (const [i, { seconds }] of this.windows.entries()) {
      let head = this.#heads[i] ?? 0
      while ((this.#times[head] ?? Number.POSITIVE_INFINITY) <= now - seconds * 1_000) head++
      this.#heads[i] = head
    }
    // What every window has left behind is forgotten, in large steps so that it costs nothing per call.
    const done = this.windows.length > 0 ? Math.min(...this.#heads) : this.#times.length
    if (done > 10_000) {
      this.#times = this.#times.slice(done)
      this.#heads = this.#heads.map((head) => head - done)
    }
  }
}

/**
 * The three headers as Mangopay sends them, one value per window, shortest window first. Reset is the server's time
 * floored to the minute plus the window; for the 24 h window that is 23 h 59 min, as in every recorded sample.
 */
export const quotaHeaders = (quota: SlidingQuota, now: number): Record<string, string[]> => {
  const used = quota.used(now)
  const minute = Math.floor(now / 60_000) * 60
  const each = (value: (window: QuotaWindow, used: number) => number) =>
    quota.windows.map((window, i) => String(value(window, used[i] ?? 0)))
  return {
    'X-RateLimit': each((_, made) => made),
    'X-RateLimit-Remaining': each(({ limit }, made) => Math.max(0, limit - made)),
    'X-RateLimit-Reset': each(({ seconds }) => minute + (seconds === 86_400 ? 86_340 : seconds)),
  }
}
