/** Alerts about calls that fail, hang or cannot be told to have worked. */

import { PANELS } from '../dashboards/palette.ts'
import type { AlertRule, Quote, RuleContext } from './model.ts'
import { COUNTED, RECORDS } from './records.ts'
import { LABEL, SERIES } from './spelling.ts'

const ENV = LABEL.environment
const CAT = LABEL.category
const JOB = LABEL.job
/**
 * A client asks for its own token once an hour, and gets it when nothing else works any more: no sign of life. A token
 * for an end user (`POST /oauth/token/embedded/…`) is one.
 */
const NO_TOKEN_CALL = `${LABEL.operation}!="POST /oauth/token"`
/** One value for each environment. */
const BY_ENV = ENV
/** One value for each service of an environment. */
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

const callsOf = (record: string, { span }: RuleContext, minutes: number, by: string, matchers: string): string => {
  const selector = matchers === '' ? record : `${record}{${matchers}}`
  if (minutes === COUNTED) return `sum by (${by}) (${selector})`
  return `sum by (${by}) (sum_over_time(${selector}[${span(minutes)}]) / 5)`
}

/** Calls with these labels in a span of so many minutes, by these labels. */
export const callsIn = (context: RuleContext, minutes: number, by: string, matchers = ''): string =>
  callsOf(RECORDS.callsByCategory, context, minutes, by, matchers)

/**
 * So few calls that five minutes are mostly empty. The rules for low traffic watch then: they look back for hours, and
 * keep firing for an hour, since the next call, good or bad, may be that far.
 */
export const fewCalls = (context: RuleContext, by: string): string => {
  const { lowSpan, lowCalls, lowNow } = context.numbers
  return `(${callsIn(context, lowSpan, by)} < ${lowCalls} and ${callsIn(context, COUNTED, by)} < ${lowNow})`
}
const LOW = { traffic: 'low' } as const

/** Signs of life in a span. From the record that tells operations apart: it has its history when these rules are new. */
const healthyIn = (context: RuleContext, minutes: number, by: string): string =>
  callsOf(RECORDS.calls, context, minutes, by, `${NO_TOKEN_CALL}, ${HEALTHY}`)

/** For the whole environment where that is true: one page for an outage of all services. Else for each service alone. */
const environmentElseJob = (expression: (by: string) => string): string =>
  `(
${expression(BY_ENV)}
)
or on (${ENV}) (
${expression(BY_JOB)}
)`

/** Failures, those of token calls included, and no success of any other call. */
const nothing = (context: RuleContext, by: string, minutes: number, count: number, failures: string): string =>
  `  ${callsIn(context, minutes, by, failures)} > ${count}
  unless on (${by}) ${healthyIn(context, minutes, by)} > 0`

/** The same within half an hour, for the whole environment; one of the failures lately. */
const nothingForHalfAnHour = (context: RuleContext): string => {
  const { nothingMediumSpan, nothingMediumCount, lately } = context.numbers
  return `${nothing(context, BY_ENV, nothingMediumSpan, nothingMediumCount, UNHEALTHY_NOT_OURS)}
  and ${callsIn(context, lately, BY_ENV, UNHEALTHY_NOT_OURS)} > 0`
}

/** At a few calls an hour: failures collect over hours, no success for long, and one of the failures lately. */
const nothingForHours = (context: RuleContext): string => {
  const { nothingLowMemory, nothingLowCount, lowSpan, lately } = context.numbers
  const failures = (minutes: number) => callsIn(context, minutes, BY_ENV, UNHEALTHY_NOT_OURS)
  return `  ${failures(nothingLowMemory)} > ${nothingLowCount}
  and ${failures(lately)} > 0
  unless ${healthyIn(context, lowSpan, BY_ENV)} > 0`
}

/** A share of calls that Mangopay or the way there fails. */
const failing = (context: RuleContext, by: string): string => {
  const errors = callsIn(context, COUNTED, by, UNAVAILABLE)
  return `  ${errors} / ${callsIn(context, COUNTED, by)} > ${context.numbers.failingShare}
  and ${errors} > ${context.numbers.failingCount}`
}

/** The error budget is spent too fast, over a long span and over a short one. */
const burn = (context: RuleContext, by: string, long: number, short: number, times: number): string => {
  const { burnBudget, burnCount } = context.numbers
  const errors = (minutes: number) => callsIn(context, minutes, by, UNAVAILABLE)
  const ratio = (minutes: number) => `${errors(minutes)} / ${callsIn(context, minutes, by)}`
  return `  ${ratio(long)} > ${times} * ${burnBudget}
  and ${ratio(short)} > ${times} * ${burnBudget}
  and ${errors(long)} > ${burnCount}`
}

/** Over hours the same, and one of the failures lately: half an hour would still show what ended long ago. */
const slowBurn = (context: RuleContext, by: string): string => {
  const { burnSlowSpan, burnSlowShortSpan, burnSlow, lately } = context.numbers
  return `${burn(context, by, burnSlowSpan, burnSlowShortSpan, burnSlow)}
  and ${callsIn(context, lately, by, UNAVAILABLE)} > 0`
}

/** A share of calls that are 401 or 403. */
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

