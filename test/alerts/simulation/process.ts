/** One process with this library in it: counts its calls as the library would and exports once a minute. */

import { LABEL, SERIES } from '../../../alerts/spelling.ts'
import type { FaultShare, OperationShare } from '../../../examples/scenarios.ts'
import { expected } from '../../../src/outcome/outcome.ts'
import { RESULT_CATEGORIES } from '../../../src/results/codes.ts'
import type { WebhookDelivery } from '../../../src/webhooks/webhooks.ts'
import type { PaymentPlan } from './payments.ts'
import { type Limits, windowSeconds } from './quota.ts'
import { isWrite, type Result } from './result.ts'

/** A process of the story. Times in seconds of the simulation. */
export interface ProcessPlan {
  job: string
  instance: string
  environment: string
  /** Alias of the Mangopay account; without it there is one account per environment and no label. */
  account?: string
  from: number
  /** Graceful end: what is counted by then is still exported. */
  to: number
  rate(second: number): number
  operations: readonly OperationShare[]
  faults(second: number): readonly FaultShare[]
  /** What goes wrong with the calls for a token, which a call makes first when there is no good one. None unless told. */
  tokenFaults?(second: number): readonly FaultShare[]
  /** What becomes of payments; without it there are none. */
  payments?: PaymentPlan
  /** Whether durations are exported as well; they make many series. */
  durations?: boolean
  /** Whether an export of this second arrives; all do unless told. The calls go on either way. */
  arrives?(second: number): boolean
}

/** Boundaries around which an alert decides; the ones below change no quantile above them. */
const BOUNDARIES = [0.25, 1, 2.5, 5, 10]

interface Recorded {
  labels: string
  value: number
  /** Exported values by minute; holes where nothing was exported. */
  exported: (number | undefined)[]
}

/** Counters and gauges of one process. */
export class SimulatedProcess {
  readonly plan: ProcessPlan
  /** Second until which its token is good. */
  tokenUntil = Number.NEGATIVE_INFINITY
  readonly #series = new Map<string, Recorded>()
  readonly #known = new Set<string>()
  #reading: { at: number; used: Record<string, number>; limits: Limits } | undefined

  constructor(plan: ProcessPlan) {
    this.plan = plan
    if (plan.payments === undefined) return
    for (const object of ['PAYIN_NORMAL', 'PAYOUT_NORMAL', 'KYC']) {
      for (const end of ['SUCCEEDED', 'FAILED']) this.#notification(`${object}_${end}`, 'acknowledged')
    }
  }

  /** Counts one call. */
  record(operation: string, { status, category, outcome, seconds }: Result): void {
    if (!this.#known.has(operation)) {
      this.#known.add(operation)
      for (const status of [429, 500] as const) {
        const { category, outcome } = expected(status, isWrite(operation))
        this.#count(operation, status, category, outcome)
      }
    }
    this.#count(operation, status, category, outcome).value++
    if (this.plan.durations) this.#observe(operation, seconds)
  }

  /** Counts the answer of a call that made a pay-in: it succeeded, or failed for this reason. */
  paidIn(category: string | undefined): void {
    // Every result exists at 0 from an operation's first answer on.
    for (const each of [undefined, ...RESULT_CATEGORIES]) this.#result(each)
    this.#result(category).value++
  }

  /** Counts a notification. */
  notified(type: string, delivery: WebhookDelivery): void {
    // The acknowledged outcomes exist at 0 from the start on, the others of a type from its first notification on.
    for (const each of ['acknowledged', 'late', 'refused'] as const) this.#notification(type, each)
    this.#notification(type, delivery).value++
  }

  /** Remembers the rate-limit headers of an answer. */
  read(at: number, used: Record<string, number>, limits: Limits): void {
    this.#reading = { at, used, limits }
  }

  /** Exports at a second, seen by the evaluation of the minute that follows. */
  export(second: number): void {
    const minute = Math.ceil(second / 60)
    const { plan } = this
    if (minute < 0 || plan.arrives?.(second) === false) return
    this.#gauges(second)
    for (const series of this.#series.values()) series.exported[minute] = series.value
  }

  /** Everything exported, as promtool's input series; `minutes` is the length of the story. */
  series(minutes: number): { series: string; values: string }[] {
    return [...this.#series.values()]
      .filter(({ exported }) => exported.length > 0)
      .map(({ labels, exported }) => ({ series: labels, values: notation(exported, minutes) }))
  }

  #count(operation: string, status: number | undefined, category: string | undefined, outcome: string): Recorded {
    return this.#at(SERIES.requests, {
      [LABEL.account]: this.plan.account ?? '',
      [LABEL.operation]: operation,
      [LABEL.status]: status === undefined ? '' : String(status),
      [LABEL.category]: category ?? '',
      [LABEL.outcome]: outcome,
    })
  }

  #result(category: string | undefined): Recorded {
    return this.#at(SERIES.results, {
      [LABEL.operation]: 'POST /payins/card/direct',
      [LABEL.resource]: 'pay_in',
      [LABEL.resultStatus]: category === undefined ? 'SUCCEEDED' : 'FAILED',
      [LABEL.resultCategory]: category ?? '',
    })
  }

  #notification(type: string, delivery: string): Recorded {
    // A notification tells no environment.
    return this.#at(SERIES.notifications, {
      [LABEL.environment]: '',
      [LABEL.eventType]: type,
      [LABEL.delivery]: delivery,
    })
  }

  #observe(operation: string, seconds: number): void {
    for (const le of [...BOUNDARIES, Number.POSITIVE_INFINITY]) {
      const bucket = this.#at(SERIES.durationBucketOtlp, {
        [LABEL.operation]: operation,
        le: le === Number.POSITIVE_INFINITY ? '+Inf' : String(le),
      })
      if (seconds <= le) bucket.value++
    }
  }

  #gauges(second: number): void {
    if (!this.#reading) return
    const { at, used, limits } = this.#reading
    for (const [window, limit] of Object.entries(limits)) {
      const labels = { [LABEL.window]: window, [LABEL.account]: this.plan.account ?? '' }
      const over = second - at > windowSeconds(window)
      this.#at(SERIES.usage, labels).value = over ? 0 : (used[window] ?? 0)
      this.#at(SERIES.limit, labels).value = limit
      this.#at(SERIES.readingTimestamp, labels).value = at
    }
  }

  #at(metric: string, labels: Record<string, string>): Recorded {
    const { job, instance, environment } = this.plan
    const all = { job, instance, [LABEL.environment]: environment, ...labels }
    const pairs = Object.entries(all).filter(([, value]) => value !== '')
    const key = `${metric}{${pairs.map(([name, value]) => `${name}="${value}"`).join(',')}}`
    let recorded = this.#series.get(key)
    if (!recorded) {
      recorded = { labels: key, value: 0, exported: [] }
      this.#series.set(key, recorded)
    }
    return recorded
  }
}

/** Promtool's notation, equal neighbours folded. */
const notation = (values: readonly (number | undefined)[], minutes: number): string => {
  const parts: string[] = []
  for (let i = 0; i <= minutes; ) {
    let j = i
    while (j < minutes && values[j + 1] === values[i]) j++
    const value = values[i]
    if (value === undefined) parts.push(j === i ? '_' : `_x${j - i + 1}`)
    else parts.push(j === i ? String(value) : `${value}+0x${j - i}`)
    i = j + 1
  }
  return parts.join(' ')
}
