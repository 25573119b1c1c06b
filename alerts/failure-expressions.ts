/** When calls fail, hang or are refused, in PromQL. */

import type { RuleContext } from './model.ts'
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
export const BY_ENV = ENV
/** One value for each service of an environment. */
export const BY_JOB = `${JOB}, ${ENV}`

/** Success, and the failures that a healthy integration produces. */
const HEALTHY = `${CAT}=~"|not_found|idempotency_conflict|sca_required"`
/** Everything else, without the 429s: they have their own alert, and a spent quota is no outage. */
export const UNHEALTHY = `${CAT}!~"|not_found|idempotency_conflict|sca_required|rate_limit"`
/** As above without 400s: a few bad requests at night are a bug, not an outage. */
export const UNHEALTHY_NOT_OURS = `${CAT}!~"|not_found|idempotency_conflict|sca_required|rate_limit|invalid_request"`
/** The one meaning of "Mangopay is failing". */
const UNAVAILABLE = `${CAT}=~"server_error|timeout|network"`
const REFUSED = `${CAT}=~"authentication|authorization"`

const callsOf = (record: string, { span }: RuleContext, minutes: number, by: string, matchers: string): string => {
  const selector = matchers === '' ? record : `${record}{${matchers}}`
  if (minutes === COUNTED) return `sum by (${by}) (${selector})`
  return `sum by (${by}) (sum_over_time(${selector}[${span(minutes)}]) / 5)`
}

/** Calls with these labels in a span, by these labels. */
export const callsIn = (context: RuleContext, minutes: number, by: string, matchers = ''): string =>
  callsOf(RECORDS.callsByCategory, context, minutes, by, matchers)

/** Signs of life in a span. From the record that tells operations apart: it has its history when these rules are new. */
const healthyIn = (context: RuleContext, minutes: number, by: string): string =>
  callsOf(RECORDS.calls, context, minutes, by, `${NO_TOKEN_CALL}, ${HEALTHY}`)

/** For the whole environment where that is true: one page for an outage of all services. Else for each service alone. */
export const environmentElseJob = (expression: (by: string) => string): string =>
  `(
${expression(BY_ENV)}
)
or on (${ENV}) (
${expression(BY_JOB)}
)`

/** Failures, those of token calls included, and no success of any other call. */
export const nothing = (context: RuleContext, by: string, minutes: number, count: number, failures: string): string =>
  `  ${callsIn(context, minutes, by, failures)} > ${count}
  unless on (${by}) ${healthyIn(context, minutes, by)} > 0`

/** At a few calls an hour: failures collect over hours, but the last 90 minutes hold at least one and no success. */
export const nothingForLong = (context: RuleContext): string => {
  const { nothingSlowSpan, nothingSlowMemory, nothingSlowCount } = context.numbers
  const failures = (minutes: number) => callsIn(context, minutes, BY_ENV, UNHEALTHY_NOT_OURS)
  return `  ${failures(nothingSlowMemory)} > ${nothingSlowCount}
  and ${failures(nothingSlowSpan)} > 0
  unless ${healthyIn(context, nothingSlowSpan, BY_ENV)} > 0`
}

/** A share of calls that Mangopay or the way there fails. */
export const failing = (context: RuleContext, by: string): string => {
  const errors = callsIn(context, COUNTED, by, UNAVAILABLE)
  return `  ${errors} / ${callsIn(context, COUNTED, by)} > ${context.numbers.failingShare}
  and ${errors} > ${context.numbers.failingCount}`
}

/** The error budget is spent too fast, over a long span and over a short one. */
export const burn = (context: RuleContext, by: string, long: number, short: number, times: number): string => {
  const { burnBudget, burnCount } = context.numbers
  const errors = (minutes: number) => callsIn(context, minutes, by, UNAVAILABLE)
  const ratio = (minutes: number) => `${errors(minutes)} / ${callsIn(context, minutes, by)}`
  return `  ${ratio(long)} > ${times} * ${burnBudget}
  and ${ratio(short)} > ${times} * ${burnBudget}
  and ${errors(long)} > ${burnCount}`
}

/** A share of calls that are 401 or 403. */
export const refused = (context: RuleContext, by: string): string => {
  const { refusedSpan, refusedCount, refusedShare } = context.numbers
  const refusals = callsIn(context, refusedSpan, by, REFUSED)
  return `  ${refusals} / ${callsIn(context, refusedSpan, by)} > ${refusedShare}
  and ${refusals} > ${refusedCount}`
}

/** Both spellings; `or` and not one regular expression, which would fail for a service that exports both ways. */
export const p95 = ({ span, numbers }: RuleContext): string => {
  const rate = (series: string) => `rate(${series}[${span(numbers.latencySpan)}])`
  return `histogram_quantile(0.95, sum by (${BY_JOB}, le) (
  ${rate(SERIES.durationBucketOtlp)}
  or ${rate(SERIES.durationBucketPull)}
))`
}
