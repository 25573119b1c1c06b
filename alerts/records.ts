/** The recording rules: what alerts and dashboard count with. */

import type { RecordingRule, RuleContext, Span } from './model.ts'
import { LABEL, SERIES } from './spelling.ts'

/** Names of the recording rules, `level:metric:operation`. Alerts and dashboard refer to them by these constants only. */
export const RECORDS = {
  /** 1 whenever these rules were evaluated: tells "no such series yet" from "nobody was looking". */
  evaluated: 'global:mangopay_rules:evaluated',
  /**
   * Calls of the last five minutes by job, environment, account, operation, status code, category and outcome, the counts
   * that a series is born with included. Every alert and every panel that shows counts stands on this one. Calls per
   * second: `/ 300`. Calls of a longer span S: `sum_over_time(…[S]) / 5`, since it is recorded once a minute.
   */
  calls: 'job_operation:mangopay_client_requests:increase5m',
  /** The same by job, environment, account and category only, for long spans at little cost. */
  callsByCategory: 'job_category:mangopay_client_requests:increase5m',
  /** Calls of the last four minutes that took quota (all but the 429s), by environment and account; for the forecast. */
  accepted: 'account:mangopay_client_requests_accepted:increase4m',
  /** Calls the account has made in a window, by environment, account and window: the newest reading of any process. */
  usage: 'account_window:mangopay_client_rate_limit_usage:newest',
  /** Calls the account may make in a window, likewise. */
  limit: 'account_window:mangopay_client_rate_limit_limit:newest',
  /** Unix seconds of the reading that `usage` and `limit` are from, likewise. */
  read: 'account_window:mangopay_client_rate_limit_reading_timestamp:newest',
  /** Share of a window that is used, 0 to 1. */
  utilization: 'account_window:mangopay_client_rate_limit:utilization',
  /** Steps of the forecast; what each is stands beside its expression. */
  ours: 'account_window:mangopay_client_requests_accepted:sum_window',
  left: 'account_window:mangopay_client_rate_limit_usage:ratio_left',
  leaving: 'account_window:mangopay_client_rate_limit_usage:ratio_leaving',
  pace: 'account_window:mangopay_client_rate_limit_usage:pace1m',
  /** Share of a window that will be used soon at the present pace; 1 and more means empty. Windows 15m to 24h. */
  forecast: 'account_window:mangopay_client_rate_limit:forecast',
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
 * How far a window is forecast and over what spans its pace is taken, in minutes. The short ones look one whole window
 * ahead: there the usage will be the pace times the window, whatever it is now. Three exports tell a pace soon enough to
 * announce what empties in a quarter of an hour. The day, whose hours differ more than its minutes do, needs an hour; the
 * last quarter of it has to agree, or the forecast would go on for an hour after the cause is gone.
 */
export const FORECASTS = [
  { window: '15m', length: 15, ahead: 15, paces: [3] },
  { window: '30m', length: 30, ahead: 30, paces: [3] },
  { window: '1h', length: 60, ahead: 60, paces: [3] },
  { window: '24h', length: 1_440, ahead: 240, paces: [60, 15] },
] as const
type Forecast = (typeof FORECASTS)[number]

/** Minutes that one point of `accepted` covers: three intervals between exports of 60 s. */
const PACED = 4

/** Two readings less than this many minutes apart tell no pace. */
const PACE_LEAST = 1

const by = (...labels: string[]): string => labels.join(', ')
const ACCOUNT = by(LABEL.environment, LABEL.account)
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
  const labels = by(
    LABEL.job,
    LABEL.environment,
    LABEL.account,
    LABEL.operation,
    LABEL.status,
    LABEL.category,
    LABEL.outcome,
  )
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

const eachWindow = (expression: (forecast: Forecast) => string): string => FORECASTS.map(expression).join('\nor\n')
const usageOf = (window: string): string => `${RECORDS.usage}{${LABEL.window}="${window}"}`

/**
 * The forecast, in steps: what is used, plus the calls that will come at the present pace, minus those that leave the
 * window until then.
 *
 * The pace is the account's, whoever else uses it: what the usage grew by between two readings, plus what left meanwhile.
 * How much left and will leave is a share of the usage, told by our own calls of one window ago: so the growth of a
 * legitimate batch is not taken for a leak. Where those calls are not known (these rules are younger than the window, or
 * others made most of the calls) an equal share leaves each minute.
 */
const forecastRules = ({ span, seconds }: RuleContext): RecordingRule[] => {
  const ago = (vector: string, minutes: number): string => `${vector} offset ${span(minutes)}`
  /** Our own calls of a span that ended some minutes ago, with the window's name. */
  const accepted = (window: string, minutes: number, ended: number): string => {
    const points = minutes > PACED ? `sum_over_time(${RECORDS.accepted}[${span(minutes)}]` : `(${RECORDS.accepted}`
    const calls = `${ended === 0 ? points : ago(points, ended)}) / ${PACED}`
    return `label_replace(${calls}, "${LABEL.window}", "${window}", "", "")`
  }
  /** Such calls as a share of those of the whole window; where these are not known, an equal share of the usage. */
  const share = (window: string, calls: string, equal: number): string =>
    `(
  ${calls}
  or 0 * ${usageOf(window)}
) / ${RECORDS.ours}
or 0 * ${usageOf(window)} + ${equal}`
  /**
   * What the usage grew by in a minute, by the readings' own times: after an hour without one the first reading is not the
   * growth of three minutes. With two spans the lower growth: a cause that is gone is forecast no more.
   */
  const growth = (window: string, [long, short]: Forecast['paces']): string => {
    const since = (vector: string, minutes: number) => `(${vector} - ${ago(vector, minutes)})`
    const over = (minutes: number) =>
      `${since(usageOf(window), minutes)} / (${since(RECORDS.read, minutes)} >= ${seconds(PACE_LEAST)}) * ${seconds(1)}`
    if (short === undefined) return over(long)
    return `(
  ${over(long)}
  < ${over(short)}
  or ${over(short)}
  and ${ago(usageOf(window), long)}
)`
  }
  return [
    {
      record: RECORDS.ours,
      comment:
        'Forecast 1 of 5. Our own calls of a whole window, where they can tell what leaves it: the rules ran one window ago, and ours are at least half of what is used.',
      expr: eachWindow(
        ({ window, length }) =>
          `${accepted(window, length, 0)}
> 0.5 * ${usageOf(window)}
and on () (${ago(RECORDS.evaluated, length)})`,
      ),
    },
    {
      record: RECORDS.left,
      comment:
        'Forecast 2 of 5. Share of the usage that now leaves the window each minute: that of our own calls of one window ago, else an equal share.',
      expr: eachWindow(({ window, length, paces: [span] }) =>
        share(
          window,
          span > PACED ? `${accepted(window, span, length)} / ${span}` : accepted(window, 1, length),
          1 / length,
        ),
      ),
    },
    {
      record: RECORDS.leaving,
      comment:
        'Forecast 3 of 5. Share of the usage that will have left when the forecast is for: all of it where that is one window ahead; for the day, what its oldest four hours hold.',
      expr: eachWindow(({ window, length, ahead }) =>
        ahead < length
          ? share(window, accepted(window, ahead, length - ahead), ahead / length)
          : `0 * ${usageOf(window)} + 1`,
      ),
    },
    {
      record: RECORDS.pace,
      comment:
        'Forecast 4 of 5. Calls a minute of the account, whoever makes them: growth between two readings, plus what left meanwhile. Over three minutes; for the day over an hour or its last quarter, the lower of the two.',
      expr: eachWindow(
        ({ window, paces }) => `${growth(window, paces)}
+ ${usageOf(window)} * ${RECORDS.left}`,
      ),
    },
    {
      record: RECORDS.forecast,
      comment:
        'Forecast 5 of 5. What stays, plus what comes at this pace, as a share of the limit: 15m, 30m and 1h one window ahead, 24h four hours ahead.',
      expr: `(
  ${RECORDS.usage} * (1 - ${RECORDS.leaving})
  + (
    ${FORECASTS.map(({ window, ahead }) => `${RECORDS.pace}{${LABEL.window}="${window}"} * ${ahead}`).join('\n    or ')}
  )
) / ${RECORDS.limit}`,
    },
  ]
}

/** All recording rules; later ones use earlier ones. */
export const recordingRules = (context: RuleContext): RecordingRule[] => {
  const { span } = context
  const categories = by(LABEL.job, LABEL.environment, LABEL.account, LABEL.category)
  const paid = `${SERIES.requests}{${LABEL.category}!="rate_limit"}`
  return [
    {
      record: RECORDS.evaluated,
      comment: 'Says that these rules run: "no such series yet" and "nobody was looking" are two things.',
      expr: 'vector(1)',
    },
    {
      record: RECORDS.calls,
      comment:
        'Calls of the last five minutes. The second half adds what a new series is born with, which increase() does not see: the first errors of a process leave in the same export as its first 0. A series that only comes back is not new, nor is anything in the first hour of the rules.',
      expr: calls(span),
    },
    {
      record: RECORDS.callsByCategory,
      comment: 'The same with fewer labels, for long spans. Calls of an hour: sum_over_time(…[1h]) / 5.',
      expr: `sum by (${categories}) (${RECORDS.calls})`,
    },
    {
      record: RECORDS.accepted,
      comment: 'Calls of the last four minutes that took quota.',
      expr: `sum by (${ACCOUNT}) (increase(${paid}[${span(PACED)}]))`,
    },
    {
      record: RECORDS.usage,
      comment:
        'Calls the account has made in a window, as the newest reading of any process has it: an idle process repeats an old one for hours.',
      expr: newest(context, SERIES.usage),
    },
    {
      record: RECORDS.limit,
      comment: 'Calls the account may make in a window, likewise.',
      expr: newest(context, SERIES.limit),
    },
    {
      record: RECORDS.read,
      comment: 'When Mangopay gave that reading.',
      expr: `max by (${ACCOUNT_WINDOW}) (${SERIES.readingTimestamp})`,
    },
    {
      record: RECORDS.utilization,
      comment: 'Share of a window that is used.',
      expr: `${RECORDS.usage} / (${RECORDS.limit} > 0)`,
    },
    ...forecastRules(context),
  ]
}
