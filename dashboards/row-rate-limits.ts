/** Rate limits: are we being refused or about to be, and by whose calls? */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { FORECASTS, RECORDS } from '../alerts/records.ts'
import { LABEL, SERIES } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { MANGOPAY_ERROR_CATEGORY_VALUE_RATE_LIMIT as RATE_LIMIT } from '../src/names.ts'
import { fieldLabel, SPAN, toFilter, toTraces } from './links.ts'
import { CATEGORY_COLOURS, EMPTY, LEVEL_COLOURS, WINDOW_COLOURS } from './palette.ts'
import { barGauge, colouredWhere, dashedLines, lines, stackedBars, thresholds } from './panels.ts'
import {
  ACCOUNT_WINDOW,
  calls,
  elseZero,
  FAST_WINDOWS,
  LEAST_LEFT,
  LITTLE_LEFT,
  newest,
  perMinute,
  quota,
  SCOPE,
  SLOW_WINDOWS,
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

const quotaUsed = () =>
  colouredWhere(
    dashedLines(
      lines('quotaUsed', {
        asks: 'How full is each quota window of the account?',
        means:
          'Used ÷ limit as the newest reading of any process has it; service and operation chosen above do not matter. The 1 and 5 minute windows show their highest of the last minutes. Dashed: 90 % (warning) and 100 % (calls are refused).',
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
  )
    .axisSoftMax(1)
    .targets([
      overTime('A', utilization(SLOW_WINDOWS), LEGEND),
      overTime(
        'B',
        newest(`max_over_time(${quota('used', FAST_WINDOWS)}[${WINDOW.step}]) / (${quota('limit', FAST_WINDOWS)} > 0)`),
        LEGEND,
      ),
    ])

/** Straight on from the last minutes: what can be said without the history that the rules keep. */
const straightOn = (): string =>
  FORECASTS.map(({ window, ahead, pace }) => {
    const only = [`${LABEL.window}="${window}"`] as const
    const used = newest(quota('used', ...only))
    // A slope needs a few readings: at least ten minutes of them.
    return `predict_linear((
${used}
)[${Math.max(10, pace)}m:1m], ${ahead * 60})
/ (${newest(quota('limit', ...only))} > 0)`
  }).join('\nor\n')

const quotaForecast = () =>
  colouredWhere(
    dashedLines(
      lines('quotaForecast', {
        asks: 'Will a quota window be empty soon?',
        means: `Used at the present pace ÷ limit, ${FORECASTS.map(
          ({ window, ahead }) => `${window}: ${ahead < 60 ? `${ahead} min` : `${ahead / 60} h`} ahead`,
        ).join(
          ', ',
        )}. From the rules file, which takes into account what will leave the window; without it straight on, which cries wolf during a batch.`,
        advice: 'Above 100 %, dashed: calls will be refused; pause what can wait now, not when the first 429 comes.',
        empty: EMPTY.noQuota,
        unit: 'percentunit',
        width: 12,
        height: 8,
      }),
      [1, bad],
    ),
    windowColours,
  )
    .axisSoftMax(1)
    .targets([overTime('A', `${RECORDS.forecast}{${SCOPE.environments.join(', ')}}\nor\n${straightOn()}`, LEGEND)])

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
        now(String.fromCharCode(65 + index), `1 - ${utilization(`${LABEL.window}="${window}"`)}`, LEGEND),
      ),
    )

const callsLeft = () => {
  const columns: Column[] = [
    { title: 'Window', from: { label: LABEL.window }, width: 90 },
    { title: 'Environment', from: { label: LABEL.environment } },
    { title: 'Account', from: { label: LABEL.account } },
    { title: 'Left', from: { expr: newest(quota('remaining'), 'min') }, unit: 'locale', decimals: 0 },
    { title: 'Used', from: { expr: newest(quota('used')) }, unit: 'locale', decimals: 0 },
    { title: 'Limit', from: { expr: newest(quota('limit')) }, unit: 'locale', decimals: 0 },
    {
      title: 'Used share',
      from: { expr: utilization() },
      unit: 'percentunit',
      decimals: 0,
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
      { id: 'color', value: { mode: 'fixed', fixedColor: good } },
      { id: 'links', value: [] },
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
export const rateLimits = (): Panel[] =>
  [quotaUsed(), quotaForecast(), quotaLeft(), callsLeft(), rateLimitedByOperation(), quotaUsers()].map((panel) =>
    panel.build(),
  )
