import type { EnvironmentSnapshot, Snapshot } from 'opentelemetry-mangopay'
import type { LogEntry, LogTotals } from '../../mock/log.ts'
import type { ReceivedSpan } from '../../otlp-receiver.ts'
import type { AppState } from '../../traffic/messages.ts'
import { Ring } from './recent.ts'
import type { Truth, TruthLine } from './wire.ts'

/** So often must the sides disagree, one look after the other, before it is called a difference. */
const LOOKS = 3

/** Looks until the span of a call that has ended is sure to have been exported. */
const SPAN_LOOKS = 3

/** How a call ends that never reached the server: no name, nobody listening, no way there. */
const BEFORE_ARRIVAL = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT/

/** Whether a failed call shows that its request never arrived. */
export const neverArrived = ({ attributes, message, events }: ReceivedSpan): boolean =>
  BEFORE_ARRIVAL.test(
    [attributes['error.type'], message, ...events.flatMap((event) => Object.values(event.attributes))].join(' '),
  )

/** What is needed of the server's log. */
export interface ServerLog {
  entries: readonly LogEntry[]
  totals(): LogTotals
}

/**
 * Holds the library's counts against the server's log. Both are read while calls are under way, so the library may be
 * behind, by no more calls than the app itself says are in flight; it must never be ahead, but for calls that failed on
 * the network just now and whose spans, which tell whether they arrived, are still to come. With nothing in flight every
 * count must be the same.
 */
export class TruthWatch {
  #looks = 0
  readonly #broken = new Ring<number>(SPAN_LOOKS + 1)

  /** @param lost Calls seen so far whose request never arrived. */
  look({ time, snapshot, counts }: AppState, log: ServerLog, lost: number): Truth {
    const sum = (count: 'calls' | 'status429' | 'status500') => sumOf(snapshot, (environment) => environment[count])
    const { requests, statuses } = log.totals()
    // The state was on its way for a moment: what has come and gone since then is none of its business.
    const all: TruthLine = {
      what: 'All calls',
      library: sum('calls') - lost,
      server: requests - arrivedAfter(log.entries, time),
    }
    const answered = (status: number) => (statuses[status] ?? 0) - answeredAfter(log.entries, status, time)
    const lines: TruthLine[] = [
      all,
      { what: '429', library: sum('status429'), server: answered(429) },
      { what: '500', library: sum('status500'), server: answered(500) },
    ]
    const broken = sumOf(snapshot, ({ failures }) => (failures.network ?? 0) + (failures.timeout ?? 0))
    this.#broken.push(broken)
    const untold = broken - (this.#broken.entries[0] ?? broken)
    const isExplained = lines.every((line) =>
      line === all
        ? gap(line) >= -untold && gap(line) <= counts.inFlight
        : gap(line) >= 0 && gap(line) <= counts.inFlight,
    )
    return { lines, inFlight: Math.max(0, gap(all)), neverArrived: lost, state: this.#judge(lines, isExplained) }
  }

  #judge(lines: readonly TruthLine[], isExplained: boolean): Truth['state'] {
    this.#looks = isExplained ? 0 : this.#looks + 1
    if (this.#looks >= LOOKS) return 'differs'
    if (!isExplained) return 'settling'
    return lines.every((line) => gap(line) === 0) ? 'equal' : 'explained'
  }
}

/** Sum over the environments of a snapshot. */
export const sumOf = ({ environments }: Snapshot, count: (environment: EnvironmentSnapshot) => number): number =>
  Object.values(environments).reduce((sum, environment) => sum + count(environment), 0)

const gap = ({ library, server }: TruthLine): number => server - library

const arrivedAfter = (entries: readonly LogEntry[], time: number): number => {
  let count = 0
  while ((entries[entries.length - 1 - count]?.time ?? time) > time) count++
  return count
}

const answeredAfter = (entries: readonly LogEntry[], status: number, time: number): number =>
  entries.filter((entry) => entry.status === status && (entry.statusTime ?? 0) > time).length
