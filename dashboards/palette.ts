/**
 * What everything that draws our numbers shares: the dashboard's address, the titles and ids of its panels, and one
 * fixed colour per category, status and quota window. No imports but types, so that the demo page can use it in a
 * browser.
 *
 * The twelve category colours were searched for, not picked by eye: rate_limit orange, server_error red, the rest by
 * family (Mangopay's side warm, our side blue, nobody's fault green or grey), the least distance between any two as
 * large as it gets with normal sight and with the three colour blindnesses. `test/dashboards/palette.test.ts` holds the
 * distance and the contrast on light and dark ground.
 */
import type { ErrorCategory } from '../src/outcome/outcome.ts'
import type { ResultCategory } from '../src/results/codes.ts'

/** Address of the dashboard. The uid is part of links and bookmarks: never change it. */
export const DASHBOARD = {
  uid: 'mangopay-api-client',
  title: 'Mangopay API client',
  tags: ['mangopay', 'opentelemetry'],
} as const

/** One colour per error category. */
export const CATEGORY_COLOURS: Readonly<Record<ErrorCategory, string>> = {
  rate_limit: '#FF9C0B',
  server_error: '#E04948',
  timeout: '#A22969',
  network: '#7F31F7',
  authentication: '#5576CC',
  authorization: '#1A608F',
  invalid_request: '#8492C9',
  not_found: '#48C7F0',
  sca_required: '#33B18F',
  idempotency_conflict: '#9DC47E',
  cancelled: '#8A7A87',
  unexpected_response: '#724D23',
}

/** One colour per category of a failed payment: technical red, since that is Mangopay failing; the others by who looks. */
export const RESULT_COLOURS: Readonly<Record<ResultCategory, string>> = {
  bank_refused: '#8492C9',
  payment_method: '#48C7F0',
  authentication: '#5576CC',
  abandoned: '#9DC47E',
  risk: '#A22969',
  verification: '#33B18F',
  balance: '#1A608F',
  invalid_request: '#8A7A87',
  technical: '#E04948',
  unknown: '#724D23',
}

/** How a call without any response is called in the charts by status. */
export const NO_RESPONSE = 'no response'

/** How a 2xx among the errors is called: its body was cut, or given up. */
export const BODY_CUT = 'body cut'

/** One colour per status class; 429 stands apart from the other 4xx, as it does in the categories. */
export const STATUS_COLOURS = {
  '2xx': '#33B18F',
  '3xx': '#9DC47E',
  '4xx': '#5576CC',
  '429': CATEGORY_COLOURS.rate_limit,
  '5xx': CATEGORY_COLOURS.server_error,
  [NO_RESPONSE]: CATEGORY_COLOURS.network,
} as const

/** Single 4xx and 5xx codes that get a shade of their class, so that a stack of them can be told apart. */
export const STATUS_SHADES: Readonly<Record<string, string>> = {
  '400': CATEGORY_COLOURS.invalid_request,
  '401': CATEGORY_COLOURS.authentication,
  '403': CATEGORY_COLOURS.authorization,
  '404': CATEGORY_COLOURS.not_found,
  '408': CATEGORY_COLOURS.timeout,
  '409': CATEGORY_COLOURS.idempotency_conflict,
  '500': CATEGORY_COLOURS.server_error,
  '502': '#A82226',
  '503': '#F0807A',
  '504': '#7A1517',
  '520': '#F7B9B2',
}

/** 5xx codes without a shade of their own, and answers whose body was cut: none looks like 500, nor like a success. */
export const OTHER_5XX = '#B9696F'
export const CUT = '#B794F6'

/** One colour per quota window, from the shortest (light) to the longest (dark). */
export const WINDOW_COLOURS = {
  '1m': '#9DC47E',
  '5m': '#48C7F0',
  '15m': '#1C9C94',
  '30m': '#5576CC',
  '1h': '#A22969',
  '24h': '#7F31F7',
} as const

/** Lines of the latency chart. */
export const PERCENTILE_COLOURS = { p50: '#48C7F0', p95: '#5576CC', p99: '#A22969' } as const

/** Meaning of thresholds: well, look at it, act now; and plain data without judgement. */
export const LEVEL_COLOURS = { good: '#33B18F', warn: '#FF9C0B', bad: '#E04948', plain: '#5576CC' } as const

