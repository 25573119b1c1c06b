import type { Attributes } from '@opentelemetry/api'
import * as names from './names.ts'
import { expected, isHttpStatus, VERDICT_COUNT, type Verdict } from './outcome.ts'
import { type Operation, OTHER_OPERATION } from './route.ts'

/** Calls that ended alike: one attribute set of `mangopay.client.requests`. */
export interface Cell {
  readonly environment: string
  readonly operation: string
  /** Undefined without a response, and when `_OTHER` had no room left for the codes. */
  readonly status: number | undefined
  readonly verdict: Verdict
  /** As the metric carries them. Never changed: the SDK keeps the object as its key. */
  readonly attributes: Readonly<Attributes>
  count: number
}

/** What is counted of one operation in one environment. */
interface Series {
  /** By status and verdict. A cell of `_OTHER` may stand here when there was no room for an own one. */
  readonly cells: Map<number, Cell>
  /** Bit 1: the zeros that a read can need exist; bit 2: those that a write can. */
  primed: number
  /** As the duration metric carries them. */
  readonly attributes: Readonly<Attributes>
}

/**
 * Most attribute sets that are ever observed. The SDK holds 2,000 by default, and an ObservableCounter loses the
 * counts of those beyond (measured with sdk-metrics 2.12.1), where a synchronous counter keeps them.
 */
const LIMIT = 1900
/** Kept free for the codes of `_OTHER`. */
const ROOM_FOR_OTHER = 150
/** Kept free, for each environment, for `_OTHER` without code: every verdict there is. */
const ROOM_WITHOUT_CODE = VERDICT_COUNT

/**
 * Counts every call in plain numbers that an observable callback reads: 10 to 20 ns a call, where the SDK's counter
 * takes 400 to 1,700. Nothing is lost at any number of attribute sets; what has no room is counted as `_OTHER`.
 */
export class Tally {
  /** Every cell, each once. */
  readonly cells: Cell[] = []
  readonly #environments = new Map<string, (Series | undefined)[]>()
  readonly #limit: number

  constructor(environments: number) {
    this.#limit = LIMIT - environments * ROOM_WITHOUT_CODE
  }

  /**
   * Counts a call.
   *
   * @returns the attributes for its duration
   */
  count(
    environment: string,
    operation: Operation,
    write: boolean,
    status: number | undefined,
    verdict: Verdict,
  ): Readonly<Attributes> {
    const series = this.#series(environment, operation)
    const bit = write ? 2 : 1
    if ((series.primed & bit) === 0) this.#prime(environment, operation, series, write, bit)
    this.#cell(environment, operation, series, status, verdict).count++
    return series.attributes
  }

  #series(environment: string, operation: Operation): Series {
    let all = this.#environments.get(environment)
    if (all === undefined) {
      all = []
      this.#environments.set(environment, all)
    }
    let series = all[operation.index]
    if (series === undefined) {
      const attributes = Object.freeze({
        [names.ATTR_MANGOPAY_OPERATION]: operation.name,
        [names.ATTR_MANGOPAY_ENVIRONMENT]: environment,
      })
      series = { cells: new Map(), primed: 0, attributes }
      all[operation.index] = series
    }
    return series
  }

  /** The 429 and the 500 of an operation exist at 0 from its first call, so that `increase()` sees the first error. */
  #prime(environment: string, operation: Operation, series: Series, write: boolean, bit: number): void {
    series.primed |= bit
    for (const status of [429, 500] as const) {
      if (this.cells.length < this.#limit - ROOM_FOR_OTHER) {
        this.#cell(environment, operation, series, status, expected(status, write))
      }
    }
  }

  #cell(environment: string, operation: Operation, series: Series, status: number | undefined, verdict: Verdict): Cell {
    const code = status !== undefined && isHttpStatus(status) ? status : undefined
    const key = (code ?? 0) * VERDICT_COUNT + verdict.index
    let cell = series.cells.get(key)
    if (cell !== undefined) return cell
    if (operation !== OTHER_OPERATION && this.cells.length >= this.#limit - ROOM_FOR_OTHER) {
      cell = this.#cell(environment, OTHER_OPERATION, this.#series(environment, OTHER_OPERATION), code, verdict)
    } else if (code !== undefined && this.cells.length >= this.#limit) {
      cell = this.#cell(environment, OTHER_OPERATION, series, undefined, verdict)
    } else {
      cell = newCell(environment, operation.name, code, verdict)
      this.cells.push(cell)
    }
    series.cells.set(key, cell)
    return cell
  }
}

function newCell(environment: string, operation: string, status: number | undefined, verdict: Verdict): Cell {
  const attributes: Attributes = {
    [names.ATTR_MANGOPAY_OPERATION]: operation,
    [names.ATTR_MANGOPAY_ENVIRONMENT]: environment,
    [names.ATTR_MANGOPAY_OUTCOME]: verdict.outcome,
  }
  if (status !== undefined) attributes[names.ATTR_HTTP_RESPONSE_STATUS_CODE] = status
  if (verdict.category !== undefined) attributes[names.ATTR_MANGOPAY_ERROR_CATEGORY] = verdict.category
  return { environment, operation, status, verdict, attributes: Object.freeze(attributes), count: 0 }
}
