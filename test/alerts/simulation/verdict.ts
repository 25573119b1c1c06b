/** Compares what fired with what an incident expects. */

import type { Fired } from './evaluate.ts'
import type { Incident } from './incidents.ts'
import type { Played } from './simulate.ts'

/** What the alerts made of an incident; times in minutes after it began. */
export interface Verdict {
  incident: Incident
  fired: readonly Fired[]
  /** When the first 429 came. */
  first429: number | undefined
  /** When it was knowable: at the time the incident tells, or when enough calls had failed. */
  knowable: number
  /** What is wrong; empty when all is well. */
  complaints: readonly string[]
}

const has = (fired: Fired, labels: Record<string, string> = {}): boolean =>
  Object.entries(labels).every(([name, value]) => fired.labels[name] === value)

/** The judgement on one incident. */
export const judge = (incident: Incident, { first429, failures }: Played, fired: readonly Fired[]): Verdict => {
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
  // One storm is one page: an alert that comes and goes pages each time it comes.
  for (const { alert, episodes, labels } of fired)
    if (labels['severity'] === 'critical' && episodes > 1) complaints.push(`${alert} paged ${episodes} times`)
  const enough = expected[0]?.failures
  const knowable = enough === undefined ? incident.knowable.after : (failing[enough - 1] ?? incident.knowable.after)
  return { incident, fired, first429: limited, knowable, complaints }
}
