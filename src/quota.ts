import { elements, type ResponseHeaders } from './headers.ts'

/** A sliding window of Mangopay's rate limit, by the name it has in metrics. */
export interface QuotaWindow {
  readonly name: string
  /** Length in seconds. */
  readonly seconds: number
  /** How far `X-RateLimit-Reset` lies ahead of the server's time, floored to the minute, in seconds. */
  readonly reset: number
}

/**
 * The windows that have been seen. Mangopay documents the four from 15 minutes on; sometimes the first is missing, and
 * 1 and 5 minutes have been in front.
 */
export const QUOTA_WINDOWS: readonly QuotaWindow[] = [
  { name: '1m', seconds: 60, reset: 60 },
  { name: '5m', seconds: 300, reset: 300 },
  { name: '15m', seconds: 900, reset: 900 },
  { name: '30m', seconds: 1800, reset: 1800 },
  { name: '1h', seconds: 3600, reset: 3600 },
  { name: '24h', seconds: 86_400, reset: 86_340 },
]

/** What one response says of one window. */
export interface QuotaReading {
  readonly window: QuotaWindow
  readonly used: number
  readonly remaining: number
  /** Epoch milliseconds on the server's clock. */
  readonly reset: number
}

/** What one response says of the quota. */
export interface QuotaResponse {
  /** Shortest window first; a window that could not be read is left out. */
  readonly readings: readonly QuotaReading[]
  /** When it was sent, epoch milliseconds on the server's clock; undefined without a usable `Date`. */
  readonly date: number | undefined
  /** Why something was left out, if anything was. */
  readonly problem: string | undefined
}

const SECOND = 1000
const MINUTE = 60_000

/** More windows than anybody has seen, and no more calls than a quota can be about. */
const MOST_ELEMENTS = 16
const MOST_CALLS = 1e12
/** Seconds ahead of a clock that may be wrong by hours. */
const FARTHEST_RESET = 2 * 86_400

/**
 * Reads the quota from the headers of one response. Never throws, whatever they hold.
 *
 * Reset is the server's time, floored to the minute, plus one window (the 24 h window: 23 h 59 min), so Reset minus
 * the response's own `Date` tells the window, whatever the client's clock says and however many windows there are.
 * A minute of tolerance, since `Date` may be written a moment after the minute has changed.
 *
 * @param now - what the clock of the process says, used when there is no `Date`: then the nearest window is taken
 */
export function readQuota(headers: ResponseHeaders, now: number): QuotaResponse | undefined {
  const used = elements(headers.used)
  const remaining = elements(headers.remaining)
  const reset = elements(headers.reset)
  if (used.length === 0 && remaining.length === 0 && reset.length === 0) return undefined
  const date = readDate(headers.date)
  if (used.length > MOST_ELEMENTS || remaining.length > MOST_ELEMENTS || reset.length > MOST_ELEMENTS) {
    return { readings: [], date, problem: 'too many values' }
  }
  let problem: string | undefined
  if (used.length !== remaining.length || used.length !== reset.length) problem = 'headers of different length'
  const best = new Map<QuotaWindow, { reading: QuotaReading; distance: number }>()
  for (let i = 0; i < Math.max(used.length, remaining.length, reset.length); i++) {
    const made = wholeNumber(used[i])
    const left = wholeNumber(remaining[i])
    const end = wholeNumber(reset[i])
    if (made === undefined || left === undefined || end === undefined || made + left === 0) {
      problem ??= 'a value that is no count of calls or no time'
      continue
    }
    const ahead = end - Math.floor((date ?? now) / MINUTE) * 60
    const window = nearestWindow(ahead)
    const distance = Math.abs(ahead - window.reset)
    if (date === undefined ? ahead <= 0 || ahead > FARTHEST_RESET : distance > 60) {
      problem ??= 'a reset time that fits no window'
      continue
    }
    const known = best.get(window)
    if (known !== undefined) problem ??= 'two values for one window'
    if (known !== undefined && known.distance <= distance) continue
    best.set(window, { reading: { window, used: made, remaining: left, reset: end * SECOND }, distance })
  }
  const readings = [...best.values()].map(({ reading }) => reading)
  return { readings: readings.sort((a, b) => a.window.seconds - b.window.seconds), date, problem }
}

function nearestWindow(seconds: number): QuotaWindow {
  let nearest = QUOTA_WINDOWS[0] as QuotaWindow
  for (const window of QUOTA_WINDOWS) {
    if (Math.abs(window.reset - seconds) < Math.abs(nearest.reset - seconds)) nearest = window
  }
  return nearest
}

function wholeNumber(text: string | undefined): number | undefined {
  const digits = text?.trim() ?? ''
  if (digits === '' || digits.length > 15) return undefined
  for (let i = 0; i < digits.length; i++) {
    const code = digits.charCodeAt(i)
    if (code < 48 || code > 57) return undefined
  }
  const value = Number(digits)
  return value <= MOST_CALLS ? value : undefined
}

function readDate(header: ResponseHeaders['date']): number | undefined {
  // A date has a comma of its own, so a header of several lines is not split: the first line is taken.
  const line = typeof header === 'string' ? header : header?.[0]
  if (typeof line !== 'string' || line.length > 40) return undefined
  const date = Date.parse(line)
  return Number.isNaN(date) ? undefined : date
}
