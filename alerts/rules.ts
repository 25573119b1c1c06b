/** All rules together: recording rules first, since the alerts read what they wrote. */

import { absenceAlerts } from './absence.ts'
import { failureAlerts } from './failures.ts'
import { type AlertRule, type RecordingRule, type RuleContext, spansAt } from './model.ts'
import { paymentAlerts } from './payments.ts'
import { quotaAlerts } from './quota.ts'
import { INTERVAL, recordingRules } from './records.ts'
import { NUMBERS, type Numbers } from './thresholds.ts'

/** What to build rules with; all optional. */
export interface RuleOptions {
  /**
   * Time scale of every range, offset, `for`, `keep_firing_for` and interval: 1/30 makes one minute two seconds, so that a
   * live chain shows in a minute what takes half an hour. Counts and shares stay. Exports must be as much faster.
   *
   * @default 1
   */
  scale?: number
  /** Numbers that differ from the shipped ones. */
  numbers?: Partial<Numbers>
}

/** The two groups of rules. Prometheus evaluates a group's rules one after the other, in this order. */
export interface Rules {
  intervalMinutes: number
  records: RecordingRule[]
  alerts: AlertRule[]
  context: RuleContext
}

/** All rules with the given numbers at the given time scale. */
export const buildRules = ({ scale = 1, numbers }: RuleOptions = {}): Rules => {
  const context: RuleContext = {
    numbers: { ...NUMBERS, ...numbers },
    span: spansAt(scale),
    seconds: (minutes) => minutes * 60 * scale,
  }
  return {
    intervalMinutes: INTERVAL,
    records: recordingRules(context),
    alerts: [...quotaAlerts(context), ...failureAlerts(context), ...paymentAlerts(context), ...absenceAlerts(context)],
    context,
  }
}
