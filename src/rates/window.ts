import type { Verdict } from '../outcome/outcome.ts'

/** Kind of failure a rate or a spike is about: answers 429, answers 500, or Mangopay failing in any way. */
export type ErrorKind = '429' | '500' | 'unavailable'

/** Calls and failures of the sliding window. */
export interface RatesSnapshot {
  /** Length of the window in seconds. */
  windowSeconds: number
  /** Calls that ended in the window. */
  calls: number
  /** Failures in the window and their share of the calls, 0 without calls. */
  kinds: Record<ErrorKind, { count: number; ratio: number }>
}

/** The kinds of failure that rates and spikes are about. */
export const ERROR_KINDS: readonly ErrorKind[] = ['429', '500', 'unavailable']

/** How many steps a window slides in. */
export const WINDOW_STEPS = 60

/** Whether a call failed in a way that a kind is about, in the order of `ERROR_KINDS`. */
const IS_OF_KIND: readonly ((status: number | undefined, verdict: Verdict) => boolean)[] = [
  (status) => status === 429,
  (status) => status === 500,
  (_, verdict) => verdict.unavailable,
]

interface Step {
  calls: number
  /** Failures by kind, in the order of `ERROR_KINDS`. */
  readonly failures: number[]
  /** Failures by kind and operation; made with the first failure, since most steps have none. */
  readonly operations: (Map<string, number> | undefined)[]
}

/**
 * Calls and failures of one environment in a sliding window: the present step of absolute time, which has just begun
 * or is nearly over, and the 59 before it. After an idle hour nothing of before is left, whether or not anybody
 * looked at it meanwhile.
 */
export class SlidingWindow {
  readonly #stepMilliseconds: number
  readonly #steps: Step[] = Array.from({ length: WINDOW_STEPS }, () => ({
    calls: 0,
    failures: ERROR_KINDS.map(() => 0),
    operations: [],
  }))
  /** Newest step seen: a clock that is set back adds to it and does not forget it. */
  #newest = Number.NEGATIVE_INFINITY
  /** The step of that time. */
  #present = this.#steps[0] as Step
  /** When the present step is over. */
  #until = Number.NEGATIVE_INFINITY
  /** Calls in the window, as of the newest step. */
  #calls = 0
  readonly #failures = ERROR_KINDS.map(() => 0)
  /** Their sum, so that a look at a window without any costs nothing. */
  #failed = 0

  /** @param seconds - length of the window */
  constructor(seconds: number) {
    this.#stepMilliseconds = (seconds * 1000) / WINDOW_STEPS
  }

  /** Adds a call that ended at `now` (epoch milliseconds). */
  add(now: number, operation: string, status: number | undefined, verdict: Verdict): void {
    this.#slide(now)
    const step = this.#present
    step.calls++
    this.#calls++
    if (verdict.category === undefined) return
    for (let kind = 0; kind < ERROR_KINDS.length; kind++) {
      if (IS_OF_KIND[kind]?.(status, verdict) !== true) continue
      step.failures[kind] = (step.failures[kind] as number) + 1
      this.#failures[kind] = (this.#failures[kind] as number) + 1
      this.#failed++
      step.operations[kind] ??= new Map()
      const operations = step.operations[kind] as Map<string, number>
      operations.set(operation, (operations.get(operation) ?? 0) + 1)
    }
  }

  /** Calls in the window. */
  calls(now: number): number {
    this.#slide(now)
    return this.#calls
  }

  /** Failures of a kind in the window. */
  count(now: number, kind: ErrorKind): number {
    this.#slide(now)
    return this.#failures[ERROR_KINDS.indexOf(kind)] as number
  }

  /** Share of the calls in the window that failed in this way, 0 without calls. */
  ratio(now: number, kind: ErrorKind): number {
    const count = this.count(now, kind)
    return count === 0 ? 0 : count / this.#calls
  }

  /** Whether nothing failed in the window, as of the last call that was added. */
  get isClean(): boolean {
    return this.#failed === 0
  }

  /** Failures of a kind in the window by operation, most first. */
  operations(now: number, kind: ErrorKind): { operation: string; count: number }[] {
    this.#slide(now)
    const totals = new Map<string, number>()
    for (const step of this.#steps) {
      for (const [operation, count] of step.operations[ERROR_KINDS.indexOf(kind)] ?? []) {
        totals.set(operation, (totals.get(operation) ?? 0) + count)
      }
    }
    return [...totals].map(([operation, count]) => ({ operation, count })).sort((a, b) => b.count - a.count)
  }

  /** Moves to the step of `now` and forgets what a window ago was. */
  #slide(now: number): void {
    if (now < this.#until) return
    const epoch = Math.floor(now / this.#stepMilliseconds)
    if (epoch <= this.#newest) return
    const passed = Math.min(epoch - this.#newest, WINDOW_STEPS)
    for (let i = 0; i < passed; i++) {
      const step = this.#steps[modulo(epoch - i)] as Step
      this.#calls -= step.calls
      step.calls = 0
      for (let kind = 0; kind < ERROR_KINDS.length; kind++) {
        this.#failures[kind] = (this.#failures[kind] as number) - (step.failures[kind] as number)
        this.#failed -= step.failures[kind] as number
        step.failures[kind] = 0
      }
      step.operations.length = 0
    }
    this.#newest = epoch
    this.#present = this.#steps[modulo(epoch)] as Step
    this.#until = (epoch + 1) * this.#stepMilliseconds
  }
}

/** Remainder that is never negative, for clocks before 1970. */
const modulo = (epoch: number) => ((epoch % WINDOW_STEPS) + WINDOW_STEPS) % WINDOW_STEPS
