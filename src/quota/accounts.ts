/** How much is left? First: the newest reading of every account's windows. */
import { Health } from '../warnings.ts'
import { Forecast } from './forecast.ts'
import type { ResponseHeaders } from './headers.ts'
import { QUOTA_WINDOWS, type QuotaReading, type QuotaResponse, type QuotaWindow, readQuota } from './reading.ts'

/**
 * An answer whose `Date` is more than this behind an earlier one is not late: the earlier one was ahead, and would hold
 * back every reading until its time came. Answers overtake each other by seconds.
 */
const CLOCK_CORRECTION = 2 * 60 * 1000

interface Entry {
  readonly window: QuotaWindow
  readonly pace: Forecast
  used: number
  remaining: number
  reset: number
  /** Epoch milliseconds on the server's clock. */
  serverTime: number
  /** Epoch milliseconds on ours. */
  localTime: number
}

/** The quota of one Mangopay account. */
interface Account {
  readonly environment: string
  readonly alias: string | undefined
  readonly entries: Map<QuotaWindow, Entry>
}

/** One quota window of one Mangopay account, from the newest response that carried it. */
export interface QuotaSnapshot {
  /** `1m`, `5m`, `15m`, `30m`, `1h` or `24h`. */
  window: string
  /** Alias from the `accounts` option; absent without it. */
  account?: string
  /** Calls the account may make in the window. */
  limit: number
  /** Calls the account has made in the window. */
  used: number
  /** Calls left. */
  remaining: number
  /** Mangopay's `X-RateLimit-Reset` of the reading, epoch milliseconds on the server's clock: always about one window ahead. */
  reset: number
  /** Milliseconds since the reading. */
  age: number
  /** Seconds until nothing is left at the present pace; absent when the pace would never empty the window. */
  secondsToEmpty?: number
}

/** One quota window as it stands, and where its reading came from. */
export interface QuotaState extends QuotaSnapshot {
  readonly environment: string
  /** Unix seconds on the server's clock of the response that was read. */
  readonly readingTimestamp: number
}

/** The newest reading of every quota window of every account. Memory does not grow with traffic. */
export class QuotaAccounts {
  readonly #aliases: ReadonlyMap<string, string>
  readonly #accounts = new Map<string, Account>()
  /** Milliseconds that the clock of an environment's servers is ahead of ours, by the last `Date`. */
  readonly #offsets = new Map<string, number>()
  /** Without aliases: the client id whose quota is shown, by environment. Kept in memory only. */
  readonly #shown = new Map<string, string>()
  /** Environments where a client id without alias was seen. */
  readonly #strangers = new Set<string>()
  readonly #health: Health

  /** @param aliases - option `accounts`: client id → alias */
  constructor(aliases: Readonly<Record<string, string>>, health = new Health()) {
    this.#health = health
    this.#aliases = new Map(Object.entries(aliases))
  }

