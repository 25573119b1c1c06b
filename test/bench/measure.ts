/** Drives the child processes: always two at a time, the variant and what it is compared with, in turn. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Order } from './child.ts'

const child = fileURLToPath(new URL('./child.js', import.meta.url))
/** A running variant. */
export class Runner {
  readonly #process: ChildProcess

  constructor(name: string, profile?: string) {
    const cpuProfile = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`, '--cpu-prof-interval=200'] : []
    this.#process = fork(child, [name], { execArgv: cpuProfile })
  }

  /** Nanoseconds of CPU, or bytes, for each span. */
  async run(order: Order): Promise<number> {
    return new Promise((resolve, reject) => {
      const died = (code: number | null) => reject(new Error(`the child ended with ${code}`))
      this.#process.once('exit', died)
      this.#process.once('message', (value) => {
        this.#process.off('exit', died)
        resolve(value as number)
      })
      this.#process.send(order)
    })
  }

  async end(): Promise<void> {
    this.#process.disconnect()
    await once(this.#process, 'exit')
  }
}

/** A figure with its spread over the launches. */
export interface Figure {
  median: number
  low: number
  high: number
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
const at = (values: readonly number[], share: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN

/** Median, lowest and highest. */
const figure = (values: readonly number[]): Figure => ({
  median: at(values, 0.5),
  low: Math.min(...values),
  high: Math.max(...values),
})

/** What was measured of a variant: itself and against its base. */
export interface Result {
  nanoseconds: Figure
  /** CPU time divided by the base's. */
  ratio: Figure
  /** CPU time less the base's. */
  extra: Figure
  /** Bytes allocated for each span, less the base's. */
  bytes: Figure
}

const BYTES: Order = { measure: 'bytes', spans: 50_000 }

/** How long to measure. */
export interface Effort {
  /** Times the two processes are started anew: two runs of one program differ by how its machine code came to lie. */
  launches: number
  rounds: number
  spans: number
}

/**
 * Measures one variant against its base. A round of the one is compared with the round of the other beside it, and of
 * each launch the median of these pairs is taken: what else the machine does lasts longer than a pair and meets both.
 */
export async function measure(name: string, against: string, effort: Effort): Promise<Result> {
  const launched = { nanoseconds: [] as number[], ratio: [] as number[], extra: [] as number[], bytes: [] as number[] }
  const order: Order = { measure: 'cpu', spans: effort.spans }
  for (let launch = 0; launch < effort.launches; launch += 1) {
    const pair = [new Runner(name), new Runner(against)] as const
    const rounds: [number[], number[]] = [[], []]
    for (const it of pair) for (let warm = 0; warm < 6; warm += 1) await it.run(order)
    for (let round = 0; round < effort.rounds; round += 1) {
      // In turn: what else the machine does meets both.
      for (const which of round % 2 ? ([0, 1] as const) : ([1, 0] as const))
        rounds[which].push(await pair[which].run(order))
    }
    const [own, base] = rounds
    launched.nanoseconds.push(at(own, 0.25))
    launched.ratio.push(
      at(
        own.map((value, round) => value / (base[round] ?? Number.NaN)),
        0.5,
      ),
    )
    launched.extra.push(
      at(
        own.map((value, round) => value - (base[round] ?? Number.NaN)),
        0.5,
      ),
    )
    const [allocated, allocatedByBase] = [await pair[0].run(BYTES), await pair[1].run(BYTES)]
    launched.bytes.push(allocated - allocatedByBase)
    for (const it of pair) await it.end()
  }
  return {
    nanoseconds: figure(launched.nanoseconds),
    ratio: figure(launched.ratio),
    extra: figure(launched.extra),
    bytes: figure(launched.bytes),
  }
}

/** CPU time for each span with this many processes at once. */
export async function together(name: string, processes: number, spans: number): Promise<number> {
  const runners = Array.from({ length: processes }, () => new Runner(name))
  const all = () => Promise.all(runners.map((it) => it.run({ measure: 'cpu', spans })))
  await all()
  const values: number[] = []
  for (let round = 0; round < 5; round += 1) values.push(...(await all()))
  await Promise.all(runners.map((it) => it.end()))
  return at(values, 0.25)
}
