/**
 * What an account's quota, rates and alarms should be, worked out from the mock's log by the plainest means: a list of
 * events that is gone through again for every question. Shares no code with the library nor with the mock's own quota.
 */
import type { LogEntry } from '../../examples/mock/log.ts'

/** A quota window as the test set it. */
export interface Limit {
  name: string
  seconds: number
  limit: number
}

/** What the library should show of a window after a reading. */
export interface Expected {
  window: string
  limit: number
  used: number
  remaining: number
}

const isToken = ({ path }: LogEntry) => path.includes('/oauth/token')

/** Calls that use quota, by the mock's defaults: all but token calls and refused ones. */
const uses = (entry: LogEntry) => entry.clientId !== undefined && entry.status !== 429 && !isToken(entry)

/** Calls of the account in each window at a time on the server's clock. */
export const usedAt = (
  entries: readonly LogEntry[],
  limits: readonly Limit[],
  time: number,
  upTo = Infinity,
): number[] =>
  limits.map(
    ({ seconds }) =>
      entries.filter((entry) => uses(entry) && entry.number <= upTo && entry.time > time - seconds * 1_000).length,
  )

/** What the response to this request said of each window. */
export const readingOf = (entries: readonly LogEntry[], limits: readonly Limit[], of: LogEntry): Expected[] => {
  const used = usedAt(entries, limits, of.time, of.number)
  return limits.map(({ name, limit }, i) => {
    const made = used[i] ?? 0
    return { window: name, limit, used: made, remaining: limit - made }
  })
}

/** Windows that refuse this request. */
export const exhaustedAt = (entries: readonly LogEntry[], limits: readonly Limit[], of: LogEntry): string[] =>
  readingOf(entries, limits, of)
    .filter(({ remaining }) => remaining === 0)
    .map(({ window }) => window)

/** Calls and failures in the library's sliding window: the step of now and the 59 before it. */
export const ratesAt = (entries: readonly LogEntry[], now: number, windowSeconds: number, skew: number) => {
  const step = (windowSeconds * 1_000) / 60
  const inWindow = entries.filter(({ time }) => Math.floor((time - skew) / step) > Math.floor(now / step) - 60)
  const kind = (is: (status: number | undefined) => boolean) => {
    const count = inWindow.filter(({ status }) => is(status)).length
    return { count, ratio: count === 0 ? 0 : count / inWindow.length }
  }
  return {
    calls: inWindow.length,
    kinds: {
      '429': kind((status) => status === 429),
      '500': kind((status) => status === 500),
      unavailable: kind((status) => status === undefined || status >= 500),
    },
  }
}

/** Started or ended, and by which call (its number in the log) or look. */
export interface Alarm {
  what: string
  state: 'started' | 'ended'
}

/** Two thresholds with a gap between them. */
export class Hysteresis {
  readonly alarms: Alarm[] = []
  readonly #active = new Map<string, number>()

  /** Looks at one thing: whether it is bad enough to start, and good enough to end. */
  look(what: string, now: number, starts: boolean, ends: boolean, minimumMilliseconds = 0): void {
    const since = this.#active.get(what)
    if (since === undefined && starts) {
      this.#active.set(what, now)
      this.alarms.push({ what, state: 'started' })
    } else if (since !== undefined && ends && now - since >= minimumMilliseconds) {
      this.#active.delete(what)
      this.alarms.push({ what, state: 'ended' })
    }
  }
}