  /**
   * Takes in the headers of one response.
   *
   * @param clientId - looks the client id up; called only when the response carries a quota
   * @param isLate - whether they are read when the body has come, which may have taken its time
   * @returns names of the windows with nothing left, shortest first; undefined when there are none
   */
  read(
    environment: string,
    headers: ResponseHeaders,
    now: number,
    clientId: () => string | undefined,
    isLate = false,
  ): string[] | undefined {
    const response = readQuota(headers, this.#serverTime(environment, now))
    if (response === undefined) return undefined
    const { problem } = response
    if (problem !== undefined)
      this.#health.note('RATE_LIMIT_HEADERS', `rate-limit headers: ${problem}; that window is skipped`)
    const { date } = response
    // A late one is as old as its body took to come.
    if (date !== undefined && !(isLate && this.#offsets.has(environment))) this.#offsets.set(environment, date - now)
    const account = this.#account(environment, clientId())
    if (account !== undefined) this.#store(account, response, now, isLate)
    let exhausted: string[] | undefined
    for (const { remaining, window } of response.readings) {
      if (remaining !== 0) continue
      exhausted ??= []
      exhausted.push(window.name)
    }
    return exhausted
  }

  #account(environment: string, clientId: string | undefined): Account | undefined {
    let alias: string | undefined
    if (this.#aliases.size > 0) {
      if (clientId === undefined) {
        // A token call names no account. It is told only when it can be no other.
        const known = [...this.#accounts.values()].filter((account) => account.environment === environment)
        const isOnly = known.length === 1 && this.#aliases.size === 1 && !this.#strangers.has(environment)
        return isOnly ? known[0] : undefined
      }
      alias = this.#aliases.get(clientId)
      if (alias === undefined) {
        this.#strangers.add(environment)
        this.#health.note('ACCOUNTS', 'calls of a client id that option accounts does not list; its quota is not shown')
        return undefined
      }
    } else if (clientId !== undefined) {
      const shown = this.#shown.get(environment)
      if (shown !== clientId) this.#shown.set(environment, clientId)
      if (shown !== undefined && shown !== clientId) {
        this.#health.note(
          'ACCOUNTS',
          'two client ids in one environment; the quota shown is that of the last, see option accounts',
        )
        this.#accounts.delete(environment)
      }
    }
    const key = alias === undefined ? environment : `${environment}\0${alias}`
    let account = this.#accounts.get(key)
    if (account === undefined) {
      account = { environment, alias, entries: new Map() }
      this.#accounts.set(key, account)
    }
    return account
  }

  /** What the clock of an environment's servers should say. */
  #serverTime(environment: string, now: number): number {
    return now + (this.#offsets.get(environment) ?? 0)
  }

  #store(account: Account, { readings, date }: QuotaResponse, now: number, isLate: boolean): void {
    const serverTime = date ?? this.#serverTime(account.environment, now)
    for (const reading of readings) {
      const entry = account.entries.get(reading.window)
      if (entry === undefined || (!isLate && serverTime < entry.serverTime - CLOCK_CORRECTION)) {
        account.entries.set(reading.window, newEntry(reading, serverTime, now))
      } else if (serverTime > entry.serverTime || (serverTime === entry.serverTime && reading.used >= entry.used)) {
        entry.pace.update(serverTime / 1000, reading.used)
        entry.used = reading.used
        entry.remaining = reading.remaining
        entry.reset = reading.reset
        entry.serverTime = serverTime
        entry.localTime = now
      }
    }
  }

  /** Every window as it stands: one whose whole length has passed on the server's clock without a reading is unused. */
  states(now: number): QuotaState[] {
    return [...this.#accounts.values()].flatMap((account) =>
      QUOTA_WINDOWS.flatMap((window) => {
        const entry = account.entries.get(window)
        return entry === undefined ? [] : [stateOf(account, entry, now, this.#serverTime(account.environment, now))]
      }),
    )
  }
}

function newEntry({ window, used, remaining, reset }: QuotaReading, serverTime: number, localTime: number): Entry {
  const pace = new Forecast(window.seconds, serverTime / 1000, used)
  return { window, pace, used, remaining, reset, serverTime, localTime }
}

function stateOf(account: Account, entry: Entry, now: number, serverNow: number): QuotaState {
  const limit = entry.used + entry.remaining
  const passed = serverNow - entry.serverTime >= entry.window.seconds * 1000
  const secondsToEmpty = passed
    ? undefined
    : entry.remaining === 0
      ? 0
      : entry.pace.secondsToEmpty(serverNow / 1000, limit)
  return {
    environment: account.environment,
    window: entry.window.name,
    ...(account.alias === undefined ? {} : { account: account.alias }),
    limit,
    used: passed ? 0 : entry.used,
    remaining: passed ? limit : entry.remaining,
    reset: entry.reset,
    age: now - entry.localTime,
    readingTimestamp: entry.serverTime / 1000,
    ...(secondsToEmpty === undefined ? {} : { secondsToEmpty }),
  }
}
