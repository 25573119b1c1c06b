import { chooseFault, seededRandom } from '../chance.ts'
import type { Fault, FaultShare } from '../scenarios.ts'
import { operationShape, shapeOfRequest } from './routes.ts'

/** Whether this request target is a token call. */
export const isTokenPath = (target: string): boolean =>
  /\/oauth\/token(\/embedded\/(recipient|checkout))?\/?(\?|$)/i.test(target)

/** What goes wrong: by order for the next calls, else by chance. */
export class Faults {
  /** What goes wrong by chance. `reused_key` among it is the client's doing and answered like any other call. */
  byChance: readonly FaultShare[]
  readonly #random: () => number
  readonly #ordered: { fault: Fault; only: readonly string[] | undefined; left: number }[] = []

  constructor(faults: readonly FaultShare[], seed: number) {
    this.byChance = faults
    this.#random = seededRandom(seed)
  }

  /** Lets the next calls fail this way: all but token calls, or those of `only`. */
  next(fault: Fault, times: number, only?: readonly string[]): void {
    this.#ordered.push({ fault, only, left: times })
  }

  /** What happens to this request; undefined when it is answered well. */
  choose(method: string, target: string): Fault | undefined {
    const shape = shapeOfRequest(method, target)
    const hits = (only: readonly string[]) => only.some((operation) => operationShape(operation) === shape)
    const ordered = this.#ordered.find(({ only }) => (only ? hits(only) : !isTokenPath(target)))
    if (!ordered) return chooseFault(this.byChance, hits, this.#random)
    ordered.left--
    if (ordered.left <= 0) this.#ordered.splice(this.#ordered.indexOf(ordered), 1)
    return ordered.fault
  }
}
