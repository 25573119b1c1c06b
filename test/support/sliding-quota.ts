/** Mangopay's quota as documented, and the forecasts made while calls use it up. */
import { Forecast } from '../../src/quota/forecast.ts'
import { seeded } from './seeded.ts'

/** Mangopay's sliding quota as documented: every call leaves it one window length after it was made. */
export class SlidingQuota {
  readonly #calls: number[] = []
  #gone = 0

  constructor(
    readonly windowSeconds: number,
    readonly limit: number,
  ) {}

  used(now: number): number {
    while ((this.#calls[this.#gone] ?? Number.POSITIVE_INFINITY) <= now - this.windowSeconds) this.#gone++
    return this.#calls.length - this.#gone
  }

  /** Makes a call; false when it is refused. */
  call(now: number): boolean {
    if (this.used(now) >= this.limit) return false
    this.#calls.push(now)
    return true
  }
}

export const START = 1_700_000_000

/** Makes calls at a rate and returns the forecast after each reading, with the time it was made at. */
export function play(
  quota: SlidingQuota,
  options: {
    seconds: number
    rate: (t: number) => number
    seed?: number
    every?: number
    from?: number
    pace?: Forecast
  },
) {
  const random = options.seed === undefined ? undefined : seeded(options.seed)
  const from = options.from ?? START
  const pace = options.pace ?? new Forecast(quota.windowSeconds, from, quota.used(from))
  const forecasts: { t: number; forecast: number | undefined; refused: boolean }[] = []
  let t = 0
  let reading = 0
  while (t < options.seconds) {
    const rate = options.rate(t)
    t += random === undefined ? 1 / rate : -Math.log(1 - random()) / rate
    const refused = !quota.call(from + t)
    if (++reading % (options.every ?? 1) !== 0) continue
    // `Date` has whole seconds.
    pace.update(Math.floor(from + t), quota.used(from + t))
    forecasts.push({ t, forecast: pace.secondsToEmpty(from + t, quota.limit), refused })
  }
  return { forecasts, pace }
}
