/** Alerts about calls that fail, hang or cannot be told to have worked. */

import {
  BY_ENV,
  BY_JOB,
  burn,
  callsIn,
  environmentElseJob,
  failing,
  nothing,
  nothingForLong,
  p95,
  refused,
  UNHEALTHY,
  UNHEALTHY_NOT_OURS,
} from './failure-expressions.ts'
import type { AlertRule, RuleContext } from './model.ts'
import { COUNTED, RECORDS } from './records.ts'
import { LABEL } from './spelling.ts'

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
or on (${LABEL.environment}) (
${nothing(context, BY_ENV, n.nothingMediumSpan, n.nothingMediumCount, UNHEALTHY_NOT_OURS)}
)
or on (${LABEL.environment}) (
${nothingForLong(context)}
)`,
      forMinutes: n.nothingFor,
      keepFiringForMinutes: n.nothingKeep,
      summary: ({ value, where }) =>
        `No call to Mangopay succeeds in ${where()}: ${value('humanize')} failures and no success`,
      description: ({ where }) =>
        `For some minutes no call of ${where()}, those for a token aside, has got a healthy answer. Look at the categories: server_error, timeout and network mean Mangopay or the way there; authentication and authorization mean our key or account; invalid_request means our last release.`,
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
  sum_over_time(${RECORDS.calls}{${LABEL.outcome}="unknown", ${LABEL.category}!="idempotency_conflict"}[${span(n.unknownSpan)}]) / 5
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
