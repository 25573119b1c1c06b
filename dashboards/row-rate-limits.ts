/** Rate limits: are we being refused or about to be, and by whose calls? */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { LABEL } from '../alerts/spelling.ts'
import { MANGOPAY_ERROR_CATEGORY_VALUE_RATE_LIMIT as RATE_LIMIT } from '../src/names.ts'
import { fieldLabel, SPAN, toAllCalls, toFilter, toTraces } from './links.ts'
import { CATEGORY_COLOURS, EMPTY, LEVEL_COLOURS } from './palette.ts'
import { fixed, stackedBars, thresholds } from './panels.ts'
import { calls, elseZero, perMinute, SCOPE, STATUS_429, WINDOW } from './promql.ts'
import { quotaPanels } from './row-quota.ts'
import { table } from './tables.ts'
import { overTime } from './targets.ts'

const rateLimitedByOperation = () =>
  stackedBars(
    'rateLimitedByOperation',
    {
      asks: 'Whose calls are refused?',
      means: 'Calls answered 429 per minute, by operation. A line at 0 named "no 429" means calls and no refusal.',
      advice:
        'Click for the traces. The operation refused is not always the one that used the quota up: see the table beside.',
      empty: EMPTY.noCalls,
      unit: 'reqpm',
      width: 12,
      height: 9,
    },
    'table',
  )
    .dataLinks([
      toTraces(
        'Refused calls of this operation',
        SPAN.environment,
        SPAN.category(RATE_LIMIT),
        SPAN.operation(fieldLabel(LABEL.operation)),
      ),
    ])
    .overrideByName('no 429', [
      { id: 'color', value: fixed(LEVEL_COLOURS.good).build() },
      { id: 'links', value: [toAllCalls().build()] },
    ])
    .targets([
      overTime(
        'A',
        elseZero(`${perMinute([LABEL.operation], [...SCOPE.chosen, STATUS_429])} > 0`, LABEL.operation, 'no 429'),
        `{{${LABEL.operation}}}`,
      ),
    ])

const quotaUsers = () => {
  const by = [LABEL.environment, LABEL.job, LABEL.operation]
  const all = calls(by, WINDOW.range, SCOPE.environments)
  return table(
    'quotaUsers',
    {
      asks: 'Who uses the quota?',
      means:
        'Calls of the whole range by service and operation, whatever is chosen above: the quota is shared by all. "Taken" are those that used quota (all but the 429s).',
      advice: 'The top rows are where slowing down helps. Click a service or an operation to see only its calls.',
      empty: EMPTY.noCalls,
      unit: 'short',
      width: 12,
      height: 9,
    },
    [
      { title: 'Service', from: { label: LABEL.job }, links: [toFilter('job', 'Service')] },
      { title: 'Environment', from: { label: LABEL.environment } },
      { title: 'Operation', from: { label: LABEL.operation }, links: [toFilter('operation', 'Operation')] },
      {
        title: 'Taken',
        from: {
          expr: `${calls(by, WINDOW.range, [...SCOPE.environments, `${LABEL.status}!="429"`])}
or 0 * ${all}`,
        },
        unit: 'locale',
        decimals: 0,
        width: 90,
      },
      {
        title: 'Refused',
        from: {
          expr: `${calls(by, WINDOW.range, [...SCOPE.environments, STATUS_429])}
or 0 * ${all}`,
        },
        unit: 'locale',
        decimals: 0,
        width: 90,
        show: 'colour',
        thresholds: thresholds('text', [0.5, CATEGORY_COLOURS.rate_limit]),
      },
    ],
    { column: 'Taken', descending: true },
  )
}

/** The row's panels, in reading order. */
export const rateLimits = (): Panel[] => [...quotaPanels(), rateLimitedByOperation().build(), quotaUsers().build()]
