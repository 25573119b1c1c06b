/** Alerts about calls that fail, hang or cannot be told to have worked. */

import type { AlertRule, RuleContext } from './model.ts'
import { COUNTED, RECORDS } from './records.ts'
import { LABEL, SERIES } from './spelling.ts'

const ENV = LABEL.environment
const CAT = LABEL.category
const JOB = LABEL.job
const BY_ENV = ENV
const BY_JOB = `${JOB}, ${ENV}`

/** Success, and the failures that a healthy integration produces. */
const HEALTHY = `${CAT}=~"|not_found|idempotency_conflict|sca_required"`
/** Everything else, without the 429s: they have their own alert, and a spent quota is no outage. */
const UNHEALTHY = `${CAT}!~"|not_found|idempotency_conflict|sca_required|rate_limit"`
/** As above without 400s: a few bad requests at night are a bug, not an outage. */
const UNHEALTHY_NOT_OURS = `${CAT}!~"|not_found|idempotency_conflict|sca_required|rate_limit|invalid_request"`
/** The one meaning of "Mangopay is failing". */
const UNAVAILABLE = `${CAT}=~"server_error|timeout|network"`
const REFUSED = `${CAT}=~"authentication|authorization"`

/** Calls with these labels in a span, by these labels. */
const callsIn = ({ span }: RuleContext, minutes: number, by: string, matchers = ''): string => {
  const selector = matchers === '' ? RECORDS.callsByCategory : `${RECORDS.callsByCategory}{${matchers}}`
  if (minutes === COUNTED) return `sum by (${by}) (${selector})`
  return `sum by (${by}) (sum_over_time(${selector}[${span(minutes)}]) / 5)`
}

/** For the whole environment where that is true: one page for an outage of all services. Else for each service alone. */
const environmentElseJob = (expression: (by: string) => string): string =>
  `(
${expression(BY_ENV)}
)
or on (${ENV}) (
${expression(BY_JOB)}
)`

const nothing = (context: RuleContext, by: string, minutes: number, count: number, failures: string): string =>
  `  ${callsIn(context, minutes, by, failures)} > ${count}
  unless on (${by}) ${callsIn(context, minutes, by, HEALTHY)} > 0`

/** At a few calls an hour: failures collect over hours, but the last 90 minutes hold at least one and no success. */
const nothingForLong = (context: RuleContext): string => {
  const { nothingSlowSpan, nothingSlowMemory, nothingSlowCount } = context.numbers
  const failures = (minutes: number) => callsIn(context, minutes, BY_ENV, UNHEALTHY_NOT_OURS)
  return `  ${failures(nothingSlowMemory)} > ${nothingSlowCount}
  and ${failures(nothingSlowSpan)} > 0
  unless ${callsIn(context, nothingSlowSpan, BY_ENV, HEALTHY)} > 0`
}

const failing = (context: RuleContext, by: string): string => {
  const errors = callsIn(context, COUNTED, by, UNAVAILABLE)
  return `  ${errors} / ${callsIn(context, COUNTED, by)} > ${context.numbers.failingShare}
  and ${errors} > ${context.numbers.failingCount}`
}

const burn = (context: RuleContext, by: string, long: number, short: number, times: number): string => {
  const { burnBudget, burnCount } = context.numbers
  const errors = (minutes: number) => callsIn(context, minutes, by, UNAVAILABLE)
  const ratio = (minutes: number) => `${errors(minutes)} / ${callsIn(context, minutes, by)}`
  return `  ${ratio(long)} > ${times} * ${burnBudget}
  and ${ratio(short)} > ${times} * ${burnBudget}
  and ${errors(long)} > ${burnCount}`
}

const refused = (context: RuleContext, by: string): string => {
  const { refusedSpan, refusedCount, refusedShare } = context.numbers
  const refusals = callsIn(context, refusedSpan, by, REFUSED)
  return `  ${refusals} / ${callsIn(context, refusedSpan, by)} > ${refusedShare}
  and ${refusals} > ${refusedCount}`
}

/** Both spellings; `or` and not one regular expression, which would fail for a service that exports both ways. */
const p95 = ({ span, numbers }: RuleContext): string => {
  const rate = (series: string) => `rate(${series}[${span(numbers.latencySpan)}])`
  return `histogram_quantile(0.95, sum by (${BY_JOB}, le) (
  ${rate(SERIES.durationBucketOtlp)}
  or ${rate(SERIES.durationBucketPull)}
))`
}

