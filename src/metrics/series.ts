import type { Attributes } from '@opentelemetry/api'
import * as names from '../names.ts'
import { expected, isHttpStatus, VERDICT_COUNT, type Verdict } from '../outcome/outcome.ts'
import { type Operation, OTHER_OPERATION } from '../request/route.ts'
import { Health } from '../warnings.ts'
import type { CounterSource } from './counter.ts'

/** The counter of calls. */
export const REQUESTS = {
  name: names.METRIC_MANGOPAY_CLIENT_REQUESTS,
  description: 'Calls to the Mangopay API that have ended.',
  unit: '{request}',
}

/** Calls that ended alike: one attribute set of `mangopay.client.requests`. */
export interface Series {
  readonly environment: string
  /** Alias from option `accounts`, or `_OTHER`; undefined without the option. */
  readonly account: string | undefined
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
  readonly verdict: Verdict
  /** Where they are counted: a series of `_OTHER` when there was no room for an own one. */
  readonly series: Series
  /** What their spans are tagged with: kept here by whoever tags the first one. */
  tags: Readonly<Attributes> | undefined
  /** As the duration metric carries them: of operation, environment and account only. */
  readonly durationAttributes: Readonly<Attributes>
}

/** What is counted of one account of one environment, without option `accounts` of the whole environment. */
export interface AccountCounts {
  readonly environment: string
  readonly account: string | undefined
  /** Where it goes on when there is no room for any more series: that of the other accounts of the environment. */
  readonly others: AccountCounts | undefined
  /** By position of the operation. */
  readonly operations: (OperationCounts | undefined)[]
}

/** What is counted of one operation. */
interface OperationCounts {
  readonly counts: AccountCounts
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
 * Most attribute sets of one processor. The SDK holds 2,000 by default, and shows those beyond as one that says nothing
 * but `otel.metric.overflow`.
 */
const LIMIT = 1900
/** Kept free for the codes of `_OTHER`. */
const ROOM_FOR_OTHER = 150
/** Kept free, for each environment, for `_OTHER` without code: every verdict there is. */
const ROOM_WITHOUT_CODE = VERDICT_COUNT

/**
 * Counts every call in plain numbers that are read when somebody collects: 10 to 20 ns a call, where the SDK's counter
 * takes 400 to 1,700. Nothing is lost at any number of attribute sets; what has no room is counted as `_OTHER`.
 */
export class RequestCounts implements CounterSource {
  readonly about = REQUESTS
  /** Every series, each once. */
  readonly series: Series[] = []
  /** Most series there can be, but for those of `_OTHER` without code. */
  readonly #limit: number
  readonly #health: Health

  constructor(environments: number, health = new Health()) {
    this.#health = health
    this.#limit = LIMIT - environments * ROOM_WITHOUT_CODE
  }

  /**
   * Begins to count for an account: once for each.
   *
   * @param others - counts of the environment's other accounts; undefined where there are none
   */
  account(environment: string, account?: string, others?: AccountCounts): AccountCounts {
    return { environment, account, others, operations: [] }
  }

  /** Counts a call. */
  count(
    counts: AccountCounts,
    operation: Operation,
    write: boolean,
    status: number | undefined,
    verdict: Verdict,
  ): Slot {
    const ofOperation = countsOf(counts, operation)
    const bit = write ? 2 : 1
    if ((ofOperation.primed & bit) === 0) this.#prime(ofOperation, write, bit)
    const slot = this.#slot(ofOperation, status, verdict)
    slot.series.count++
    return slot
  }

  /** The 429 and the 500 of an operation exist at 0 from its first call, so that `increase()` sees the first error. */
  #prime(ofOperation: OperationCounts, write: boolean, bit: number): void {
    ofOperation.primed |= bit
    for (const status of [429, 500] as const) {
      if (this.series.length < this.#limit - ROOM_FOR_OTHER) this.#slot(ofOperation, status, expected(status, write))
    }
  }

  #slot(ofOperation: OperationCounts, status: number | undefined, verdict: Verdict): Slot {
    const code = status !== undefined && isHttpStatus(status) ? status : undefined
    const key = (code ?? 0) * VERDICT_COUNT + verdict.index
    if (key === ofOperation.latestKey && ofOperation.latest !== undefined) return ofOperation.latest
    let slot = ofOperation.slots.get(key)
    if (slot === undefined) {
      const { durationAttributes } = ofOperation
      slot = { verdict, series: this.#series(ofOperation, code, verdict), tags: undefined, durationAttributes }
      ofOperation.slots.set(key, slot)
    }
    ofOperation.latest = slot
    ofOperation.latestKey = key
    return slot
  }

  #series(ofOperation: OperationCounts, code: number | undefined, verdict: Verdict): Series {
    const { counts, operation } = ofOperation
    if (operation !== OTHER_OPERATION && this.series.length >= this.#limit - ROOM_FOR_OTHER) {
      this.#health.note('SERIES', 'so many operations ended in so many ways that further ones are counted as _OTHER')
      return this.#slot(countsOf(counts, OTHER_OPERATION), code, verdict).series
    }
    if (this.series.length >= this.#limit) {
      if (code !== undefined) return this.#slot(ofOperation, undefined, verdict).series
      if (counts.others !== undefined) return this.#slot(countsOf(counts.others, operation), undefined, verdict).series
    }
    const series = newSeries(counts, operation.name, code, verdict)
    this.series.push(series)
    return series
  }
}

function countsOf(counts: AccountCounts, operation: Operation): OperationCounts {
  const known = counts.operations[operation.index]
  if (known !== undefined) return known
  const durationAttributes = Object.freeze({
    [names.ATTR_MANGOPAY_OPERATION]: operation.name,
    ...originOf(counts),
  })
  const ofOperation: OperationCounts = {
    counts,
    operation,
    slots: new Map(),
    latest: undefined,
    latestKey: -1,
    primed: 0,
    durationAttributes,
  }
  counts.operations[operation.index] = ofOperation
  return ofOperation
}

function newSeries(of: AccountCounts, operation: string, status: number | undefined, verdict: Verdict): Series {
  const { environment, account } = of
  const attributes = attributesOf(of, operation, status, verdict)
  return { environment, account, operation, status, verdict, attributes, count: 0 }
}

/** What metrics and events call an environment and an account; nothing of an account without option `accounts`. */
export const originOf = ({ environment, account }: { environment: string; account?: string | undefined }) => ({
  [names.ATTR_MANGOPAY_ENVIRONMENT]: environment,
  ...(account === undefined ? {} : { [names.ATTR_MANGOPAY_ACCOUNT]: account }),
})

/** Attributes of `mangopay.client.requests`. */
function attributesOf(
  of: { readonly environment: string; readonly account: string | undefined },
  operation: string,
  status: number | undefined,
  { outcome, category }: Verdict,
): Readonly<Attributes> {
  const attributes: Attributes = {
    [names.ATTR_MANGOPAY_OPERATION]: operation,
    ...originOf(of),
    [names.ATTR_MANGOPAY_OUTCOME]: outcome,
  }
  if (status !== undefined) attributes[names.ATTR_HTTP_RESPONSE_STATUS_CODE] = status
  if (category !== undefined) attributes[names.ATTR_MANGOPAY_ERROR_CATEGORY] = category
  return Object.freeze(attributes)
}
