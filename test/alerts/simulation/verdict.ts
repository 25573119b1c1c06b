/** Compares what fired with what an incident expects. */

import type { AlertName } from '../../../alerts/model.ts'
import { ruleOf } from '../cases/case.ts'
import type { Fired } from './evaluate.ts'
import type { Incident } from './incidents.ts'
import type { Played } from './simulate.ts'

/** What the alerts made of an incident; times in minutes after it began. */
export interface Verdict {
  incident: Incident
  fired: readonly Fired[]
  /** When the first 429 came. */
  first429: number | undefined
  /** When the incident was over; alerts on 429s are measured from the last 429 when that is later. */
  ends: number | undefined
  /** When it was knowable: at the time the incident tells, or when enough calls had failed. */
  knowable: number
  /** What is wrong; empty when all is well. */
  complaints: readonly string[]
}

const has = (fired: Fired, labels: Record<string, string> = {}): boolean =>
  Object.entries(labels).every(([name, value]) => fired.labels[name] === value)

/** Minutes after the last bad call at which the expression of every alert is false, whatever comes after. */
const FORGOTTEN = 20

/** The judgement on one incident. */
export const judge = (
  incident: Incident,
  { first429, last429 = 0, failures }: Played,
  fired: readonly Fired[],
): Verdict => {
  const { begins, expected, tolerated = [] } = incident
  const limited = first429 === undefined ? undefined : first429 / 60 - begins
  const complaints: string[] = []
  const failing = failures.filter((second) => second >= begins * 60).map((second) => second / 60 - begins)
  for (const { alert, within, failures: enough, before429, labels } of expected) {
    const first = fired.find((one) => one.alert === alert && has(one, labels))
    if (!first) {
      complaints.push(`${alert} ${JSON.stringify(labels ?? {})} never fired`)
      continue
    }
    const after = first.first - begins
    const deadline = enough === undefined ? within : Math.max(within, (failing[enough - 1] ?? 0) + 8)
    if (after > deadline) complaints.push(`${alert} fired after ${after} min, not within ${deadline}`)
    if (before429 !== undefined && (limited === undefined || limited - after < before429))
      complaints.push(`${alert} fired at ${after}, not ${before429} min before the first 429 at ${limited}`)
  }
  const known = new Set<string>([...tolerated, ...expected.map(({ alert }) => alert)])
  for (const { alert, first, labels } of fired) {
    if (!known.has(alert))
      complaints.push(`${alert} ${JSON.stringify(labels)} fired at ${first - begins} for no reason`)
    else if (first < begins) complaints.push(`${alert} fired at ${first - begins}, before anything happened`)
  }
  const { ends, minutes } = incident.story
  for (const { alert, episodes, labels, last } of fired) {
    const remembered = FORGOTTEN + ruleOf(alert as AlertName, labels).keepFiringForMinutes
    // One storm is one page: an alert that comes and goes pages each time it comes. Where hardly anybody calls, a pause
    // can be longer than any memory: the next failure is news again.
    const pauses = failing.filter((minute, i) => minute - (failing[i - 1] ?? minute) > remembered - 1).length
    const low = fired.some((one) => one.alert === alert && one.labels['traffic'] === 'low')
    // Where its form for low traffic fires, that one pages and mutes it.
    const pages = labels['severity'] === 'critical' && (labels['traffic'] === 'low' || !low)
    if (pages && episodes > 1 + pauses) complaints.push(`${alert} paged ${episodes} times`)
    // A page must end.
    const lastBad = Math.max(ends ?? 0, alert === 'MangopayRateLimited' ? last429 / 60 : 0)
    // These two tell of a level, which may stay for hours; that they end, when it falls or is history, is in the cases.
    const level = alert === 'MangopayRateLimitHeadroomLow' || alert === 'MangopayRateLimitNearlyEmpty'
    if (ends !== undefined && !level && lastBad + remembered < minutes && last >= lastBad + remembered)
      complaints.push(
        `${alert} still fired ${last - lastBad} min after the last bad call, keep ${remembered - FORGOTTEN}`,
      )
  }
  const enough = expected[0]?.failures
  const knowable = enough === undefined ? incident.knowable.after : (failing[enough - 1] ?? incident.knowable.after)
  return {
    incident,
    fired,
    first429: limited,
    ends: ends === undefined ? undefined : ends - begins,
    knowable,
    complaints,
  }
}
