/** Payments of a service: what its answers and Mangopay's notifications tell of them, and how those are delivered. */

import type { ResultCategory } from '../../../src/results/codes.ts'
import type { SimulatedProcess } from './process.ts'

/** Payments of one process. Rates per second, shares 0 to 1; times in seconds of the simulation. */
export interface PaymentPlan {
  /** Pay-ins that end. */
  payIns(second: number): number
  /** Of these, how many fail for each reason. */
  payInsFail(second: number): Partial<Record<ResultCategory, number>>
  /** Payouts that end. */
  payouts?(second: number): number
  payoutsFail?(second: number): number
  /** KYC documents that are looked at. */
  documents?(second: number): number
  documentsRefused?(second: number): number
  /** How the app answers notifications; in time unless told. */
  hook?(second: number): 'answers' | 'refuses' | 'dawdles'
}

/** Mangopay's documented rule: again every 10 min for 1 h, then every 8 h for 3 days; after 100 failures in a row never. */
const RETRIES = [...Array(6).fill(600), ...Array(9).fill(28_800)] as readonly number[]
const MOST_FAILURES = 100

interface Notification {
  job: string
  type: string
  tries: number
}

/** Notifications on their way to the services of a story. */
export class Notifications {
  readonly #due = new Map<number, Notification[]>()
  /** By service and event type: there is a hook for each. */
  readonly #failuresInRow = new Map<string, number>()
  #turn = 0

  /** Something has happened. */
  happened(job: string, type: string, second: number): void {
    this.#wait(second, { job, type, tries: 0 })
  }

  /** Sends what is due to the processes that run, which take turns. Without one nobody sees a try, and it has failed. */
  send(second: number, running: readonly SimulatedProcess[]): void {
    for (const one of this.#due.get(second) ?? []) {
      const hook = `${one.job} ${one.type}`
      const failures = this.#failuresInRow.get(hook) ?? 0
      if (failures >= MOST_FAILURES) continue
      const takers = running.filter(({ plan }) => plan.job === one.job && plan.payments !== undefined)
      const taker = takers[this.#turn++ % takers.length]
      const manner = taker?.plan.payments?.hook?.(second) ?? 'answers'
      const isTaken = taker !== undefined && manner === 'answers'
      taker?.notified(one.type, manner === 'answers' ? 'acknowledged' : manner === 'refuses' ? 'refused' : 'late')
      this.#failuresInRow.set(hook, isTaken ? 0 : failures + 1)
      const wait = RETRIES[one.tries]
      if (!isTaken && wait !== undefined) this.#wait(second + wait, { ...one, tries: one.tries + 1 })
    }
    this.#due.delete(second)
  }

  #wait(second: number, one: Notification): void {
    const others = this.#due.get(second)
    if (others === undefined) this.#due.set(second, [one])
    else others.push(one)
  }
}

/** Lets a second of payments happen. */
export const pay = (
  process: SimulatedProcess,
  second: number,
  notifications: Notifications,
  random: () => number,
  howMany: (mean: number) => number,
): void => {
  const { job, payments } = process.plan
  if (payments === undefined) return
  const tell = (type: string) => notifications.happened(job, type, second + 1)
  for (let i = howMany(payments.payIns(second)); i > 0; i--) {
    let left = random()
    const [category] =
      Object.entries(payments.payInsFail(second)).find(([, share]) => {
        left -= share
        return left < 0
      }) ?? []
    process.paidIn(category)
    tell(category === undefined ? 'PAYIN_NORMAL_SUCCEEDED' : 'PAYIN_NORMAL_FAILED')
  }
  for (let i = howMany(payments.payouts?.(second) ?? 0); i > 0; i--) {
    tell(random() < (payments.payoutsFail?.(second) ?? 0) ? 'PAYOUT_NORMAL_FAILED' : 'PAYOUT_NORMAL_SUCCEEDED')
  }
  for (let i = howMany(payments.documents?.(second) ?? 0); i > 0; i--) {
    tell(random() < (payments.documentsRefused?.(second) ?? 0) ? 'KYC_FAILED' : 'KYC_SUCCEEDED')
  }
}
