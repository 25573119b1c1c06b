/**
 * Names of the recording rules, `level:metric:operation`. Alerts and dashboard refer to them by these constants only.
 */
export const RECORDS = {
  /**
   * Calls of the last five minutes by job, environment, operation, status code, category and outcome, the counts that a
   * series is born with included. Every alert and every panel that shows counts stands on this one. Calls per second:
   * `/ 300`. Calls of a longer span S: `sum_over_time(…[S]) / 5`, since it is recorded once a minute.
   */
  calls: 'job_operation:mangopay_client_requests:increase5m',
  /** The same by job, environment and category only, for long spans at little cost. */
  callsByCategory: 'job_category:mangopay_client_requests:increase5m',
  /** Calls of the last five minutes that took quota (all but the 429s), by environment. */
  accepted: 'environment:mangopay_client_requests_accepted:increase5m',
  /** Calls the account has made in a window, by environment, account and window: the newest reading of any process. */
  used: 'account_window:mangopay_client_rate_limit_used:newest',
  /** Calls the account may make in a window, likewise. */
  limit: 'account_window:mangopay_client_rate_limit_limit:newest',
  /** Share of a window that is used, 0 to 1. */
  utilization: 'account_window:mangopay_client_rate_limit:utilization',
  /** Share of a window that will be used soon at the present pace; 1 and more means empty. Windows 15m to 24h. */
  forecast: 'account_window:mangopay_client_rate_limit:forecast',
  /** 1 whenever these rules were evaluated: tells "no such series yet" from "nobody was looking". */
  evaluated: 'mangopay_rules:evaluated',
} as const
