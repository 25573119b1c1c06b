/** Mangopay's quota as it behaves: sliding windows, each call leaves one window length after it was made. */

/** Calls allowed per window, by the window's name. */
export type Limits = Readonly<Record<string, number>>

/** What every account has unless support raised it. */
export const DEFAULT_LIMITS: Limits = { '15m': 2_300, '30m': 4_500, '1h': 8_800, '24h': 105_600 }

const SECONDS: Readonly<Record<string, number>> = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '30m': 1_800,
  '1h': 3_600,
  '24h': 86_400,
}

/** The length of a window in seconds. */
export const windowSeconds = (window: string): number => {
  const seconds = SECONDS[window]
  if (seconds === undefined) throw new RangeError(`no such window: ${window}`)
  return seconds
}

/** The quota of one account. Time is in whole seconds and never goes back. */
export class SlidingQuota {
  readonly limits: Limits
  readonly #windows: { name: string; length: number; limit: number; used: number }[]
  readonly #counts: Uint16Array
  #now: number

  constructor(limits: Limits, now: number) {
    this.limits = limits
    this.#windows = Object.entries(limits).map(([name, limit]) => ({
      name,
      length: windowSeconds(name),
      limit,
      used: 0,
    }))
    this.#counts = new Uint16Array(86_401)
    this.#now = now
  }

  /** Moves on to this second: what is one window old leaves it. */
  advance(now: number): void {
    while (this.#now < now) {
      this.#now++
      for (const window of this.#windows) window.used -= this.#counts[this.#slot(this.#now - window.length)] ?? 0
      this.#counts[this.#slot(this.#now)] = 0
    }
  }

  /** Makes a call now; false when a window is full (then it takes nothing). */
  take(): boolean {
    if (this.#windows.some(({ used, limit }) => used >= limit)) return false
    for (const window of this.#windows) window.used++
    const slot = this.#slot(this.#now)
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1
    return true
  }

  /** Calls made, by window. */
  used(): Record<string, number> {
    return Object.fromEntries(this.#windows.map(({ name, used }) => [name, used]))
  }

  #slot(second: number): number {
    return ((second % 86_401) + 86_401) % 86_401
  }
}
