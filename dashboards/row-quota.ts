/** The quota of the account: how much is used, left, and forecast to be used. */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { FORECASTS, RECORDS } from '../alerts/records.ts'
import { LABEL, SERIES } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { EMPTY, LEVEL_COLOURS, WINDOW_COLOURS } from './palette.ts'
import { barGauge, colouredWhere, dashedLines, lines, thresholds } from './panels.ts'
import {
  ACCOUNT_WINDOW,
  FAST_WINDOWS,
  LEAST_LEFT,
  LITTLE_LEFT,
  newest,
  quota,
  SCOPE,
  SLOW_WINDOWS,
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
        newest(
          `max_over_time(${quota('usage', FAST_WINDOWS)}[${WINDOW.step}]) / (${quota('limit', FAST_WINDOWS)} > 0)`,
        ),
        LEGEND,
      ),
    ])

/** Straight on from the last minutes: what can be said without the history that the rules keep. */
const straightOn = (): string =>
  FORECASTS.map(({ window, ahead, pace }) => {
    const only = [`${LABEL.window}="${window}"`] as const
    const used = newest(quota('usage', ...only))
    // A slope needs a few readings: at least ten minutes of them.
    return `predict_linear((
${used}
)[${Math.max(10, pace)}m:1m], ${ahead * 60})
/ (${newest(quota('limit', ...only))} > 0)`
  }).join('\nor\n')

/** Without the name of the record, or a chart would show a window twice where the rules start in its middle. */
const recorded = `max by (${ACCOUNT_WINDOW.join(', ')}) (${RECORDS.forecast}{${SCOPE.environments.join(', ')}})`

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
    .targets([overTime('A', `${recorded}\nor\n${straightOn()}`, LEGEND)])

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
    { title: 'Used', from: { expr: newest(quota('usage')) }, unit: 'locale', decimals: 0 },
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

/** The panels about the quota, in reading order. */
export const quotaPanels = (): Panel[] =>
  [quotaUsed(), quotaForecast(), quotaLeft(), callsLeft()].map((panel) => panel.build())