/** Alerts on failures. */
export const failureAlerts = (context: RuleContext): AlertRule[] => {
  const { numbers: n, span } = context
  const errorBudget = (
    arm: 'fast' | 'slow',
    urgency: 'page' | 'ticket',
    expr: string,
    forMinutes: number,
  ): AlertRule => ({
    alert: 'MangopayErrorBudgetBurn',
    labels: { burn: arm },
    urgency,
    expr,
    forMinutes,
    keepFiringForMinutes: n.burnKeep,
    summary: ({ value, where }) =>
      `Mangopay spends our error budget in ${where()}: ${value('humanizePercentage')} of calls fail`,
    description: ({ where }) =>
      `Calls of ${where()} fail as server_error, timeout or network faster than the budget allows. A page means days of budget per hour, a ticket a slow leak. Check status.mangopay.com and the operations concerned.`,
  })
  return [
    {
      alert: 'MangopayNothingSucceeds',
      urgency: 'page',
      expr: `${environmentElseJob((by) => nothing(context, by, COUNTED, n.nothingFastCount, UNHEALTHY))}
or on (${ENV}) (
${nothing(context, BY_ENV, n.nothingMediumSpan, n.nothingMediumCount, UNHEALTHY_NOT_OURS)}
)
or on (${ENV}) (
${nothingForLong(context)}
)`,
      forMinutes: n.nothingFor,
      keepFiringForMinutes: n.nothingKeep,
      summary: ({ value, where }) =>
        `No call to Mangopay succeeds in ${where()}: ${value('humanize')} failures and no success`,
      description: ({ where }) =>
        `For some minutes every call of ${where()} has failed, and not one got a healthy answer. Look at the categories: server_error, timeout and network mean Mangopay or the way there; authentication and authorization mean our key or account; invalid_request means our last release.`,
    },
    {
      alert: 'MangopayFailing',
      urgency: 'page',
      expr: environmentElseJob((by) => failing(context, by)),
      forMinutes: n.failingFor,
      keepFiringForMinutes: n.failingKeep,
      summary: ({ value, where }) => `Mangopay is failing in ${where()}: ${value('humanizePercentage')} of calls`,
      description: ({ where }) =>
        `More than a tenth of the calls of ${where()} end as server_error, timeout or network. Reads may be retried; a write whose outcome is unknown only with its idempotency key.`,
    },
    errorBudget(
      'fast',
      'page',
      environmentElseJob((by) => burn(context, by, n.burnFastSpan, COUNTED, n.burnFast)),
      n.burnFastFor,
    ),
    errorBudget(
      'slow',
      'ticket',
      environmentElseJob((by) => burn(context, by, n.burnSlowSpan, n.burnSlowShortSpan, n.burnSlow)),
      n.burnSlowFor,
    ),
    {
      alert: 'MangopayAccessRefused',
      urgency: 'page',
      expr: environmentElseJob((by) => refused(context, by)),
      forMinutes: n.refusedFor,
      keepFiringForMinutes: n.refusedKeep,
      summary: ({ value, where }) =>
        `Mangopay refuses us in ${where()}: ${value('humanizePercentage')} of calls are 401 or 403`,
      description: ({ where }) =>
        `Calls of ${where()} are refused. authentication (401): the API key is wrong, revoked or locked. authorization (403): the account lacks a permission, or the caller’s address is not on the allowlist.`,
    },
    {
      alert: 'MangopayLatencyHigh',
      urgency: 'ticket',
      expr: `${p95(context)} > ${n.latencySeconds}
and ${callsIn(context, n.latencySpan, BY_JOB)} > ${n.latencyCount}`,
      forMinutes: n.latencyFor,
      keepFiringForMinutes: n.latencyKeep,
      summary: ({ value, where }) => `Mangopay is slow for ${where()}: p95 is ${value('humanizeDuration')}`,
      description: ({ where }) =>
        `One call in twenty of ${where()} takes longer than ${n.latencySeconds} s. See which operation it is, and whether calls end as timeout.`,
    },
    {
      alert: 'MangopayUnknownOutcomes',
      urgency: 'ticket',
      expr: `sum by (${BY_JOB}, ${LABEL.operation}) (
  sum_over_time(${RECORDS.calls}{${LABEL.outcome}="unknown", ${CAT}!="idempotency_conflict"}[${span(n.unknownSpan)}]) / 5
) > ${n.unknownCount}`,
      forMinutes: 0,
      keepFiringForMinutes: n.unknownKeep,
      summary: ({ value, label, where }) =>
        `${value('humanize')} writes of ${where()} may or may not have happened: ${label(LABEL.operation)}`,
      description: ({ label }) =>
        `${label(LABEL.operation)} got no answer that says whether it took effect. Look each one up at Mangopay before anybody repeats it; repeat it only with its idempotency key.`,
    },
  ]
}
