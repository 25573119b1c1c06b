/** A window is kept in 60 parts, and one more: the oldest, which is leaving while the newest fills. */
const PARTS = 60
const SLOTS = PARTS + 1

/** Seconds over which a pace is averaged, longest first; of a window, those from its quarter to its 180th part. */
const SPANS: readonly number[] = [20_480, 5120, 1280, 320, 80, 20, 5]

/** Standard deviations by which a pace must stand out of the scatter of chance before it is believed. */
const CERTAINTY = 4

/**
 * How fast the calls of an account come, and how soon they leave a sliding window: from the readings of `used`, which
 * tell of the whole account, while this process makes only its own share of the calls.
 *
 * Between two readings, calls made = growth of `used` + calls that left the window meanwhile. What leaves is what came
 * one window ago. Of the time before the first reading only the sum is known; it is taken to have come evenly, so for
 * one window length after the start a forecast is wrong by what had come unevenly. Times are seconds of the server.
 */
export class Forecast {
  readonly #windowSeconds: number
  readonly #partSeconds: number
  /** Parts begin here, so that the first is a whole one. */
  readonly #start: number
  /** Calls by the part of time they were made in: a ring. */
  readonly #slots = new Float64Array(SLOTS)
  /** Their sum: what the window holds. */
  #used: number
  /** How far calls have been let go from the window. */
  #slidTo: number
  #lastReading: number
  /** Seconds between the last two readings. */
  #interval = 0
  /** Calls a second, one average for each span. */
  readonly #averages: { readonly span: number; value: number }[]

  constructor(windowSeconds: number, seconds: number, used: number) {
    this.#windowSeconds = windowSeconds
    this.#partSeconds = windowSeconds / PARTS
    this.#start = seconds
    this.#slidTo = seconds
    this.#lastReading = seconds
    this.#slots.fill(used / PARTS)
    this.#slots[0] = 0
    this.#used = used
    const spans = SPANS.filter((span) => span >= windowSeconds / 180 && span <= windowSeconds / 4)
    this.#averages = spans.map((span) => ({ span, value: used / windowSeconds }))
  }

  /** Takes in a reading. They come in the order of their time. */
  update(seconds: number, used: number): void {
    this.#slide(seconds)
    const made = Math.max(0, used - this.#used)
    if (used < this.#used) this.#forgetOldest(this.#used - used)
    const newest = this.#epoch(this.#slidTo) % SLOTS
    this.#slots[newest] = this.#slot(newest) + made
    this.#used = used
    const passed = seconds - this.#lastReading
    if (passed > 0) {
      for (const average of this.#averages) {
        // The calls came evenly since the last reading.
        const kept = Math.exp(-passed / average.span)
        average.value = average.value * kept + (made / passed) * (1 - kept)
      }
      this.#interval = passed
      this.#lastReading = seconds
    } else if (made > 0) {
      for (const average of this.#averages) average.value += made / average.span
    }
  }

  /**
   * Seconds until the window holds `limit` calls if they keep coming at the present pace; undefined when it never
   * would, because as many leave as come.
   *
   * The present pace is the fastest of several averages, over a quarter of the window down to its 180th part (5 seconds
   * of 15 minutes), that stands out of chance, unless a shorter one says that this is over. So a retry loop is believed
   * within seconds, its end within a few of the shortest spans, and the scatter of steady traffic never. It is the pace
   * of calls that Mangopay counts; whether it counts those that it refuses is not known.
   */
  secondsToEmpty(seconds: number, limit: number): number | undefined {
    this.#slide(seconds)
    // Two readings' worth of silence is no news; after that the calls are taken to have stopped.
    const silence = Math.max(0, seconds - this.#lastReading - 2 * this.#interval)
    let pace = 0
    let certain = 0
    for (const { span, value } of this.#averages) {
      const now = value * Math.exp(-silence / span)
      // An exponential average over a span weighs as many calls as an even one over twice that span.
      const weight = Math.max(2 * span, this.#interval)
      const least = now - CERTAINTY * Math.sqrt(now / weight)
      const isOver = pace - now > CERTAINTY * Math.sqrt(pace / weight)
      if (!isOver && least <= certain) continue
      pace = now
      certain = least
    }
    return this.#secondsTo(limit, certain) === undefined ? undefined : this.#secondsTo(limit, pace)
  }

  /** Walks through the parts in the order they leave, for one window length. */
  #secondsTo(limit: number, pace: number): number | undefined {
    const epoch = this.#epoch(this.#slidTo)
    let used = this.#used
    let elapsed = 0
    let step = this.#start + (epoch + 1) * this.#partSeconds - this.#slidTo
    for (let i = 1; i <= SLOTS; i++) {
      if (used >= limit) return elapsed
      const growth = pace * step - this.#slot((epoch + i) % SLOTS)
      if (growth > 0 && used + growth >= limit) return elapsed + (step * (limit - used)) / growth
      used += growth
      elapsed += step
      step = this.#partSeconds
    }
    return undefined
  }

  /** Lets go what leaves until a later time: whole parts, and of the oldest the share of its time that has passed. */
  #slide(seconds: number): void {
    if (seconds <= this.#slidTo) return
    if (seconds - this.#slidTo > this.#windowSeconds + this.#partSeconds) {
      this.#slots.fill(0)
      this.#used = 0
      this.#slidTo = seconds
      return
    }
    const target = this.#epoch(seconds)
    let epoch = this.#epoch(this.#slidTo)
    let within = (this.#slidTo - this.#start) / this.#partSeconds - epoch
    for (; epoch < target; epoch++) {
      this.#keep((epoch + 1) % SLOTS, 0)
      within = 0
    }
    const remaining = (1 - ((seconds - this.#start) / this.#partSeconds - epoch)) / (1 - within)
    this.#keep((epoch + 1) % SLOTS, Math.min(1, Math.max(0, remaining)))
    this.#slidTo = seconds
  }

  /** Lets go of a part but for a share of it. */
  #keep(slot: number, share: number): void {
    const calls = this.#slot(slot)
    this.#slots[slot] = calls * share
    this.#used -= calls * (1 - share)
  }

  /** Calls left earlier than an even spread said. */
  #forgetOldest(calls: number): void {
    const epoch = this.#epoch(this.#slidTo)
    let left = calls
    for (let i = 1; i <= SLOTS && left > 0; i++) {
      const slot = (epoch + i) % SLOTS
      const taken = Math.min(left, this.#slot(slot))
      this.#slots[slot] = this.#slot(slot) - taken
      left -= taken
    }
  }

  #epoch(seconds: number): number {
    return Math.floor((seconds - this.#start) / this.#partSeconds)
  }

  #slot(index: number): number {
    return this.#slots[index] as number
  }
}
