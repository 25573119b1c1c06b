import type { Attributes } from '@opentelemetry/api'
import { say } from '../diagnostics.ts'
import * as names from '../names.ts'
import { expected, isHttpStatus, VERDICT_COUNT, type Verdict } from '../outcome/outcome.ts'
import { type Operation, OTHER_OPERATION } from '../request/route.ts'
import { tagsOf } from '../span/tags.ts'

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

/** What is the same for all calls of an operation that ended alike, made once. */
export interface Slot {
  /** Where they are counted: a cell of `_OTHER` when there was no room for an own one. */
  readonly cell: Cell
  /** What their spans are tagged with. */
  readonly tags: Readonly<Attributes>
  /** As the duration metric carries them: of operation and environment only. */
  readonly durationAttributes: Readonly<Attributes>
}

/** What is counted of one environment: by position of the operation. */
export interface EnvironmentCounts {
  readonly environment: string
  readonly series: (Series | undefined)[]
}

/** What is counted of one operation in one environment. */
interface Series {
  readonly counts: EnvironmentCounts
  readonly operation: Operation
  /** By status and verdict. */
  readonly slots: Map<number, Slot>
  /** That of the last call, mostly that of the next one too, with its key. */
  latest: Slot | undefined
  latestKey: number
  /** Bit 1: the zeros that a read can need exist; bit 2: those that a write can. */
  primed: number
  readonly durationAttributes: Readonly<Attributes>
}

/**
 * Most attribute sets that are ever observed. The SDK holds 2,000 by default, and an ObservableCounter loses the
 * counts of those beyond (measured with sdk-metrics 2.12.1), where a synchronous counter keeps them.
 */
const LIMIT = 1900
/** Kept free for the codes of `_OTHER`. */
export const ROOM_FOR_OTHER = 150
/** Kept free, for each environment, for `_OTHER` without code: every verdict there is. */
const ROOM_WITHOUT_CODE = VERDICT_COUNT

/**
 * Counts every call in plain numbers that an observable callback reads: 10 to 20 ns a call, where the SDK's counter
 * takes 400 to 1,700. Nothing is lost at any number of attribute sets; what has no room is counted as `_OTHER`.
 */
export class Tally {
  /** Every cell, each once. */
  readonly cells: Cell[] = []
  /** Most cells there can be, but for those of `_OTHER` without code. */
  readonly limit: number
  #saidFull = false

  constructor(environments: number) {
    this.limit = LIMIT - environments * ROOM_WITHOUT_CODE
  }

  /** Begins to count for an environment: once for each. */
  environment(name: string): EnvironmentCounts {
    return { environment: name, series: [] }
  }

  /** Counts a call. */
  count(
    counts: EnvironmentCounts,
    operation: Operation,
    write: boolean,
    status: number | undefined,
    verdict: Verdict,
  ): Slot {
    const series = seriesOf(counts, operation)
    const bit = write ? 2 : 1
    if ((series.primed & bit) === 0) this.#prime(series, write, bit)
    const slot = this.#slot(series, status, verdict)
    slot.cell.count++
    return slot
  }

  /** The 429 and the 500 of an operation exist at 0 from its first call, so that `increase()` sees the first error. */
  #prime(series: Series, write: boolean, bit: number): void {
    series.primed |= bit
    for (const status of [429, 500] as const) {
      if (this.cells.length < this.limit - ROOM_FOR_OTHER) this.#slot(series, status, expected(status, write))
    }
  }

  #slot(series: Series, status: number | undefined, verdict: Verdict): Slot {
    const code = status !== undefined && isHttpStatus(status) ? status : undefined
    const key = (code ?? 0) * VERDICT_COUNT + verdict.index
    if (key === series.latestKey && series.latest !== undefined) return series.latest
    let slot = series.slots.get(key)
    if (slot === undefined) {
      const { counts, operation, durationAttributes } = series
      const tags = tagsOf(counts.environment, operation, code, verdict)
      slot = { cell: this.#cell(series, code, verdict), tags, durationAttributes }
      series.slots.set(key, slot)
    }
    series.latest = slot
    series.latestKey = key
    return slot
  }

  #cell(series: Series, code: number | undefined, verdict: Verdict): Cell {
    const { counts, operation } = series
    if (operation !== OTHER_OPERATION && this.cells.length >= this.limit - ROOM_FOR_OTHER) {
      if (!this.#saidFull) say(`so many operations ended in so many ways that further ones are counted as _OTHER`)
      this.#saidFull = true
      return this.#slot(seriesOf(counts, OTHER_OPERATION), code, verdict).cell
    }
    if (code !== undefined && this.cells.length >= this.limit) return this.#slot(series, undefined, verdict).cell
    const cell = newCell(counts.environment, operation.name, code, verdict)
    this.cells.push(cell)
    return cell
  }
}

function seriesOf(counts: EnvironmentCounts, operation: Operation): Series {
  const known = counts.series[operation.index]
  if (known !== undefined) return known
  const durationAttributes = Object.freeze({
    [names.ATTR_MANGOPAY_OPERATION]: operation.name,
    [names.ATTR_MANGOPAY_ENVIRONMENT]: counts.environment,
  })
  const series: Series = {
    counts,
    operation,
    slots: new Map(),
    latest: undefined,
    latestKey: -1,
    primed: 0,
    durationAttributes,
  }
  counts.series[operation.index] = series
  return series
}

function newCell(environment: string, operation: string, status: number | undefined, verdict: Verdict): Cell {
  const attributes = attributesOf(environment, operation, status, verdict)
  return { environment, operation, status, verdict, attributes, count: 0 }
}

/** Attributes of `mangopay.client.requests`. */
export function attributesOf(
  environment: string,
  operation: string,
  status: number | undefined,
  { outcome, category }: Verdict,
): Readonly<Attributes> {
  const attributes: Attributes = {
    [names.ATTR_MANGOPAY_OPERATION]: operation,
    [names.ATTR_MANGOPAY_ENVIRONMENT]: environment,
    [names.ATTR_MANGOPAY_OUTCOME]: outcome,
  }
  if (status !== undefined) attributes[names.ATTR_HTTP_RESPONSE_STATUS_CODE] = status
  if (category !== undefined) attributes[names.ATTR_MANGOPAY_ERROR_CATEGORY] = category
  return Object.freeze(attributes)
}
