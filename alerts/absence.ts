/** The alert about data that stopped coming. */

import type { AlertRule, RuleContext } from './model.ts'
import { RECORDS } from './records.ts'
import { LABEL, SERIES } from './spelling.ts'

/**
 * A service that reported for most of the last day and reports nothing now. A finished cron job never reached that many
 * steps. It resolves by itself when the steps have left the day: some hours after the service is really gone.
 */
export const absenceAlerts = ({ numbers, span }: RuleContext): AlertRule[] => {
  const by = `${LABEL.job}, ${LABEL.environment}`
  const seen = `count_over_time(${RECORDS.callsByCategory}[${span(numbers.missingSpan)}:${span(numbers.missingStep)}])`
  return [
    {
      alert: 'MangopayTelemetryMissing',
      urgency: 'ticket',
      expr: `max by (${by}) (${seen}) >= ${numbers.missingSteps}
unless on (${by}) group by (${by}) (${SERIES.requests})`,
      forMinutes: numbers.missingFor,
      keepFiringForMinutes: 0,
      summary: ({ label }) => `No data about Mangopay calls from ${label(LABEL.job)} in ${label(LABEL.environment)}`,
      description: ({ label }) =>
        `${label(LABEL.job)} reported its Mangopay calls for most of the last day and has stopped. All other Mangopay alerts are blind for it until it reports again: service down, exporter or collector broken, or the service was renamed.`,
    },
  ]
}
