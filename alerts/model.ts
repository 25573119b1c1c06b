/** What a rule is, before it becomes YAML of one kind or another. */

import type { PanelName } from '../dashboards/palette.ts'
import type { Numbers } from './thresholds.ts'

/**
 * The alerts, a fixed set: runbook, dashboard, demo and examples refer to them. To add one: an entry here, its rules in a
 * file of its kind, a section of the runbook, and its endings in `test/alerts/cases/endings.ts`.
 *
 * `summary` is one fixed headline, without labels or numbers: a notification groups several alerts of a name under it.
 * `panel` shows the cause: Grafana draws the alert's states into it and links to it.
 */
export const ALERTS = {
  MangopayRateLimited: {
    summary: 'Mangopay refuses calls because a quota of the account is used up.',
    panel: 'rateLimitedByOperation',
  },
  MangopayRateLimitExhaustionPredicted: {
    summary: 'A quota of the Mangopay account will be used up soon.',
    panel: 'quotaForecast',
  },
  MangopayRateLimitHeadroomLow: {
    summary: 'Little is left of a quota of the Mangopay account.',
    panel: 'quotaUsed',
  },
  MangopayRateLimitNearlyEmpty: {
    summary: 'The 24-hour quota of the Mangopay account is nearly used up.',
    panel: 'quotaUsed',
  },
  MangopayNothingSucceeds: {
    summary: 'No call to Mangopay succeeds.',
    panel: 'errorsByCategory',
  },
  MangopayFailing: {
    summary: 'Mangopay is failing.',
    panel: 'unavailableRatio',
  },
  MangopayErrorBudgetBurn: {
    summary: 'Failures of Mangopay use up our error budget too fast.',
    panel: 'burnRate',
  },
  MangopayAccessRefused: {
    summary: 'Mangopay refuses our credentials or permissions.',
    panel: 'errorsByStatus',
  },
  MangopayLatencyHigh: {
    summary: 'Mangopay answers slowly.',
    panel: 'latency',
  },
  MangopayUnknownOutcomes: {
    summary: 'Writes to Mangopay may or may not have happened.',
    panel: 'unsettledByOperation',
  },
  MangopayPayInsFailing: {
    summary: 'Far more pay-ins fail than usual.',
    panel: 'payInsFailed',
  },
  MangopayPayoutsFailing: {
    summary: 'Payouts fail.',
    panel: 'endsByEvent',
  },
  MangopayPaymentsTechnical: {
    summary: 'Payments fail for technical reasons, though Mangopay answers 200.',
    panel: 'resultsByCategory',
  },
  MangopayWebhooksNotAcknowledged: {
    summary: 'Notifications of Mangopay are not acknowledged.',
    panel: 'webhookDeliveries',
  },
  MangopayThreeDsFailing: {
    summary: 'Far more cardholders than usual fail to authenticate.',
    panel: 'resultsByCategory',
  },
  MangopayKycRefused: {
    summary: 'Far more KYC documents than usual are refused.',
    panel: 'endsByEvent',
  },
  MangopayTelemetryMissing: {
    summary: 'Data about calls to Mangopay is missing.',
    panel: 'instances',
  },
} as const satisfies Record<string, { summary: string; panel: PanelName }>

/** The name of an alert. */
export type AlertName = keyof typeof ALERTS

/** The names of the alerts. */
export const ALERT_NAMES = Object.keys(ALERTS) as AlertName[]

/** A rule whose result is stored as a series of its own. */
export interface RecordingRule {
  record: string
  expr: string
  /** What it is, for somebody who reads the rendered file. */
  comment: string
}

/** What a description may quote, in the language of whoever fills it in. A label that is missing prints nothing. */
export interface Quote {
  /** The value of the expression: whole calls, a share as per cent, or seconds as a duration. */
  value(as: 'count' | 'share' | 'duration'): string
  label(name: string): string
  /** The environment and, of the labels named, those that the alert has: " of production, service shop". */
  where(...labels: ('job' | 'account')[]): string
}

/** A rule that raises an alert. */
export interface AlertRule {
  alert: AlertName
  /** Told apart where two rules raise the same alert: with equal labels one would resolve what the other still fires. */
  labels?: Record<string, string>
  /** `page`: critical, but a warning where no money moves (sandbox). `ticket`: a warning everywhere. */
  urgency: 'page' | 'ticket'
  expr: string
  forMinutes: number
  keepFiringForMinutes: number
  /** Series that a server need not have for the rule to be right, which a linter would miss there. */
  mayBeAbsent?: readonly string[]
  description(quote: Quote): string
}

/** Writes a number of minutes as a Prometheus duration. */
export type Span = (minutes: number) => string

/** What the builders of rules need to know. */
export interface RuleContext {
  numbers: Numbers
  span: Span
  /** The same at the same time scale, as a number of seconds, for arithmetic. */
  seconds(minutes: number): number
}

/** Spans at a time scale: 1 is real time, 1/30 turns one minute into two seconds. */
export const spansAt =
  (scale: number): Span =>
  (minutes) => {
    let left = Math.round(minutes * scale * 60_000)
    if (left === 0) return '0s'
    let text = ''
    for (const [unit, length] of [
      ['h', 3_600_000],
      ['m', 60_000],
      ['s', 1_000],
      ['ms', 1],
    ] as const) {
      const whole = Math.floor(left / length)
      if (whole > 0) text += `${whole}${unit}`
      left -= whole * length
    }
    return text
  }
