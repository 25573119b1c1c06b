/** SLO: how much may still fail? The only row that cannot do without the rules file: counters do not keep 30 days. */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { RECORDS } from '../alerts/records.ts'
import { LABEL } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { LEVEL_COLOURS, PERCENTILE_COLOURS } from './palette.ts'
import { colouredWhere, dashedLines, lines, productionStandsOut, stat, thresholds } from './panels.ts'
import { SCOPE, UNAVAILABLE } from './promql.ts'
import { now, overTime } from './targets.ts'

const ENV = LABEL.environment
const LEGEND = `{{${ENV}}}`
const EMPTY = 'Needs alerts/mangopay.rules.yml'
const { good, warn, bad } = LEVEL_COLOURS
const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`

/** Share of calls that failed on Mangopay's side, from the recorded counts. */
const failing = (span: string): string => {
  const series = (...matchers: readonly string[]) =>
    `sum by (${ENV}) (sum_over_time(${RECORDS.callsByCategory}{${[...SCOPE.services, ...matchers].join(', ')}}[${span}]))`
  const all = `(${series()} > 0)`
  return `(${series(UNAVAILABLE)} / ${all} or 0 * ${all})`
}

const availability = () =>
  stat('availability', {
    asks: 'Which share of our calls does Mangopay serve?',
    means: `The last 30 days, as far as the rules have recorded them; the goal is ${percent(1 - NUMBERS.burnBudget)}. Failures are server_error, timeout and network; what is our own fault does not count.`,
    advice: 'Below the goal: the numbers to bring to a talk with Mangopay, and a reason to queue and retry more.',
    empty: EMPTY,
    unit: 'percentunit',
    width: 6,
    height: 7,
  })
    .decimals(3)
    .thresholds(thresholds(bad, [1 - NUMBERS.burnBudget, warn], [1 - NUMBERS.burnBudget / 2, good]))
    .targets([now('A', `1 - ${failing('30d')}`, LEGEND)])

const budgetLeft = () =>
  stat('budgetLeft', {
    asks: 'How much may still fail this month?',
    means: `What is left of the ${percent(NUMBERS.burnBudget)} that may fail within 30 days; below 0 it is overspent.`,
    advice: 'Nearly spent: put off risky changes around payments.',
    empty: EMPTY,
    unit: 'percentunit',
    width: 6,
    height: 7,
  })
    .decimals(0)
    .thresholds(thresholds(bad, [0.1, warn], [0.5, good]))
    .targets([now('A', `1 - ${failing('30d')} / ${NUMBERS.burnBudget}`, LEGEND)])

const burnRate = () =>
  productionStandsOut(
    colouredWhere(
      dashedLines(
        lines('burnRate', {
          asks: 'How fast is the budget being spent?',
          means: `1 spends exactly the budget in 30 days. Production is drawn solid, every other environment dashed. Limits, dashed: ${NUMBERS.burnFast} over an hour pages, ${NUMBERS.burnSlow} over six hours is a ticket; both alerts ask for a number of errors as well.`,
          advice: 'Above a dashed line: see "Errors by category" and the runbook of MangopayErrorBudgetBurn.',
          empty: EMPTY,
          unit: 'none',
          width: 12,
          height: 7,
        }),
        [NUMBERS.burnSlow, warn],
        [NUMBERS.burnFast, bad],
      ),
      { '/^over 1 h/': PERCENTILE_COLOURS.p95, '/^over 6 h/': PERCENTILE_COLOURS.p50 },
    ),
  )
    .decimals(1)
    .targets([
      overTime('A', `${failing('1h')} / ${NUMBERS.burnBudget}`, `over 1 h ${LEGEND}`),
      overTime('B', `${failing('6h')} / ${NUMBERS.burnBudget}`, `over 6 h ${LEGEND}`),
    ])

/** The row's panels, in reading order. */
export const slo = (): Panel[] => [availability().build(), budgetLeft().build(), burnRate().build()]
