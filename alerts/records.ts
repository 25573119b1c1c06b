/** The recording rules: what alerts and dashboard count with. */

import type { RecordingRule, RuleContext, Span } from './model.ts'
import { LABEL, SERIES } from './spelling.ts'

/** Names of the recording rules, `level:metric:operation`. Alerts and dashboard refer to them by these constants only. */
export const RECORDS = {
  /**
   * Calls of the last five minutes by job, environment, operation, status code, category and outcome, the counts that a
   * series is born with included. Every alert and every panel that shows counts stands on this one. Calls per second:
   * `/ 300`. Calls of a longer span S: `sum_over_time(…[S]) / 5`, since it is recorded once a minute.
   */
  calls: 'job_operation:mangopay_client_requests:increase5m',
  /** The same by job, environment and category only, for long spans at little cost. */
  callsByCategory: 'job_category:mangopay_client_requests:increase5m',
  /** Calls of the last four minutes that took quota (all but the 429s), by environment; for the forecast. */
  accepted: 'environment:mangopay_client_requests_accepted:increase4m',
  /** Calls the account has made in a window, by environment, account and window: the newest reading of any process. */
  usage: 'account_window:mangopay_client_rate_limit_usage:newest',
  /** Calls the account may make in a window, likewise. */
  limit: 'account_window:mangopay_client_rate_limit_limit:newest',
  /** Unix seconds of the reading that `used` and `limit` are from, likewise. */
  read: 'account_window:mangopay_client_rate_limit_reading_timestamp:newest',
  /** Share of a window that is used, 0 to 1. */
  utilization: 'account_window:mangopay_client_rate_limit:utilization',
  /** Share of a window that will be used soon at the present pace; 1 and more means empty. Windows 15m to 24h. */
  forecast: 'account_window:mangopay_client_rate_limit:forecast',
  /** 1 whenever these rules were evaluated: tells "no such series yet" from "nobody was looking". */
  evaluated: 'mangopay_rules:evaluated',
} as const

/** Minutes between two evaluations, and between two points of a recorded series. */
export const INTERVAL = 1

/** Minutes that one point of a recorded count covers: four exports of 60 s and a late one. */
export const COUNTED = 5

/**
 * Minutes after which a series that comes back is taken for a new one. A telemetry path that was down for less does not
 * make its old counts look like a burst when it returns.
 */
const REMEMBERED = 360

/** Minutes for which these rules look on before they take a new series for a new one. */
const SETTLED = 60

/** Readings this many minutes older than the newest are not believed. */
const READING_TOLERANCE = 2

/**
 * How far a window is forecast and over what span its pace is taken, in minutes. The short ones look one whole window
 * ahead: there `used` will be the pace times the window, whatever it is now. Three exports tell a pace soon enough to
 * announce what empties in a quarter of an hour; the day, whose hours differ more than its minutes do, needs an hour.
 */
export const FORECASTS = [
  { window: '15m', length: 15, ahead: 15, pace: 3 },
  { window: '30m', length: 30, ahead: 30, pace: 3 },
  { window: '1h', length: 60, ahead: 60, pace: 3 },
  { window: '24h', length: 1_440, ahead: 240, pace: 60 },
] as const

/** Minutes that one point of `accepted` covers: three intervals between exports of 60 s. */
const PACED = 4

/** Two readings less than this many minutes apart tell no pace. */
const PACE_LEAST = 1

const by = (...labels: string[]): string => labels.join(', ')
const ACCOUNT_WINDOW = by(LABEL.environment, LABEL.account, LABEL.window)

/**
 * `increase` sees nothing of what a series is born with, and the 429s of a process's first minute leave in the same
 * export as its first 0. So the first value of a series counts as well, unless the series is only coming back, or the
 * rules themselves are new and everything looks new to them.
 */
const calls = (span: Span): string => {
  const X = SERIES.requests
  const counted = span(COUNTED)
  const remembered = span(REMEMBERED)
  const labels = by(LABEL.job, LABEL.environment, LABEL.operation, LABEL.status, LABEL.category, LABEL.outcome)
  return `sum by (${labels}) (
  increase(${X}[${counted}])
  or label_replace(
    min_over_time(${X}[${counted}])
      unless last_over_time(${X}[${remembered}] offset ${counted})
      and on () last_over_time(${RECORDS.evaluated}[${remembered}] offset ${span(SETTLED)}),
    "born", "1", "", ""
  )
)`
}

