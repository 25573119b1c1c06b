/** The table of writes that may have happened although no answer says so. */
import { LABEL } from '../alerts/spelling.ts'
import { cell, SPAN, toFilter, toTraces } from './links.ts'
import { LEVEL_COLOURS } from './palette.ts'
import { thresholds } from './panels.ts'
import { calls, SCOPE, UNSETTLED, WINDOW } from './promql.ts'
import { table } from './tables.ts'

/** By operation and category. */
export const unsettledByOperation = () => {
  const by = [LABEL.environment, LABEL.operation, LABEL.category]
  return table(
    'unsettledByOperation',
    {
      asks: 'Which writes may have happened although no answer says so?',
      means:
        'Calls of the whole range that are neither done nor refused for certain. Without those answered 409: there the first call with that key is the one to look up.',
      advice:
        'Click an operation for its traces, look each one up at Mangopay, and only then repeat it, with its idempotency key.',
      empty: 'None: every write was answered, or there was no call',
      unit: 'short',
      width: 12,
      height: 8,
    },
    [
      { title: 'Environment', from: { label: LABEL.environment } },
      {
        title: 'Operation',
        from: { label: LABEL.operation },
        links: [
          toTraces('Writes to look up', SPAN.environment, SPAN.unsettled, SPAN.operation(cell('Operation'))),
          toFilter('operation', 'Operation'),
        ],
      },
      { title: 'Category', from: { label: LABEL.category } },
      {
        title: 'Writes',
        from: { expr: `${calls(by, WINDOW.range, [...SCOPE.chosen, ...UNSETTLED])} > 0` },
        unit: 'locale',
        decimals: 0,
        width: 90,
        show: 'colour',
        thresholds: thresholds('text', [0.5, LEVEL_COLOURS.warn]),
      },
    ],
    { column: 'Writes', descending: true },
  )
}