/**
 * Every panel: id and title. Ids are fixed by hand, since alerts link to them and a link must survive the next edit;
 * a removed panel's id is not used again.
 */
export const PANELS = {
  callRate: { id: 1, title: 'Calls/s now' },
  errorRatio: { id: 2, title: 'Failing now' },
  rateLimited: { id: 3, title: '429s in range' },
  serverErrors: { id: 4, title: '5xx in range' },
  headroom: { id: 5, title: 'Quota left' },
  p95: { id: 6, title: 'p95 now' },
  dataAge: { id: 7, title: 'Data age' },
  unsettledWrites: { id: 8, title: 'Open writes' },
  alerts: { id: 16, title: 'Alerts' },
  grafanaAlerts: { id: 9, title: 'Alert rules of Grafana' },

  quotaUsed: { id: 10, title: 'Quota used by window' },
  quotaForecast: { id: 11, title: 'Quota forecast ÷ limit' },
  quotaLeft: { id: 12, title: 'Quota left by window' },
  callsLeft: { id: 13, title: 'Calls left by window' },
  rateLimitedByOperation: { id: 14, title: '429s by operation' },
  quotaUsers: { id: 15, title: 'Who uses the quota' },

  errorsByCategory: { id: 20, title: 'Errors by category' },
  errorsByStatus: { id: 21, title: 'Errors by status' },
  unavailableRatio: { id: 22, title: 'Mangopay failing: 5xx, time-outs, network' },
  unsettledByOperation: { id: 23, title: 'Open writes: what may have happened' },
  failedCalls: { id: 24, title: 'Failed calls' },

  latency: { id: 30, title: 'Latency p50, p95, p99' },
  latencyHeatmap: { id: 31, title: 'Latency distribution' },

  operations: { id: 40, title: 'Operations' },

  failingCalls: { id: 50, title: 'Failing calls' },
  slowCalls: { id: 51, title: 'Slow calls' },
  errorsFromTraces: { id: 52, title: 'Errors by category, from traces' },

  availability: { id: 60, title: 'Availability, 30 days' },
  budgetLeft: { id: 61, title: 'Error budget left' },
  burnRate: { id: 62, title: 'Error budget burn rate' },

  payInsFailed: { id: 80, title: 'Pay-ins failed, by webhook' },
  resultsByCategory: { id: 81, title: 'Failed results by category' },
  failureCodes: { id: 82, title: 'Why payments fail: codes' },
  endsByEvent: { id: 83, title: 'Payouts, refunds and KYC, by webhook' },
  webhookDeliveries: { id: 84, title: 'Webhook deliveries' },

  instances: { id: 70, title: 'Instances reporting' },
  readingAge: { id: 71, title: 'Age of the newest quota reading' },
  seriesCount: { id: 72, title: 'Series per metric' },
  unknownOperations: { id: 73, title: 'Calls of unknown operation' },
  overflow: { id: 74, title: 'Series lost to the SDK’s limit' },
  rules: { id: 75, title: 'Rules file' },
} as const

/** A panel's key in `PANELS`. */
export type PanelName = keyof typeof PANELS

/** Titles of the rows, top to bottom; the strip of stats on top has none. */
export const ROWS = {
  rateLimits: { id: 100, title: 'Rate limits' },
  errors: { id: 101, title: 'Errors' },
  latency: { id: 102, title: 'Latency' },
  operations: { id: 103, title: 'Operations' },
  payments: { id: 108, title: 'Payments' },
  traces: { id: 104, title: 'Traces (needs Tempo)' },
  slo: { id: 105, title: 'SLO (needs the rules file)' },
  health: { id: 106, title: 'Telemetry health' },
  grafanaAlerts: { id: 107, title: 'Alerts managed by Grafana' },
} as const

/** Texts for panels that have nothing to show, shared by every panel that is empty for the same reason. */
export const EMPTY = {
  noCalls: 'No call in this range',
  noCallsNow: 'No call in 10 min',
  noResults: 'No result: no payment in this range, or the option results is off (docs/payment-results.md)',
  noWebhooks: 'No notification: none in this range, or the option webhooks is off (docs/payment-results.md)',
  noQuota: 'No quota reading: no call yet, or the responseHook is missing (docs/dashboards.md)',
} as const