/** A quota gauge as the process with the newest answer read it: an idle process repeats an old reading for hours. */
const newest = ({ seconds }: RuleContext, gauge: string): string => {
  const process = by(LABEL.job, LABEL.instance, ACCOUNT_WINDOW)
  const timestamp = SERIES.readingTimestamp
  return `max by (${ACCOUNT_WINDOW}) (
  ${gauge}
  and on (${process}) (
    ${timestamp} >= on (${ACCOUNT_WINDOW}) group_left ()
    (max by (${ACCOUNT_WINDOW}) (${timestamp}) - ${seconds(READING_TOLERANCE)})
  )
)`
}

/**
 * What will be used `ahead` minutes from now, as a share of the limit: what is used, plus the calls that will come at the
 * present pace, minus those that leave the window until then.
 *
 * The pace is the account's, whoever else uses it: what `used` grew by between two readings, plus what left meanwhile.
 * How much left and will leave is a share of `used`, told by our own calls of one window ago: so the growth of a
 * legitimate batch is not taken for a leak. Where those calls are not known (these rules are younger than the window, or
 * others made most of the calls) an equal share leaves each minute.
 */
const forecast = (context: RuleContext, { window, length, ahead, pace }: (typeof FORECASTS)[number]): string => {
  const { span, seconds } = context
  const env = LABEL.environment
  const used = `${RECORDS.usage}{${LABEL.window}="${window}"}`
  const total = `sum by (${env}) (${used})`
  const ago = `offset ${span(pace)}`
  const apart = `(${RECORDS.read} - ${RECORDS.read} ${ago} >= ${seconds(PACE_LEAST)})`
  const all = `sum_over_time(${RECORDS.accepted}[${span(length)}])`
  // Ours are at least half of what is used, and these rules ran one window ago.
  const known = `(${all} > ${PACED / 2} * ${total} and on () ${RECORDS.evaluated} offset ${span(length)})`
  const leaving = (calls: string, minutes: number): string =>
    `((${calls} or 0 * ${total}) / ${known} or 0 * ${total} + ${minutes / length})`
  const left = leaving(
    pace <= PACED
      ? `${RECORDS.accepted} offset ${span(length)} * ${pace}`
      : `sum_over_time(${RECORDS.accepted}[${span(pace)}] offset ${span(length)})`,
    pace,
  )
  const leave = leaving(`sum_over_time(${RECORDS.accepted}[${span(ahead)}] offset ${span(length - ahead)})`, ahead)
  const staying = ahead < length ? `${used} - ${used} * on (${env}) group_left () ${leave}\n  + ` : ''
  return `(
  ${staying}(${used} - ${used} ${ago} + ${used} * on (${env}) group_left () ${left}) * ${ahead / pace}
  and ${apart}
) / ${RECORDS.limit}`
}

/** All recording rules; later ones use earlier ones. */
export const recordingRules = (context: RuleContext): RecordingRule[] => {
  const categories = by(LABEL.job, LABEL.environment, LABEL.category)
  const paid = `${SERIES.requests}{${LABEL.category}!="rate_limit"}`
  return [
    { record: RECORDS.evaluated, expr: 'vector(1)' },
    { record: RECORDS.calls, expr: calls(context.span) },
    { record: RECORDS.callsByCategory, expr: `sum by (${categories}) (${RECORDS.calls})` },
    { record: RECORDS.accepted, expr: `sum by (${LABEL.environment}) (increase(${paid}[${context.span(PACED)}]))` },
    { record: RECORDS.usage, expr: newest(context, SERIES.usage) },
    { record: RECORDS.limit, expr: newest(context, SERIES.limit) },
    { record: RECORDS.read, expr: `max by (${ACCOUNT_WINDOW}) (${SERIES.readingTimestamp})` },
    { record: RECORDS.utilization, expr: `${RECORDS.usage} / (${RECORDS.limit} > 0)` },
    { record: RECORDS.forecast, expr: FORECASTS.map((window) => forecast(context, window)).join('\nor\n') },
  ]
}
