/** The alert about data that stopped coming. */

import type { AlertRule, RuleContext } from './model.ts'
import { RECORDS } from './records.ts'
import { LABEL, SERIES } from './spelling.ts'

/**
 * A service that reported for most of the last day and reports nothing now. A finished cron job never reported that long.
 * A service of few calls gets more time: its new process shows nothing before its first call. The alert resolves by itself
 * when enough of the day has passed: some hours after the service is really gone.
 */
export const absenceAlerts = ({ numbers, span }: RuleContext): AlertRule[] => {
  const by = `${LABEL.job}, ${LABEL.environment}`
  const calls = RECORDS.callsByCategory
  const day = span(numbers.missingSpan)
  const steady = `max by (${by}) (count_over_time(${calls}[${day}])) > ${numbers.missingMinutes}`
  const callsOfDay = `sum by (${by}) (sum_over_time(${calls}[${day}]) / 5)`
  return [
    {
      alert: 'MangopayTelemetryMissing',
      urgency: 'ticket',
      expr: `(
  ${steady}
  and ${callsOfDay} > ${numbers.missingCalls}
  unless group by (${by}) (${SERIES.requests})
)
or (
  ${steady}
  and ${callsOfDay} > ${numbers.missingFewCalls}
  unless group by (${by}) (last_over_time(${calls}[${span(numbers.missingFewSpan)}]))
)`,
      forMinutes: numbers.missingFor,
      keepFiringForMinutes: 0,
      description: ({ label, where }) =>
        `${label(LABEL.job)} reported its calls${where()} for most of the last day and has stopped. All other Mangopay alerts are blind for it until it reports again: the service is down, its exporter or the collector is broken, or it was renamed.`,
    },
  ]
}
