/** Rate limits: how full is the quota, are we being refused or about to be, and by whose calls? */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { FORECASTS, RECORDS } from '../alerts/records.ts'
import { LABEL, SERIES } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { MANGOPAY_ERROR_CATEGORY_VALUE_RATE_LIMIT as RATE_LIMIT } from '../src/names.ts'
import { cell, SPAN, toFilter, toTraces } from './links.ts'
import { CATEGORY_COLOURS, EMPTY, LEVEL_COLOURS, WINDOW_COLOURS } from './palette.ts'
import {
  barGauge,
  colouredWhere,
  dashedLines,
  fixed,
  lines,
  productionStandsOut,
  stackedBars,
  thresholds,
} from './panels.ts'
import {
  ACCOUNT_WINDOW,
  calls,
  elseZero,
  LEAST_LEFT,
  LITTLE_LEFT,
  type Matcher,
  newest,
  perMinute,
  quota,
  SCOPE,
  STATUS_429,
  utilization,
  WINDOW,
} from './promql.ts'
import { type Column, table } from './tables.ts'
import { now, overTime } from './targets.ts'

const { good, warn, bad } = LEVEL_COLOURS
const LEGEND = `{{${LABEL.window}}} {{${LABEL.environment}}} {{${LABEL.account}}}`
/** A series' name starts with its window. */
const windowColours = Object.fromEntries(
  Object.entries(WINDOW_COLOURS).map(([window, colour]) => [`/^${window}( |$)/`, colour]),
)

/** Queries in the order of the windows' length: a legend follows the queries. */
const letter = (index: number): string => String.fromCharCode(65 + index)
const only = (window: string): Matcher => `${LABEL.window}="${window}"`
/** Windows that fill and empty within one export: their highest of the last minutes says more than the newest reading. */
const FAST = ['1m', '5m']

const quotaUsed = () =>
  productionStandsOut(
    colouredWhere(
      dashedLines(
        lines('quotaUsed', {
          asks: 'How full is each quota window of the account?',
          means:
            'Used ÷ limit as the newest reading of any process has it; service and operation chosen above do not matter. Production is drawn solid, every other environment dashed. The 1 and 5 minute windows show their highest of the last minutes. Limits, dashed: 90 % (warning) and 100 % (calls are refused).',
          advice:
            'Near 90 %: find the caller in "Who uses the quota" and pause what can wait. A window empties as slowly as it filled.',
          empty: EMPTY.noQuota,
          unit: 'percentunit',
          width: 12,
          height: 8,
        }),
        [NUMBERS.headroomUsed, warn],
        [1, bad],
      ),
      windowColours,
    ),
  )
    .axisSoftMax(1)
    .targets(
      Object.keys(WINDOW_COLOURS).map((window, index) =>
        overTime(
          letter(index),
          FAST.includes(window)
            ? newest(
                `max_over_time(${quota('usage', only(window))}[${WINDOW.step}]) / (${quota('limit', only(window))} > 0)`,
              )
            : utilization(only(window)),
          LEGEND,
        ),
      ),
    )

/** Straight on from the last minutes: what can be said without the history that the rules keep. */
const straightOn = ({ window, ahead, paces }: (typeof FORECASTS)[number]): string =>
  // A slope needs a few readings: at least ten minutes of them.
  `predict_linear((
${newest(quota('usage', only(window)))}
)[${Math.max(10, paces[0])}m:1m], ${ahead * 60})
/ (${newest(quota('limit', only(window)))} > 0)`

/** Without the name of the record, or a chart would show a window twice where the rules start in its middle. */
const recorded = (window: string): string =>
  `max by (${ACCOUNT_WINDOW.join(', ')}) (${RECORDS.forecast}{${[...SCOPE.environments, only(window)].join(', ')}})`

/** Where the axis ends: one steep minute of a batch would make all else a line at the bottom. */
const MOST_FORECAST = 2

const quotaForecast = () =>
  productionStandsOut(
    colouredWhere(
      dashedLines(
        lines('quotaForecast', {
          asks: 'Will a quota window be empty soon?',
          means: `Used at the present pace ÷ limit, ${FORECASTS.map(
            ({ window, ahead }) => `${window}: ${ahead < 60 ? `${ahead} min` : `${ahead / 60} h`} ahead`,
          ).join(
            ', ',
          )}. Production is drawn solid, every other environment dashed; the axis ends at ${MOST_FORECAST * 100} %, point at a line for what is above. From the rules file, which takes into account what will leave the window; without it straight on, which cries wolf during a batch.`,
          advice: 'Above 100 %, dashed: calls will be refused; pause what can wait now, not when the first 429 comes.',
          empty: EMPTY.noQuota,
          unit: 'percentunit',
          width: 12,
          height: 8,
        }),
        [1, bad],
      ),
      windowColours,
    ),
  )
    .max(MOST_FORECAST)
    .targets(
      FORECASTS.map((forecast, index) =>
        overTime(letter(index), `${recorded(forecast.window)}\nor\n${straightOn(forecast)}`, LEGEND),
      ),
    )

