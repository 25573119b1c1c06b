/** Plays a story second by second and returns what Prometheus would have got. */

import { chooseFault, chooseOperation, seededRandom } from '../../../examples/chance.ts'
import type { FaultShare } from '../../../examples/scenarios.ts'
import { Notifications, pay } from './payments.ts'
import { type ProcessPlan, SimulatedProcess } from './process.ts'
import { DEFAULT_LIMITS, type Limits, SlidingQuota } from './quota.ts'
import { resultOf } from './result.ts'

/** What happens in a simulation, without what is expected of it. */
export interface Story {
  seed: number
  /** Minutes from the first sample to the last. */
  minutes: number
  /** Seconds before the first sample from which calls are made (and fill the quota) unseen. */
  preload?: number
  processes: readonly ProcessPlan[]
  limits?: Limits
  /** Whether 429s carry the rate-limit headers; nobody has recorded one, so the worse is the default. */
  headersOn429?: boolean
}

/** What came of it. */
export interface Played {
  series: { series: string; values: string }[]
  calls: number
  /** Seconds of the first 429 and of the last. */
  first429: number | undefined
  last429: number | undefined
  /** Seconds at which calls of the story failed, 429s included. */
  failures: number[]
}

/** How long a token is good for. */
const TOKEN_SECONDS = 3_600

const poisson = (mean: number, random: () => number): number => {
  if (mean <= 0) return 0
  const limit = Math.exp(-mean)
  let product = random()
  let n = 0
  while (product > limit) {
    product *= random()
    n++
  }
  return n
}

/** About a quarter of a second, seldom more than one. */
const usualSeconds = (random: () => number): number =>
  0.25 * Math.exp(0.5 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))

/** Plays a story. The same story gives the same series. */
export const play = (story: Story): Played => {
  const random = seededRandom(story.seed)
  const begin = -(story.preload ?? 0)
  const end = story.minutes * 60
  const processes = story.processes.map((plan) => new SimulatedProcess(plan))
  const quotas = new Map<string, SlidingQuota>()
  const quotaOf = ({ environment, account = '' }: ProcessPlan): SlidingQuota => {
    const key = `${environment} ${account}`
    let quota = quotas.get(key)
    if (!quota) {
      quota = new SlidingQuota(story.limits ?? DEFAULT_LIMITS, begin)
      quotas.set(key, quota)
    }
    return quota
  }
  let calls = 0
  let first429: number | undefined
  let last429: number | undefined
  const failures: number[] = []
  /** Makes one call; tells whether it succeeded. */
  const call = (process: SimulatedProcess, operation: string, faults: readonly FaultShare[], second: number) => {
    const quota = quotaOf(process.plan)
    calls++
    const fault = chooseFault(faults, (only) => only.includes(operation), random)
    const seconds = usualSeconds(random)
    const taken = quota.take()
    const result = resultOf(taken ? fault : { kind: 'status', status: 429 }, operation, seconds)
    process.record(operation, result)
    const succeeded = result.outcome === 'success'
    if (!succeeded) failures.push(second)
    if (!taken) {
      first429 ??= second
      last429 = second
    }
    if (taken ? answered(fault) : story.headersOn429) process.read(second, quota.used(), quota.limits)
    return succeeded
  }
  const notifications = new Notifications()
  const someone = processes.some(({ plan }) => plan.payments !== undefined)
  for (let second = begin; second <= end; second++) {
    if (someone) {
      const running = processes.filter(({ plan }) => second >= plan.from && second < plan.to)
      for (const process of running) pay(process, second, notifications, random, (mean) => poisson(mean, random))
      notifications.send(second, running)
    }
    for (const process of processes) {
      const { plan } = process
      if (second < plan.from || second > plan.to) continue
      quotaOf(plan).advance(second)
      const wanted = second === plan.to ? 0 : poisson(plan.rate(second), random)
      const faults = wanted > 0 ? plan.faults(second) : []
      for (let i = 0; i < wanted; i++) {
        const { operation } = chooseOperation(plan.operations, random)
        if (plan.tokenFaults && second >= process.tokenUntil) {
          // Without a token the call itself is not made.
          if (!call(process, 'POST /oauth/token', plan.tokenFaults(second), second)) continue
          process.tokenUntil = second + TOKEN_SECONDS
        }
        call(process, operation, faults, second)
      }
      if (second > plan.from && (second - plan.from) % 60 === 0) process.export(second)
      else if (second === plan.to) process.export(second)
    }
  }
  return { series: processes.flatMap((process) => process.series(story.minutes)), calls, first429, last429, failures }
}

/** Whether Mangopay itself answered, with its rate-limit headers. */
const answered = (fault: { kind: string; status?: number } | undefined): boolean =>
  fault === undefined || !['hang', 'edge', 'reset', 'credentials'].includes(fault.kind)
