import { chooseFault, chooseOperation, seededRandom } from '../chance.ts'
import type { Client, Scenario } from '../scenarios.ts'
import type { Caller, Verdict } from './clients.ts'
import { Planner } from './operations.ts'

/** What the app itself has seen of its calls, apart from any telemetry. */
export interface PlayerCounts {
  started: number
  inFlight: number
  verdicts: Record<Verdict | 'never settled', number>
  /** Calls not made because too many were in flight. */
  skipped: number
}

/** How traffic is played. */
export interface PlayerSettings {
  seed: number
  /** Multiplies the scenario's rate. */
  pace: number
  /** More calls than this are never in flight. */
  maximumInFlight: number
}

/** Milliseconds between two looks at what is due. */
const TICK = 20

/** Makes the calls of a scenario, at its rate, until another one is played. */
export class Player {
  readonly counts: PlayerCounts = {
    started: 0,
    inFlight: 0,
    verdicts: { answered: 0, failed: 0, 'never settled': 0 },
    skipped: 0,
  }
  readonly #callers: Record<Client, Caller>
  readonly #settings: PlayerSettings
  readonly #random: () => number
  readonly #planner: Planner
  #timer: NodeJS.Timeout | undefined
  #idle: (() => void)[] = []

  constructor(callers: Record<Client, Caller>, settings: PlayerSettings) {
    this.#callers = callers
    this.#settings = settings
    this.#random = seededRandom(settings.seed)
    this.#planner = new Planner(settings.seed + 1)
  }

  /** Plays this scenario, in place of the one before, from its beginning or from this second of it on. */
  play(scenario: Scenario, from = 0): void {
    this.pause()
    let last = performance.now()
    const start = last - from * 1_000
    // A first call at once: nobody wants to wait for it.
    let due = 1
    this.#timer = setInterval(() => {
      const now = performance.now()
      const seconds = (now - start) / 1_000
      due += (scenario.rate(seconds) * this.#settings.pace * (now - last)) / 1_000
      last = now
      for (; due >= 1; due--) this.#call(scenario, seconds)
    }, TICK)
  }

  /** Makes no new calls. */
  pause(): void {
    clearInterval(this.#timer)
  }

  /** Makes no new calls and waits for those in flight. */
  async drain(): Promise<void> {
    this.pause()
    if (this.counts.inFlight > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** One of the calls in flight is over and its promise will never say so. */
  lose(): void {
    this.#end('never settled')
  }

  #call(scenario: Scenario, seconds: number): void {
    const { operation, client } = chooseOperation(scenario.operations, this.#random)
    const reused = scenario.faults(seconds).filter(({ fault }) => fault.kind === 'reused_key')
    const reuse = chooseFault(reused, (only) => only.includes(operation), this.#random) !== undefined
    if (this.counts.inFlight >= this.#settings.maximumInFlight) {
      this.counts.skipped++
      return
    }
    this.counts.started++
    this.counts.inFlight++
    void this.#callers[client](this.#planner.plan(operation, reuse)).then((verdict) => this.#end(verdict))
  }

  #end(verdict: keyof PlayerCounts['verdicts']): void {
    this.counts.inFlight--
    this.counts.verdicts[verdict]++
    if (this.counts.inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve()
  }
}
