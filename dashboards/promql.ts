/**
 * The PromQL of the panels. Nothing here needs the rules file: counts are taken from the counters themselves, by the
 * same expression that the rules record (`alerts/records.ts`), over the window a panel needs.
 */
import { RECORDS } from '../alerts/records.ts'
import { durationBuckets, LABEL, SERIES } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import {
  MANGOPAY_ERROR_CATEGORY_VALUE_CANCELLED as CANCELLED,
  MANGOPAY_ERROR_CATEGORY_VALUE_IDEMPOTENCY_CONFLICT as CONFLICT,
  MANGOPAY_ERROR_CATEGORY_VALUE_NETWORK as NETWORK,
  MANGOPAY_ERROR_CATEGORY_VALUE_NOT_FOUND as NOT_FOUND,
  MANGOPAY_ERROR_CATEGORY_VALUE_SCA_REQUIRED as SCA_REQUIRED,
  MANGOPAY_ERROR_CATEGORY_VALUE_SERVER_ERROR as SERVER_ERROR,
  MANGOPAY_ERROR_CATEGORY_VALUE_TIMEOUT as TIMEOUT,
  MANGOPAY_OUTCOME_VALUE_UNKNOWN as UNKNOWN,
} from '../src/names.ts'

/** A label matcher, written as PromQL has it. */
export type Matcher = `${string}="${string}"` | `${string}~"${string}"`

const inEnvironment: Matcher = `${LABEL.environment}=~"$environment"`
const inJob: Matcher = `${LABEL.job}=~"$job"`
const inOperation: Matcher = `${LABEL.operation}=~"$operation"`

/** Whose calls a panel is about. Quota belongs to an account: who looks at one service still needs everybody's use. */
export const SCOPE = {
  /** The calls chosen in all three variables. */
  chosen: [inEnvironment, inJob, inOperation],
  /** Every operation of the chosen services. */
  services: [inEnvironment, inJob],
  /** Every service of the chosen environments. */
  environments: [inEnvironment],
} as const satisfies Record<string, readonly Matcher[]>

/** What a panel counts. */
export const FAILED: Matcher = `${LABEL.category}!=""`
/** Failures that a healthy integration meets as well. */
export const HEALTHY_FAILURES = [NOT_FOUND, SCA_REQUIRED, CONFLICT, CANCELLED] as const
/** The other failures; `!~` with an empty branch leaves out successes. */
export const BROKEN: Matcher = `${LABEL.category}!~"|${HEALTHY_FAILURES.join('|')}"`
/** "Mangopay is failing", by its one definition. */
export const UNAVAILABLE: Matcher = `${LABEL.category}=~"${[SERVER_ERROR, TIMEOUT, NETWORK].join('|')}"`
/** Calls answered 429. */
export const STATUS_429: Matcher = `${LABEL.status}="429"`
/** Calls answered 5xx. */
export const STATUS_5XX: Matcher = `${LABEL.status}=~"5.."`
/**
 * Writes whose effect nobody confirmed. Not those answered 409: an idempotency key was used again, and the call to look
 * up is the first one with it. The alert counts the same.
 */
export const UNSETTLED: readonly Matcher[] = [`${LABEL.outcome}="${UNKNOWN}"`, `${LABEL.category}!="${CONFLICT}"`]

/** A window of time, in Grafana's variables where it follows the dashboard's range. */
export const WINDOW = {
  /** The step of a chart: four minutes on short ranges, since data may come once a minute, longer on long ones. */
  step: '$__rate_interval',
  /** The whole range chosen. */
  range: '$__range',
  /** "Now" for a stat: the same at every range, and wide enough for a few calls of a small account. */
  now: '10m',
} as const
/** One of `WINDOW`. */
export type Window = (typeof WINDOW)[keyof typeof WINDOW]

/** How long a series that comes back is remembered, as in the rules: a gap in the telemetry is not a burst of calls. */
const REMEMBERED = '6h'
/** Between two looks that far back. A look at each sample, as the rules have it, is too dear for every step of a chart. */
const LOOK = '10m'

const select = (series: string, matchers: readonly Matcher[]): string => `${series}{${matchers.join(', ')}}`

/**
 * Births count only where somebody was looking before: when the rules ran (they say so once a minute), else when the
 * environment had data an hour ago. Not asked over the whole range, where a young telemetry is the usual case.
 */
