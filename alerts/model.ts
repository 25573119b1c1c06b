/** What a rule is, before it becomes YAML of one kind or another. */

import type { Numbers } from './thresholds.ts'

/** The alerts, a fixed set: runbook, dashboard, demo and examples refer to them. */
export const ALERT_NAMES = [
  'MangopayRateLimited',
  'MangopayRateLimitExhaustionPredicted',
  'MangopayRateLimitHeadroomLow',
  'MangopayRateLimitNearlyEmpty',
  'MangopayNothingSucceeds',
  'MangopayFailing',
  'MangopayErrorBudgetBurn',
  'MangopayAccessRefused',
  'MangopayLatencyHigh',
  'MangopayUnknownOutcomes',
  'MangopayTelemetryMissing',
] as const

/** The name of an alert. */
export type AlertName = (typeof ALERT_NAMES)[number]

/** A rule whose result is stored as a series of its own. */
export interface RecordingRule {
  record: string
  expr: string
}

/** What an annotation may quote, in the language of whoever fills it in. */
export interface Quote {
  /** The value of the expression, passed through a template function such as `humanizePercentage`. */
  value(format: string): string
  label(name: string): string
  /** The environment and, where the alert is about one service only, the service. */
  where(): string
}

/** A rule that raises an alert. */
export interface AlertRule {
  alert: AlertName
  /** Needed where two rules raise the same alert: with equal labels one would resolve what the other still fires. */
  labels?: Record<string, string>
  /** `page`: critical, but a warning where no money moves (sandbox). `ticket`: a warning everywhere. */
  urgency: 'page' | 'ticket'
  expr: string
  forMinutes: number
  keepFiringForMinutes: number
  summary(quote: Quote): string
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
