/** Alerts about the quota: spent, about to be spent, low. */

import type { AlertRule, RuleContext } from './model.ts'
import { RECORDS } from './records.ts'
import { LABEL } from './spelling.ts'

const ENV = LABEL.environment
const CAT = LABEL.category
const WINDOW = LABEL.window

/** Windows of 1 and 5 minutes fill and empty within one export: only the 429s tell about them. */
const SLOW_WINDOWS = `${WINDOW}!~"1m|5m"`

/** Calls are made at all; 429s count as well, or an empty quota would silence its own alerts. */
const alive = ({ numbers, span }: RuleContext): string =>
  `sum by (${ENV}) (sum_over_time(${RECORDS.callsByCategory}[${span(numbers.quotaAliveSpan)}])) > 0`

const limited = ({ numbers, span }: RuleContext): string => {
  const calls = RECORDS.callsByCategory
  const short = `sum by (${ENV}) (${calls}{${CAT}="rate_limit"})`
  const long = (minutes: number, matchers = '') =>
    `sum by (${ENV}) (sum_over_time(${calls}${matchers}[${span(minutes)}]) / 5)`
  const refused = (minutes: number) => long(minutes, `{${CAT}="rate_limit"}`)
  const slow = numbers.rateLimitedSlowSpan
  return `(
  ${short} > ${numbers.rateLimitedCount}
  and ${short} / sum by (${ENV}) (${calls}) > ${numbers.rateLimitedShare}
)
or on (${ENV}) (
  ${refused(numbers.rateLimitedSlowMemory)} > ${numbers.rateLimitedCount}
  and ${refused(slow)} / ${long(slow)} > ${numbers.rateLimitedSlowShare}
)`
}

/** The four quota alerts. */
export const quotaAlerts = (context: RuleContext): AlertRule[] => {
  const { numbers } = context
  return [
    {
      alert: 'MangopayRateLimited',
      urgency: 'page',
      expr: limited(context),
      forMinutes: 0,
      keepFiringForMinutes: numbers.rateLimitedKeep,
      summary: ({ value, label }) =>
        `Mangopay refuses calls in ${label(ENV)}: ${value('humanize')} answers of 429 lately`,
      description: ({ label }) =>
        `Calls to Mangopay in ${label(ENV)} are answered 429: a quota window of the account is used up. Every retry that is refused delays nothing but your own work; slow down what can wait.`,
    },
    {
      alert: 'MangopayRateLimitExhaustionPredicted',
      urgency: 'ticket',
      expr: `${RECORDS.forecast} > ${numbers.predictedFull}
and (
  ${RECORDS.utilization}{${WINDOW}="15m"} > ${numbers.predictedGuard}
  or ${RECORDS.utilization} > ${numbers.predictedGuardLong}
)`,
      forMinutes: 0,
      keepFiringForMinutes: numbers.predictedKeep,
      summary: ({ value, label }) =>
        `Mangopay quota of ${label(ENV)} runs out soon: ${value('humanizePercentage')} of the ${label(WINDOW)} window forecast`,
      description: ({ label }) =>
        `At the present pace the ${label(WINDOW)} window of ${label(ENV)} is empty within minutes (15m, 30m, 1h) or four hours (24h), and every call after that is a 429. Find who calls more than usual and pause what can wait.`,
    },
    {
      alert: 'MangopayRateLimitHeadroomLow',
      urgency: 'ticket',
      expr: `${RECORDS.utilization}{${SLOW_WINDOWS}} > ${numbers.headroomUsed}
and on (${ENV}) ${alive(context)}`,
      forMinutes: numbers.headroomFor,
      keepFiringForMinutes: numbers.headroomKeep,
      summary: ({ value, label }) =>
        `Mangopay quota of ${label(ENV)} is low: ${value('humanizePercentage')} of the ${label(WINDOW)} window used`,
      description: ({ label }) =>
        `Little is left of the ${label(WINDOW)} window of ${label(ENV)}. Calls come back one window length after they were made. Do not start a batch now.`,
    },
    {
      alert: 'MangopayRateLimitNearlyEmpty',
      urgency: 'page',
      expr: `${RECORDS.utilization}{${WINDOW}="24h"} > ${numbers.nearlyEmptyUsed}
and on (${ENV}) ${alive(context)}`,
      forMinutes: numbers.nearlyEmptyFor,
      keepFiringForMinutes: numbers.nearlyEmptyKeep,
      summary: ({ value, label }) =>
        `Mangopay day quota of ${label(ENV)} is nearly empty: ${value('humanizePercentage')} used`,
      description: ({ label }) =>
        `The 24h window of ${label(ENV)} is all but used up, and it empties as slowly as it filled: without less traffic the 429s will last for hours. Pause everything that is not a payment.`,
    },
  ]
}
