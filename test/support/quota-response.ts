/** The rate-limit headers of one response, and what is read of them. */
import type { ResponseHeaders } from '../../src/quota/headers.ts'
import { readQuota } from '../../src/quota/reading.ts'

export const NONE: ResponseHeaders = {
  used: undefined,
  remaining: undefined,
  reset: undefined,
  date: undefined,
  challenge: undefined,
}

/** 24 February 2025, 12:05:42 UTC, as the server says. */
export const DATE = 'Mon, 24 Feb 2025 12:05:42 GMT'
export const SERVER = Date.parse(DATE)
export const MINUTE = Math.floor(SERVER / 60_000) * 60

/** Values of the reset header, so many seconds ahead. */
export const reset = (...ahead: number[]) => ahead.map((seconds) => MINUTE + seconds).join(', ')

/** Four windows, which are those of `FOUR`. */
export const four = {
  used: '2, 5, 9, 5280',
  remaining: '2298, 4495, 8791, 100320',
  reset: reset(900, 1800, 3600, 86_340),
}
export const FOUR = ['15m 2/2300', '30m 5/4500', '1h 9/8800', '24h 5280/105600']

/** What is read of the headers, and in short: name, used and limit of each window. */
export const read = (headers: Partial<ResponseHeaders>, now = SERVER) =>
  readQuota({ ...NONE, date: DATE, ...headers }, now)
export const shown = (headers: Partial<ResponseHeaders>, now?: number) =>
  read(headers, now)?.readings.map(({ window, used, remaining }) => `${window.name} ${used}/${used + remaining}`)