const lookedBefore = `on () (
        last_over_time(${RECORDS.evaluated}[${REMEMBERED}] offset 10m)
        or on () group(${select(SERIES.requests, SCOPE.environments)} offset 1h)
      )`

/**
 * Calls in a window, by labels: what `increase` sees, and what a series was born with, which it does not see (the 429s
 * of a process's first minute leave in the same export as its first 0).
 */
export const calls = (by: readonly string[], window: Window, matchers: readonly Matcher[]): string => {
  const series = select(SERIES.requests, matchers)
  return `sum by (${by.join(', ')}) (
  increase(${series}[${window}])
  or label_replace(
    min_over_time(${series}[${window}])
      unless ${series} offset ${window}
      unless last_over_time(${series}[${REMEMBERED}:${LOOK}] offset ${window})${
        window === WINDOW.range
          ? ''
          : `
      and ${lookedBefore}`
      },
    "born", "1", "", ""
  )
)`
}

/** The same as a rate per minute at every step of a chart. */
export const perMinute = (by: readonly string[], matchers: readonly Matcher[]): string =>
  `${calls(by, WINDOW.step, matchers)} * 60000 / $__rate_interval_ms`

/** Counts of some calls, and 0 where calls were made but none of these: "none" and "no data" are two things. */
export const callsOrZero = (
  by: readonly string[],
  window: Window,
  scope: readonly Matcher[],
  matchers: readonly Matcher[],
): string => `${calls(by, window, [...scope, ...matchers])}
or 0 * ${calls(by, window, scope)}`

/** Share of some calls in all calls of the scope: 0 without such calls, nothing at all without calls. */
export const ratio = (
  by: readonly string[],
  window: Window,
  scope: readonly Matcher[],
  matchers: readonly Matcher[],
): string => {
  const all = `(${calls(by, window, scope)} > 0)`
  return `${calls(by, window, [...scope, ...matchers])}
/ ${all}
or 0 * ${all}`
}

/** A line at 0 with a name of its own, for the steps at which a chart of errors has none. Nothing without calls. */
export const elseZero = (expression: string, label: string, name: string): string => `${expression}
or on () label_replace(
  0 * ${calls([], WINDOW.step, SCOPE.chosen)},
  "${label}", "${name}", "", ""
)`

/** A quantile of the duration; both spellings of the histogram. NaN, which means "no call", is left out. */
export const quantile = (q: number, by: readonly string[], window: Window): string =>
  `histogram_quantile(${q}, sum by (${[...by, 'le'].join(', ')}) (
  increase(${durationBuckets(SCOPE.chosen.join(', '))}[${window}])
)) >= 0`

/** What tells one quota window of one account from another. */
export const ACCOUNT_WINDOW = [LABEL.environment, LABEL.account, LABEL.window] as const

/** Quota readings this many seconds older than the newest are those of an idle process, and history. */
const TOLERANCE = 120

/** Largest value over the processes that hold the newest reading of a window. Quota is the account's: never a sum. */
export const newest = (expression: string, aggregate: 'max' | 'min' = 'max'): string => {
  const accountWindow = ACCOUNT_WINDOW.join(', ')
  const reading = select(SERIES.readingTimestamp, SCOPE.environments)
  return `${aggregate} by (${accountWindow}) (
  ${expression}
  and on (${LABEL.job}, ${LABEL.instance}, ${accountWindow}) (
    ${reading}
    >= on (${accountWindow}) group_left () (max by (${accountWindow}) (${reading}) - ${TOLERANCE})
  )
)`
}

/** A quota gauge of the chosen environments. */
export const quota = (gauge: 'usage' | 'limit' | 'remaining', ...matchers: readonly Matcher[]): string =>
  select(SERIES[gauge], [...SCOPE.environments, ...matchers])

/** Windows that do not fill and empty within one export, so that a reading of them means something. */
export const SLOW_WINDOWS: Matcher = `${LABEL.window}!~"1m|5m"`

/** Shares of a window that are left where a number turns red (the alert's level) and where it turns orange. */
export const LEAST_LEFT = Number((1 - NUMBERS.headroomUsed).toFixed(4))
export const LITTLE_LEFT = 2 * LEAST_LEFT

/** Share of a quota window that is used, as the newest reading has it. */
export const utilization = (...matchers: readonly Matcher[]): string =>
  newest(`${quota('usage', ...matchers)} / (${quota('limit', ...matchers)} > 0)`)
