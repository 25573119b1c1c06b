/** Alerts about the quota: spent, about to be spent, low. All by account: which one is refused is the first question. */

import { callsIn, fewCalls } from './failures.ts'
import type { AlertRule, RuleContext } from './model.ts'
import { COUNTED, RECORDS } from './records.ts'
import { LABEL } from './spelling.ts'

const ACCOUNT = `${LABEL.environment}, ${LABEL.account}`
const WINDOW = LABEL.window
const REFUSED = `${LABEL.category}="rate_limit"`

/** Windows of 1 and 5 minutes fill and empty within one export: only the 429s tell about them. */
const SLOW_WINDOWS = `${WINDOW}!~"1m|5m"`

/** Without the record's name: Grafana, unlike Prometheus, would make it a label of the alert. */
const unnamed = (expression: string): string =>
  `max by (${ACCOUNT}, ${WINDOW}) (
${expression.replace(/^/gm, '  ')}
)`

/** An old reading is history: nobody calls, or all that is called is refused, which has its own alert. */
const read = ({ numbers, seconds }: RuleContext): string =>
  `time() - ${RECORDS.read} < ${seconds(numbers.lately + COUNTED)}`

/** The day gets emptier: what had to be paused is paused, although it is nearly full for hours yet. */
const emptying = ({ numbers }: RuleContext): string =>
  `${RECORDS.forecast}{${WINDOW}="24h"} <= ${RECORDS.utilization} - ${numbers.emptying}`

/** The quota alerts. */
export const quotaAlerts = (context: RuleContext): AlertRule[] => {
  const { numbers: n } = context
  const refused = (minutes: number) => callsIn(context, minutes, ACCOUNT, REFUSED)
  const all = (minutes: number) => callsIn(context, minutes, ACCOUNT)
  return [
    {
      alert: 'MangopayRateLimited',
      urgency: 'page',
      expr: `${refused(COUNTED)} > ${n.rateLimitedCount}
and ${refused(COUNTED)} / ${all(COUNTED)} > ${n.rateLimitedShare}`,
      forMinutes: 0,
      keepFiringForMinutes: n.rateLimitedKeep,
      description: ({ value, where }) =>
        `${value('count')} calls${where('account')} were answered 429 in the last 5 minutes. A retry that is refused only delays your own work: slow down what can wait.`,
    },
    {
      alert: 'MangopayRateLimited',
      labels: { traffic: 'low' },
      urgency: 'page',
      expr: `${refused(n.rateLimitedLowMemory)} > ${n.rateLimitedCount}
and ${refused(n.lowSpan)} / ${all(n.lowSpan)} > ${n.rateLimitedLowShare}
and ${refused(n.lately)} > 0
and ${fewCalls(context, ACCOUNT)}`,
      forMinutes: n.lowFor,
      keepFiringForMinutes: n.lowKeep,
      description: ({ value, where }) =>
        `${value('count')} calls${where('account')} were answered 429 in the last 4 hours, most of the few that were made. Somebody has used the quota up: find out who, and pause everything that is not a payment.`,
    },
    {
      alert: 'MangopayRateLimitExhaustionPredicted',
      urgency: 'ticket',
      expr: unnamed(`${RECORDS.forecast} > ${n.predictedFull}
and (
  ${RECORDS.utilization}{${WINDOW}="15m"} > ${n.predictedGuard}
  or ${RECORDS.utilization} > ${n.predictedGuardLong}
)`),
      forMinutes: 0,
      keepFiringForMinutes: n.predictedKeep,
      description: ({ value, label, where }) =>
        `At the present pace ${value('share')} of the ${label(WINDOW)} quota${where('account')} will be used. It is used up within minutes (15m, 30m, 1h) or four hours (24h), and then every call is a 429. Find who calls more than usual and pause what can wait.`,
    },
    {
      alert: 'MangopayRateLimitHeadroomLow',
      urgency: 'ticket',
      expr: unnamed(`${RECORDS.utilization}{${SLOW_WINDOWS}} > ${n.headroomUsed}
unless (
  ${RECORDS.forecast} <= ${n.headroomUsed}
  or ${emptying(context)}
)
and ${read(context)}`),
      forMinutes: n.headroomFor,
      keepFiringForMinutes: n.headroomKeep,
      description: ({ value, label, where }) =>
        `${value('share')} of the ${label(WINDOW)} quota${where('account')} is used. Calls come back one window length after they were made. Do not start a batch now.`,
    },
    {
      alert: 'MangopayRateLimitNearlyEmpty',
      urgency: 'page',
      expr: unnamed(`${RECORDS.utilization}{${WINDOW}="24h"} > ${n.nearlyEmptyUsed}
unless ${emptying(context)}
and ${read(context)}`),
      forMinutes: n.nearlyEmptyFor,
      keepFiringForMinutes: n.nearlyEmptyKeep,
      description: ({ value, label, where }) =>
        `${value('share')} of the ${label(WINDOW)} quota${where('account')} is used, and it does not get less: without less traffic the 429s will last for hours. Pause everything that is not a payment; this ends when enough is paused.`,
    },
  ]
}
