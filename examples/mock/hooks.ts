import { request } from 'node:http'

/** How a notification was answered: 200 in time; after the time was out; anything else. */
export type HookOutcome = 'acknowledged' | 'late' | 'refused'

/** How the mock notifies an app. */
export interface HookOptions {
  /** Where notifications go; several addresses take turns, as behind a balancer. */
  urls: readonly string[]
  /**
   * Divides the time between two tries: 600 makes one second of ten minutes. The two seconds to answer are never
   * shortened. Default 1.
   */
  pace?: number
}

/** What became of the notifications. */
export interface HookTotals {
  /** Things that happened, by event type. */
  events: Record<string, number>
  /** Requests sent, by event type and outcome. */
  sent: Record<string, Record<HookOutcome, number>>
  /** Notifications that still wait for a try, or for its answer. */
  waiting: number
  /** Whether so many tries failed in a row that nothing is sent any more. */
  isInvalid: boolean
}

/** Mangopay's documented rule: 2 s to answer; again every 10 min for 1 h, then every 8 h for 3 days. */
const TIME_TO_ANSWER = 2_000
const RETRIES = [...Array(6).fill(600_000), ...Array(9).fill(28_800_000)] as readonly number[]
/** After so many failures in a row the hook is INVALID. */
const MOST_FAILURES = 100

/** Sends notifications as Mangopay does. */
export class Hooks {
  readonly #urls: readonly string[]
  readonly #pace: number
  readonly #events = new Map<string, number>()
  readonly #sent = new Map<string, Record<HookOutcome, number>>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #turn = 0
  #waiting = 0
  #failuresInRow = 0
  #isStopped = false

  constructor({ urls, pace = 1 }: HookOptions) {
    this.#urls = urls
    this.#pace = pace
  }

  /** Something has happened. */
  notify(eventType: string, id: string, now: number): void {
    this.#events.set(eventType, (this.#events.get(eventType) ?? 0) + 1)
    this.#waiting++
    const query = new URLSearchParams({ EventType: eventType, RessourceId: id, Date: String(Math.floor(now / 1_000)) })
    void this.#try(eventType, String(query), 0)
  }

  /** What became of them. */
  totals(): HookTotals {
    return {
      events: Object.fromEntries(this.#events),
      sent: Object.fromEntries([...this.#sent].map(([type, outcomes]) => [type, { ...outcomes }])),
      waiting: this.#waiting,
      isInvalid: this.#isInvalid,
    }
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.#isStopped = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  get #isInvalid(): boolean {
    return this.#failuresInRow >= MOST_FAILURES
  }

  async #try(eventType: string, query: string, tries: number): Promise<void> {
    if (this.#isStopped || this.#isInvalid) {
      this.#waiting--
      return
    }
    const url = this.#urls[this.#turn++ % this.#urls.length] as string
    const outcome = await ask(`${url}?${query}`)
    if (this.#isStopped) return
    const outcomes = this.#sent.get(eventType) ?? { acknowledged: 0, late: 0, refused: 0 }
    outcomes[outcome]++
    this.#sent.set(eventType, outcomes)
    this.#failuresInRow = outcome === 'acknowledged' ? 0 : this.#failuresInRow + 1
    const wait = RETRIES[tries]
    if (outcome === 'acknowledged' || wait === undefined) {
      this.#waiting--
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void this.#try(eventType, query, tries + 1)
    }, wait / this.#pace)
    timer.unref()
    this.#timers.add(timer)
  }
}

const ask = (url: string): Promise<HookOutcome> =>
  new Promise((resolve) => {
    const sent = request(url, { agent: false }, (response) => {
      response.resume()
      clearTimeout(timer)
      resolve(response.statusCode === 200 ? 'acknowledged' : 'refused')
    })
    const timer = setTimeout(() => {
      resolve('late')
      sent.destroy()
    }, TIME_TO_ANSWER)
    sent.on('error', () => {
      clearTimeout(timer)
      resolve('refused')
    })
    sent.end()
  })
