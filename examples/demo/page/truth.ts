import type { Snapshot } from 'opentelemetry-mangopay'
import type { LogTotals } from '../../mock/log.ts'
import type { ReceivedSpan } from '../../otlp-receiver.ts'
import type { Truth, TruthLine } from './wire.ts'

/**
 * A difference must stay for this many looks before it is called one: the two sides are read a moment apart. Fewer are
 * enough when the server has nothing to do.
 */
const LOOKS = { idle: 3, busy: 12 } as const

/** How a call ends that never reached the server: no name, nobody listening, no way there. */
const BEFORE_ARRIVAL = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT/

/** Whether a failed call shows that its request never arrived. */
export const neverArrived = ({ attributes, message, events }: ReceivedSpan): boolean =>
  BEFORE_ARRIVAL.test(
    [attributes['error.type'], message, ...events.flatMap((event) => Object.values(event.attributes))].join(' '),
  )

/** Holds the library's counts against the server's log, look after look. */
export class TruthWatch {
  #last: readonly TruthLine[] = []
  #looks = 0

  /** @param lost Calls seen so far whose request never arrived. */
  look(snapshot: Snapshot, { requests, open, statuses }: LogTotals, lost: number): Truth {
    const sum = (count: 'calls' | 'status429' | 'status500') =>
      Object.values(snapshot.environments).reduce((all, environment) => all + environment[count], 0)
    const lines: TruthLine[] = [
      { what: 'All calls', library: sum('calls') - lost, server: requests - open },
      { what: '429', library: sum('status429'), server: statuses[429] ?? 0 },
      { what: '500', library: sum('status500'), server: statuses[500] ?? 0 },
    ]
    return { lines, inFlight: open, neverArrived: lost, state: this.#judge(lines, open) }
  }

  /**
   * While calls are made, a few end between the two readings, and the difference is another one each time. One that
   * stays, or is larger than all that happened since the look before, is a call that one side has missed.
   */
  #judge(lines: readonly TruthLine[], open: number): Truth['state'] {
    const last = this.#last
    this.#last = lines
    if (lines.every((line) => gap(line) === 0)) {
      this.#looks = 0
      return 'equal'
    }
    const suspicious = lines.some((line, i) => {
      const before = last[i]
      if (before === undefined || gap(line) === 0) return false
      return gap(line) === gap(before) || Math.abs(gap(line)) > line.server - before.server
    })
    this.#looks = suspicious ? this.#looks + 1 : 1
    return this.#looks >= (open === 0 ? LOOKS.idle : LOOKS.busy) ? 'differs' : 'settling'
  }
}

const gap = ({ library, server }: TruthLine): number => library - server