const quotaLeft = () =>
  barGauge('quotaLeft', {
    asks: 'Which quota window is the tightest?',
    means: 'Share of each window that is left, newest reading of any process, shortest window first.',
    advice: 'Red, below 10 %: pause what can wait; the number of calls is in the table beside.',
    empty: EMPTY.noQuota,
    unit: 'percentunit',
    width: 8,
    height: 8,
  })
    .min(0)
    .max(1)
    .decimals(0)
    .thresholds(thresholds(bad, [LEAST_LEFT, warn], [LITTLE_LEFT, good]))
    .targets(
      Object.keys(WINDOW_COLOURS).map((window, index) =>
        now(letter(index), `1 - ${utilization(only(window))}`, LEGEND),
      ),
    )

const callsLeft = () => {
  const columns: Column[] = [
    { title: 'Window', from: { label: LABEL.window }, width: 80 },
    { title: 'Environment', from: { label: LABEL.environment }, width: 110 },
    { title: 'Account', from: { label: LABEL.account }, width: 110 },
    { title: 'Left', from: { expr: newest(quota('remaining'), 'min') }, unit: 'locale', decimals: 0, width: 90 },
    { title: 'Used', from: { expr: newest(quota('usage')) }, unit: 'locale', decimals: 0, width: 90 },
    { title: 'Limit', from: { expr: newest(quota('limit')) }, unit: 'locale', decimals: 0, width: 90 },
    {
      title: 'Used share',
      from: { expr: utilization() },
      unit: 'percentunit',
      decimals: 0,
      least: 120,
      show: 'bar',
      thresholds: thresholds(good, [1 - LITTLE_LEFT, warn], [NUMBERS.headroomUsed, bad]),
    },
    {
      title: 'Reading age',
      from: {
        expr: `time() - max by (${ACCOUNT_WINDOW.join(', ')}) (${SERIES.readingTimestamp}{${SCOPE.environments.join(', ')}})`,
      },
      unit: 's',
      decimals: 0,
      width: 100,
    },
  ]
  return table(
    'callsLeft',
    {
      asks: 'How many calls may the account still make?',
      means:
        'One row for each window of each account, never a sum over processes: the newest reading counts, and of two as new as each other the one with less left.',
      advice:
        'A batch needs less than "Left" of every window. An old reading age means nobody calls: the truth is at least as good.',
      empty: EMPTY.noQuota,
      unit: 'short',
      width: 16,
      height: 8,
    },
    columns,
    { column: 'Used share', descending: true },
  )
}

const rateLimitedByOperation = () =>
  stackedBars(
    'rateLimitedByOperation',
    {
      asks: 'Whose calls are refused?',
      means: 'Calls answered 429 per minute, by operation. A line at 0 named "no 429" means calls and no refusal.',
      advice:
        'Traces: click a number under "Refused" in the table beside. The operation refused is not always the one that used the quota up; the table has both.',
      empty: EMPTY.noCalls,
      unit: 'reqpm',
      width: 12,
      height: 9,
    },
    'table',
  )
    .overrideByName('no 429', [{ id: 'color', value: fixed(LEVEL_COLOURS.good).build() }])
    .targets([
      overTime(
        'A',
        elseZero(`${perMinute([LABEL.operation], [...SCOPE.chosen, STATUS_429])} > 0`, LABEL.operation, 'no 429'),
        `{{${LABEL.operation}}}`,
      ),
    ])

const quotaUsers = () => {
  const by = [LABEL.environment, LABEL.account, LABEL.job, LABEL.operation]
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
      {
        title: 'Service',
        from: { label: LABEL.job },
        least: 100,
        links: [toFilter('Show only this service', { environment: 'Environment', job: 'Service' })],
      },
      { title: 'Environment', from: { label: LABEL.environment }, width: 100 },
      {
        title: 'Operation',
        from: { label: LABEL.operation },
        least: 160,
        links: [toFilter('Show only this operation', { environment: 'Environment', operation: 'Operation' })],
      },
      { title: 'Account', from: { label: LABEL.account }, width: 80 },
      {
        title: 'Taken',
        from: {
          expr: `${calls(by, WINDOW.range, [...SCOPE.environments, `${LABEL.status}!="429"`])}
or 0 * ${all}`,
        },
        unit: 'locale',
        decimals: 0,
        width: 70,
      },
      {
        title: 'Refused',
        from: {
          expr: `${calls(by, WINDOW.range, [...SCOPE.environments, STATUS_429])}
or 0 * ${all}`,
        },
        unit: 'locale',
        decimals: 0,
        width: 70,
        show: 'colour',
        thresholds: thresholds('text', [0.5, CATEGORY_COLOURS.rate_limit]),
        links: [
          toTraces('Refused calls of this operation', [
            SPAN.environmentIs(cell('Environment')),
            SPAN.category(RATE_LIMIT),
            SPAN.operation(cell('Operation')),
          ]),
        ],
      },
    ],
    { column: 'Taken', descending: true },
  )
}

/** The row's panels, in reading order. */
export const rateLimits = (): Panel[] =>
  [quotaUsed(), quotaForecast(), quotaLeft(), callsLeft(), rateLimitedByOperation(), quotaUsers()].map((panel) =>
    panel.build(),
  )
