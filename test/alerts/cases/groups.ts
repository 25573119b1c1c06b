/** Cases as test groups of promtool. */

import type { AlertName, Quote } from '../../../alerts/model.ts'
import { annotations } from '../../../alerts/prometheus.ts'
import { LABEL } from '../../../alerts/spelling.ts'
import type { TestGroup } from '../promtool.ts'
import { ABSENCE_CASES } from './absence.ts'
import { type AlertCase, type Firing, type RecordCase, ruleOf } from './case.ts'
import { ENDING_CASES } from './endings.ts'
import { FAILURE_CASES } from './failures.ts'
import { PAYMENT_CASES } from './payments.ts'
import { QUOTA_CASES } from './quota.ts'

/** All cases of alerts. */
export const ALERT_CASES: readonly AlertCase[] = [
  ...QUOTA_CASES,
  ...FAILURE_CASES,
  ...PAYMENT_CASES,
  ...ABSENCE_CASES,
  ...ENDING_CASES,
]

/** The annotations as they have to read, with the labels and the written-out value of the case in them. */
const expected = (alert: AlertName, { labels, value }: Firing, major: 2 | 3): Record<string, string> => {
  const label = (name: string): string => labels[name] ?? ''
  const after = (before: string, name: string): string => (label(name) === '' ? '' : before + label(name))
  const quote: Quote = {
    value: () => (typeof value === 'string' ? value : (value?.[major === 3 ? 0 : 1] ?? '')),
    label,
    where: (...more) =>
      after(' of ', LABEL.environment) +
      more.map((name) => after(name === 'job' ? ', service ' : ', account ', LABEL[name])).join(''),
  }
  return annotations(ruleOf(alert, labels), quote)
}

/** A case of an alert as a group. */
export const alertGroup = ({ alert, name, series, at }: AlertCase, major: 2 | 3): TestGroup => ({
  name: `${alert}: ${name}`,
  interval: '1m',
  input_series: [...series],
  alert_rule_test: at.map(({ minute, firing }) => ({
    eval_time: `${minute}m`,
    alertname: alert,
    exp_alerts: firing.map((one) => ({ exp_labels: one.labels, exp_annotations: expected(alert, one, major) })),
  })),
})

/** A case of a recording rule as a group. */
export const recordGroup = ({ name, series, minute, expr, samples }: RecordCase): TestGroup => ({
  name,
  interval: '1m',
  input_series: [...series],
  promql_expr_test: [{ expr, eval_time: `${minute}m`, exp_samples: [...samples] }],
})
