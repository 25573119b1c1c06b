/** The numbers of the strip that count calls. */
import type { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { LABEL } from '../alerts/spelling.ts'
import { MANGOPAY_ERROR_CATEGORY_VALUE_RATE_LIMIT as RATE_LIMIT } from '../src/names.ts'
import { fieldLabel, SPAN, toTraces } from './links.ts'
import { EMPTY, LEVEL_COLOURS, type PanelName, STATUS_COLOURS } from './palette.ts'
import { type About, stat, thresholds } from './panels.ts'
import {
  BROKEN,
  calls,
  callsOrZero,
  type Matcher,
  ratio,
  SCOPE,
  STATUS_5XX,
  STATUS_429,
  UNSETTLED,
  WINDOW,
} from './promql.ts'
import { now } from './targets.ts'

/** Numbers of the strip are told apart by environment, never added up over it. */
export const ENV = [LABEL.environment] as const
/** A number's name, shown when there is more than one. */
export const LEGEND = `{{${LABEL.environment}}}`
/** Size of a number on the grid. */
export const SIZE = { width: 4, height: 4 }
const { good, warn, bad } = LEVEL_COLOURS
const inClicked = SPAN.environmentIs(fieldLabel(LABEL.environment))

/** How much. */
export const callRate = () =>
  stat('callRate', {
    asks: 'How many calls per second go to Mangopay?',
    means: 'Mean of the last 10 minutes, one value for each environment; 0 while the app runs and does not call.',
    advice: 'Unusually much: see "Who uses the quota". Unusually little: see whether the app still does its work.',
    empty: EMPTY.noCallsNow,
    unit: 'reqps',
    suffix: '(10 min)',
    ...SIZE,
  }).targets([now('A', `${calls(ENV, WINDOW.now, SCOPE.chosen)} / 600`, LEGEND)])

/** Which share fails. */
export const errorRatio = () =>
  stat('errorRatio', {
    asks: 'Which share of the calls fails?',
    means:
      'Last 10 minutes. Without not_found, idempotency_conflict, sca_required and cancelled, which a healthy integration meets as well.',
    advice: 'Above 1 %: see "Errors by category" for whose fault it is; click for the failing calls.',
    empty: EMPTY.noCallsNow,
    unit: 'percentunit',
    suffix: '(10 min)',
    ...SIZE,
  })
    .thresholds(thresholds(good, [0.01, warn], [0.05, bad]))
    .dataLinks([toTraces('Failing calls', inClicked, SPAN.failed)])
    .targets([now('A', ratio(ENV, WINDOW.now, SCOPE.chosen, [BROKEN]), LEGEND)])

/** A number of calls of the whole range, 0 where calls were made and none like these. */
const countOf = (
  name: PanelName,
  words: Pick<About, 'asks' | 'means' | 'advice'>,
  matchers: readonly Matcher[],
  colour: string,
  link: DashboardLinkBuilder,
) =>
  stat(name, { ...words, empty: EMPTY.noCalls, unit: 'short', suffix: '(range)', ...SIZE })
    .decimals(0)
    .thresholds(thresholds(good, [0.001, colour]))
    .dataLinks([link])
    .targets([now('A', callsOrZero(ENV, WINDOW.range, SCOPE.chosen, matchers), LEGEND)])

/** 429s. */
export const rateLimited = () =>
  countOf(
    'rateLimited',
    {
      asks: 'How many calls did Mangopay refuse because a quota was used up?',
      means: 'Calls answered 429 in the whole range; 0 means calls were made and none was refused.',
      advice: 'Any: slow down what can wait, see "429s by operation", click for the calls.',
    },
    [STATUS_429],
    STATUS_COLOURS['429'],
    toTraces('Calls answered 429', inClicked, SPAN.category(RATE_LIMIT)),
  )

/** 5xx. */
export const serverErrors = () =>
  countOf(
    'serverErrors',
    {
      asks: 'How many calls did Mangopay answer with an error of its own?',
      means: 'Calls answered 500 to 599 in the whole range, those of the edge in front of the API included.',
      advice: 'Many: compare with status.mangopay.com, see "Mangopay failing", click for the calls.',
    },
    [STATUS_5XX],
    STATUS_COLOURS['5xx'],
    toTraces('Calls answered 5xx', inClicked, SPAN.statusFrom(500)),
  )

/** Writes to look up. */
export const unsettledWrites = () =>
  countOf(
    'unsettledWrites',
    {
      asks: 'Are there writes of which nobody knows whether they happened?',
      means:
        'POST, PUT and DELETE of the whole range that got no answer that settles it (time-out, cut connection, 5xx).',
      advice: 'Any: look each one up at Mangopay before it is repeated, see the list in "Errors"; click for the calls.',
    },
    UNSETTLED,
    warn,
    toTraces('Writes that may have happened', inClicked, SPAN.unsettled),
  )
