/** Operations: which kind of call is it? */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { LABEL } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { cell, SPAN, toFilter, toTraces } from './links.ts'
import { EMPTY, LEVEL_COLOURS, STATUS_COLOURS } from './palette.ts'
import { thresholds } from './panels.ts'
import {
  BROKEN,
  calls,
  callsOrZero,
  quantile,
  ratio,
  SCOPE,
  STATUS_5XX,
  STATUS_429,
  UNSETTLED,
  WINDOW,
} from './promql.ts'
import { type Column, table } from './tables.ts'

const BY = [LABEL.environment, LABEL.operation] as const
const { warn, bad } = LEVEL_COLOURS

const count = (title: string, expr: string, colour: string): Column => ({
  title,
  from: { expr },
  unit: 'locale',
  decimals: 0,
  width: 90,
  show: 'colour',
  thresholds: thresholds('text', [0.5, colour]),
})

const some = (...matchers: Parameters<typeof callsOrZero>[3]) => callsOrZero(BY, WINDOW.range, SCOPE.chosen, matchers)

const operations = () =>
  table(
    'operations',
    {
      asks: 'Which operation fails, is slow, or is called most?',
      means:
        'Whole range, one row for each operation: method and route of the API, without any id. "Failed" is the share that fails and should not; "Open" are writes that may have happened; p95 covers failures too.',
      advice: 'Click an operation for its failing calls, or to see only this operation on the whole dashboard.',
      empty: EMPTY.noCalls,
      unit: 'short',
      width: 24,
      height: 10,
    },
    [
      {
        title: 'Operation',
        from: { label: LABEL.operation },
        least: 240,
        links: [
          toFilter('Show only this operation', { environment: 'Environment', operation: 'Operation' }),
          toTraces('Failing calls', [
            SPAN.environmentIs(cell('Environment')),
            SPAN.broken,
            SPAN.operation(cell('Operation')),
          ]),
        ],
      },
      { title: 'Environment', from: { label: LABEL.environment }, width: 140 },
      {
        title: 'Calls',
        from: { expr: calls(BY, WINDOW.range, SCOPE.chosen) },
        unit: 'locale',
        decimals: 0,
        width: 100,
      },
      {
        title: 'Failed',
        from: { expr: ratio(BY, WINDOW.range, SCOPE.chosen, [BROKEN]) },
        unit: 'percentunit',
        decimals: 1,
        width: 100,
        show: 'colour',
        thresholds: thresholds('text', [0.01, warn], [0.05, bad]),
      },
      count('429', some(STATUS_429), STATUS_COLOURS['429']),
      count('5xx', some(STATUS_5XX), STATUS_COLOURS['5xx']),
      count('Open', some(...UNSETTLED), warn),
      {
        title: 'p95',
        from: { expr: quantile(0.95, BY, WINDOW.range) },
        unit: 's',
        decimals: 2,
        width: 100,
        show: 'colour',
        thresholds: thresholds('text', [NUMBERS.latencySeconds / 2, warn], [NUMBERS.latencySeconds, bad]),
      },
    ],
    { column: 'Calls', descending: true },
  )

/** The row's panels. */
export const operationsRow = (): Panel[] => [operations().build()]
