import type { MockResult } from './results.ts'

/** How a request ended, as the server saw it. */
export type RequestState =
  /** Not over yet. */
  | 'open'
  /** The whole answer was sent. */
  | 'answered'
  /** The server broke off inside the body. */
  | 'cut'
  /** The server broke off before any byte of an answer. */
  | 'unanswered'
  /** The client went away before the answer was whole. */
  | 'abandoned'

/** One request that arrived. Raw on purpose: what it means is for the reader to find out. */
export interface LogEntry {
  /** Number of the request, from 1. */
  number: number
  /** Server time of arrival, epoch milliseconds. */
  time: number
  method: string
  /** Request target as received, query included. */
  path: string
  /** Client id that the credentials belong to; absent when they were not accepted or not looked at. */
  clientId?: string
  /** Status line sent; absent while none was. */
  status?: number
  /** Server time of the status line, epoch milliseconds. */
  statusTime?: number
  state: RequestState
  /** What the answer tells of an object with a status. */
  result?: MockResult
}

/** Totals since the start; exact, however little of the log is kept. */
export interface LogTotals {
  requests: number
  /** By status sent. */
  statuses: Record<string, number>
  /** Over without a status sent: reset, hung up on, given up by the client. */
  withoutStatus: number
  /** Not over yet. */
  open: number
  /** Results of writes whose answer was sent whole, as `pay_in FAILED 101101`. */
  results: Record<string, number>
  /** Inputs that were no HTTP request. They have no entry. */
  malformed: number
}

/** The server's own record of what it received and sent: the truth that telemetry is compared with. */
export class RequestLog {
  /** The newest entries, oldest first. */
  readonly entries: LogEntry[] = []
  readonly #keep: number
  readonly #byStatus = new Map<number, number>()
  readonly #results = new Map<string, number>()
  #requests = 0
  #withoutStatus = 0
  #open = 0
  #malformed = 0

  /** @param keep How many entries to keep. */
  constructor(keep: number) {
    this.#keep = keep
  }

  /** A request has arrived. */
  begin(time: number, method: string, path: string): LogEntry {
    this.#requests++
    this.#open++
    const entry: LogEntry = { number: this.#requests, time, method, path, state: 'open' }
    this.entries.push(entry)
    // In large steps: taking the first of a long array off for each request would cost more than the request.
    if (this.entries.length > this.#keep * 1.25 + 100) this.entries.splice(0, this.entries.length - this.#keep)
    return entry
  }

  /** A status line is being sent. */
  status(entry: LogEntry, status: number, time: number): void {
    entry.status = status
    entry.statusTime = time
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1)
  }

  /** A request is over; only the first call of an entry counts. */
  end(entry: LogEntry, state: Exclude<RequestState, 'open'>): void {
    if (entry.state !== 'open') return
    entry.state = state
    this.#open--
    if (entry.result?.isMade && state === 'answered') {
      const { resource, status, code } = entry.result
      const key = `${resource} ${status} ${code ?? ''}`.trimEnd()
      this.#results.set(key, (this.#results.get(key) ?? 0) + 1)
    }
    if (entry.status === undefined) this.#withoutStatus++
  }

  /** Something arrived that is no HTTP request. */
  malformed(): void {
    this.#malformed++
  }

  /** Totals since the start. */
  totals(): LogTotals {
    return {
      requests: this.#requests,
      statuses: Object.fromEntries([...this.#byStatus].sort(([a], [b]) => a - b)),
      withoutStatus: this.#withoutStatus,
      open: this.#open,
      results: Object.fromEntries([...this.#results].sort()),
      malformed: this.#malformed,
    }
  }
}
