import { type HeaderLine, type HeaderValue, linesOf, type ResponseHeaders, textOf } from './headers.ts'

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
/** Characters that so many numbers could take. */
export const LONGEST_LINE = 400
const ZERO = 48
const COMMA = 44
const SPACE = 32
const TAB = 9
/** Seconds ahead of a clock that may be wrong by hours. */
export const FARTHEST_RESET = 2 * 86_400

/** The numbers of one response while it is read, NaN for what is none. Elements beyond are dropped. */
const used = new Float64Array(MOST_ELEMENTS)
const remaining = new Float64Array(MOST_ELEMENTS)
const reset = new Float64Array(MOST_ELEMENTS)

/**
 * Reads the quota from the headers of one response. Never throws, whatever they hold.
 *
 * Reset is the server's time, floored to the minute, plus one window (the 24 h window: 23 h 59 min), so Reset minus
 * the response's own `Date` tells the window, whatever the client's clock says and however many windows there are.
 * A minute of tolerance, since `Date` may be written a moment after the minute has changed.
 *
 * @param now - what the server's clock should say, used when there is no `Date`: then the nearest window is taken
 */
export function readQuota(headers: ResponseHeaders, now: number): QuotaResponse | undefined {
  const count = readNumbers(headers.used, used)
  const remainingCount = readNumbers(headers.remaining, remaining)
  const resetCount = readNumbers(headers.reset, reset)
  const most = Math.max(count, remainingCount, resetCount)
  if (most === 0) return undefined
  const date = readDate(headers.date)
  if (most > MOST_ELEMENTS) return { readings: [], date, problem: 'too many values' }
  let problem: string | undefined
  if (remainingCount !== count || resetCount !== count) problem = 'headers of different length'
  const minute = Math.floor((date ?? now) / MINUTE) * 60
  const readings: QuotaReading[] = []
  for (let i = 0; i < most; i++) {
    const made = i < count ? (used[i] as number) : Number.NaN
    const left = i < remainingCount ? (remaining[i] as number) : Number.NaN
    const end = i < resetCount ? (reset[i] as number) : Number.NaN
    if (!(made + left > 0 && end >= 0)) {
      problem ??= 'a value that is no count of calls or no time'
      continue
    }
    const window = nearestWindow(end - minute)
    if (!fits(window, end - minute, date !== undefined)) {
      problem ??= 'a reset time that fits no window'
      continue
    }
    const reading = { window, used: made, remaining: left, reset: end * SECOND }
    let at = readings.length // shortest window first, as they mostly come
    while (at > 0 && (readings[at - 1] as QuotaReading).window.seconds >= window.seconds) at--
    const known = readings[at]
    if (known?.window !== window) {
      if (known === undefined) readings.push(reading)
      else readings.splice(at, 0, reading)
      continue
    }
    problem ??= 'two values for one window'
    const distance = (one: QuotaReading) => Math.abs(one.reset / SECOND - minute - window.reset)
    if (distance(reading) < distance(known)) readings[at] = reading
  }
  return { readings, date, problem }
}

/** Whether a reset so many seconds ahead can be that window's; by the process's own clock any near one can. */
function fits(window: QuotaWindow, ahead: number, byServer: boolean): boolean {
  return byServer ? Math.abs(ahead - window.reset) <= 60 : ahead > 0 && ahead <= FARTHEST_RESET
}

function nearestWindow(seconds: number): QuotaWindow {
  let nearest = QUOTA_WINDOWS[0] as QuotaWindow
  for (const window of QUOTA_WINDOWS) {
    if (window.reset - seconds < seconds - nearest.reset) nearest = window
  }
  return nearest
}

/**
 * Reads the values of a header, one for each comma-separated element of each line; NaN for what is no whole number.
 * Character by character and without a list of its own: it runs for each response, and splitting takes ten times as
 * long.
 *
 * @returns how many there are
 */
function readNumbers(header: HeaderValue | undefined, numbers: Float64Array): number {
  if (typeof header === 'string') return readLine(header, numbers, 0)
  let count = 0
  for (const line of linesOf(header)) count = readLine(line, numbers, count)
  return count
}

function readLine(line: HeaderLine, numbers: Float64Array, before: number): number {
  const { length } = line
  if (length > LONGEST_LINE) {
    if (before < MOST_ELEMENTS) numbers[before] = Number.NaN
    return before + 1
  }
  let count = before
  for (let at = 0; at <= length; count++) {
    let i = at
    while (i < length && isBlank(codeAt(line, i))) i++
    const start = i
    let value = 0
    for (; i < length; i++) {
      const digit = codeAt(line, i) - ZERO
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    let isNumber = i > start && value <= MOST_CALLS
    for (; i < length && codeAt(line, i) !== COMMA; i++) if (!isBlank(codeAt(line, i))) isNumber = false
    if (count < MOST_ELEMENTS) numbers[count] = isNumber ? value : Number.NaN
    at = i + 1
  }
  return count
}

const codeAt = (line: HeaderLine, index: number): number =>
  typeof line === 'string' ? line.charCodeAt(index) : (line[index] as number)

const isBlank = (code: number) => code === SPACE || code === TAB

/** The last `Date`, its bytes and what it means: the answers of a second all say the same. */
let lastDate = { line: '', bytes: new Uint8Array(), time: Number.NaN }

function readDate(header: HeaderValue | undefined): number | undefined {
  // A date has a comma of its own, so a header of several lines is not split: the first line is taken.
  const line = typeof header === 'string' ? header : linesOf(header)[0]
  if (line === undefined || line.length > 40) return undefined
  if (typeof line === 'string' ? line !== lastDate.line : !isSame(line, lastDate.bytes)) {
    const text = textOf(line)
    lastDate = { line: text, bytes: Buffer.from(text, 'latin1'), time: Date.parse(text) }
  }
  return Number.isNaN(lastDate.time) ? undefined : lastDate.time
}

function isSame(line: Uint8Array, bytes: Uint8Array): boolean {
  const { length } = line
  if (length !== bytes.length) return false
  for (let i = 0; i < length; i++) if (line[i] !== bytes[i]) return false
  return true
}
