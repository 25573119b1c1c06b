/** Only the rules that some alerts need: cases run many times as fast with them. */

import type { AlertName } from '../../alerts/model.ts'
import { renderGroup } from '../../alerts/prometheus.ts'
import { buildRules, type Rules } from '../../alerts/rules.ts'

/** The recording rules whose names occur in the texts, and those that they need in turn. */
const needed = (rules: Rules, texts: readonly string[]): Set<string> => {
  const names = new Set<string>()
  const add = (text: string): void => {
    for (const { record, expr } of rules.records) {
      if (names.has(record) || !text.includes(record)) continue
      names.add(record)
      add(expr)
    }
  }
  texts.forEach(add)
  return names
}

/** The alerts of one name with what they need, as YAML. */
export const rulesOf = (alert: AlertName, rules: Rules = buildRules()): string => {
  const alerts = rules.alerts.filter((rule) => rule.alert === alert)
  const names = needed(
    rules,
    alerts.map(({ expr }) => expr),
  )
  return renderGroup({ ...rules, alerts, records: rules.records.filter(({ record }) => names.has(record)) })
}

/** The recording rules that expressions need, as YAML. */
export const recordsOf = (expressions: readonly string[], rules: Rules = buildRules()): string => {
  const names = needed(rules, expressions)
  return renderGroup({
    ...rules,
    alerts: rules.alerts.slice(0, 0),
    records: rules.records.filter(({ record }) => names.has(record)),
  })
}