/** Writes whose effect nobody confirmed; of a used key the first call is the one to look up. */
const unsettled = (context: RuleContext, minutes: number): string =>
  callsOf(
    RECORDS.calls,
    context,
    minutes,
    BY_ENV,
    `${LABEL.outcome}="unknown", ${LABEL.category}!="idempotency_conflict"`,
  )

/** Alerts on failures. */
export const failureAlerts = (context: RuleContext): AlertRule[] => {
  const { numbers: n } = context
  const budgetBurn =
    (factor: number) =>
    ({ value, where }: Quote): string =>
      `${value('share')} of the calls${where('job')} fail as server_error, timeout or network. At this pace the error budget of 30 days is spent in ${Math.round(30 / factor)} days or less. Look at status.mangopay.com and at the operations concerned.`
  return [
    {
      alert: 'MangopayNothingSucceeds',
      urgency: 'page',
      expr: `${environmentElseJob((by) => nothing(context, by, COUNTED, n.nothingFastCount, UNHEALTHY))}
or on (${ENV}) (
${nothingForHalfAnHour(context)}
)`,
      forMinutes: n.nothingFor,
      keepFiringForMinutes: n.nothingKeep,
      description: ({ value, where }) =>
        `${value('count')} calls${where('job')} have failed in the last minutes, and none got a healthy answer (calls for a token aside). The category tells why. server_error, timeout, network: Mangopay or the way there. authentication, authorization: our key or account. invalid_request: our last release.`,
    },
    {
      alert: 'MangopayNothingSucceeds',
      labels: LOW,
      urgency: 'page',
      expr: `(
${nothingForHalfAnHour(context)}
  or (
${nothingForHours(context).replace(/^/gm, '  ')}
  )
)
and ${fewCalls(context, BY_ENV)}`,
      forMinutes: n.lowFor,
      keepFiringForMinutes: n.lowKeep,
      description: ({ value, where }) =>
        `${value('count')} of the few calls${where()} have failed in the last hours, and none got a healthy answer (calls for a token aside). The category tells why. server_error, timeout, network: Mangopay or the way there. authentication, authorization: our key or account.`,
    },
    {
      alert: 'MangopayFailing',
      urgency: 'page',
      expr: environmentElseJob((by) => failing(context, by)),
      forMinutes: n.failingFor,
      keepFiringForMinutes: n.failingKeep,
      description: ({ value, where }) =>
        `${value('share')} of the calls${where('job')} of the last 5 minutes ended as server_error, timeout or network. Reads may be retried; a write whose outcome is unknown only with its idempotency key.`,
    },
    {
      alert: 'MangopayErrorBudgetBurn',
      labels: { burn: 'fast' },
      urgency: 'page',
      expr: environmentElseJob((by) => burn(context, by, n.burnFastSpan, COUNTED, n.burnFast)),
      forMinutes: n.burnFastFor,
      keepFiringForMinutes: n.burnFastKeep,
      description: budgetBurn(n.burnFast),
    },
    {
      alert: 'MangopayErrorBudgetBurn',
      labels: { burn: 'slow' },
      urgency: 'ticket',
      expr: environmentElseJob((by) => slowBurn(context, by)),
      forMinutes: n.burnSlowFor,
      keepFiringForMinutes: n.burnSlowKeep,
      description: budgetBurn(n.burnSlow),
    },
    {
      alert: 'MangopayAccessRefused',
      urgency: 'page',
      expr: environmentElseJob((by) => refused(context, by)),
      forMinutes: n.refusedFor,
      keepFiringForMinutes: n.refusedKeep,
      description: ({ value, where }) =>
        `${value('share')} of the calls${where('job')} of the last minutes are answered 401 or 403. authentication (401): the API key is wrong, revoked or locked. authorization (403): the account lacks a permission, or the caller’s address is not on the allowlist.`,
    },
    {
      alert: 'MangopayLatencyHigh',
      urgency: 'ticket',
      expr: `${p95(context)} > ${n.latencySeconds}
and ${callsIn(context, n.latencySpan, BY_JOB)} > ${n.latencyCount}`,
      forMinutes: n.latencyFor,
      keepFiringForMinutes: n.latencyKeep,
      // One spelling for each way of export: a server has the one or the other.
      mayBeAbsent: [SERIES.durationBucketOtlp, SERIES.durationBucketPull],
      description: ({ value, where }) =>
        `One call in twenty${where('job')} takes ${value('duration')} or longer; ${n.latencySeconds} s is the limit. See which operation it is, and whether calls end as timeout.`,
    },
    {
      alert: 'MangopayUnknownOutcomes',
      urgency: 'ticket',
      expr: `${unsettled(context, n.unknownSpan)} > ${n.unknownCount}
and ${unsettled(context, n.lately)} > 0`,
      forMinutes: 0,
      keepFiringForMinutes: n.unknownKeep,
      description: ({ value, where }) =>
        `${value('count')} writes${where()} of the last hour got no answer that says whether they took effect. The dashboard lists them by operation under "${PANELS.unsettledByOperation.title}". Look each one up at Mangopay before anybody repeats it; repeat it only with its idempotency key.`,
    },
  ]
}
