/** Errors: is it Mangopay, the network or us, and what must somebody look up? */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { LABEL } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { cell, SPAN, toFilter, toTraces } from './links.ts'
import {
  BODY_CUT,
  CATEGORY_COLOURS,
  CUT,
  EMPTY,
  LEVEL_COLOURS,
  NO_RESPONSE,
  OTHER_5XX,
  STATUS_COLOURS,
  STATUS_SHADES,
} from './palette.ts'
import { coloured, dashedLines, fixed, lines, stackedBars, thresholds } from './panels.ts'
import { BROKEN, calls, elseZero, FAILED, perMinute, ratio, SCOPE, UNAVAILABLE, UNSETTLED, WINDOW } from './promql.ts'
import { table } from './tables.ts'
import { overTime } from './targets.ts'

const { good, bad, plain } = LEVEL_COLOURS
const NO_ERROR = 'no error'

const errorsByCategory = () =>
  coloured(
    stackedBars('errorsByCategory', {
      asks: 'Whose fault is it?',
      means:
        'Failed calls per minute. server_error, timeout, network: Mangopay or the way there. rate_limit: our volume. authentication, authorization: our key or account. invalid_request, not_found: our code or data. sca_required, idempotency_conflict, cancelled: nobody’s.',
      advice: 'Traces: click a category in "Failed calls" beside. Where it happens: see "Operations".',
      empty: EMPTY.noCalls,
      unit: 'reqpm',
      width: 8,
      height: 9,
    }),
    { ...CATEGORY_COLOURS, [NO_ERROR]: good },
  ).targets([
    overTime(
      'A',
      elseZero(perMinute([LABEL.category], [...SCOPE.chosen, FAILED]), LABEL.category, NO_ERROR),
      `{{${LABEL.category}}}`,
    ),
  ])

/** A 2xx among the failures says what is wrong with it. */
const namedStatus = (expression: string): string =>
  `label_replace(
${expression},
  "${LABEL.status}", "$1, ${BODY_CUT}", "${LABEL.status}", "(2..)"
)`

const errorsByStatus = () => {
  const answered = perMinute([LABEL.status], [...SCOPE.chosen, FAILED, `${LABEL.status}!=""`])
  const unanswered = perMinute([], [...SCOPE.chosen, FAILED, `${LABEL.status}=""`])
  const panel = stackedBars('errorsByStatus', {
    asks: 'What did Mangopay answer?',
    means: `Failed calls per minute by HTTP status: 429 orange, 5xx red, other 4xx blue. "${NO_RESPONSE}" is a time-out, a broken connection or a caller that gave up; a 200 whose body did not arrive whole says so.`,
    advice: 'Many 502, 503, 504 or 520: the edge in front of the API, compare with status.mangopay.com.',
    empty: EMPTY.noCalls,
    unit: 'reqpm',
    width: 8,
    height: 9,
  })
    // Later overrides win: classes first, then single codes.
    .overrideByRegexp('/^2\\d\\d/', [{ id: 'color', value: fixed(CUT).build() }])
    .overrideByRegexp('/^4\\d\\d$/', [{ id: 'color', value: fixed(STATUS_COLOURS['4xx']).build() }])
    .overrideByRegexp('/^5\\d\\d$/', [{ id: 'color', value: fixed(OTHER_5XX).build() }])
  return coloured(panel, {
    ...STATUS_SHADES,
    '429': STATUS_COLOURS['429'],
    [NO_RESPONSE]: STATUS_COLOURS[NO_RESPONSE],
    [NO_ERROR]: good,
  }).targets([
    overTime('A', elseZero(namedStatus(answered), LABEL.status, NO_ERROR), `{{${LABEL.status}}}`),
    overTime('B', `${unanswered} > 0`, NO_RESPONSE),
  ])
}

const failedCalls = () =>
  table(
    'failedCalls',
    {
      asks: 'How many calls failed, and where are their traces?',
      means: 'Whole range, by category and HTTP status, environments together.',
      advice:
        'Click a category: a list of its traces opens. Few of many failures may be there, see "Traces (needs Tempo)".',
      empty: 'No call failed, or there was none',
      unit: 'short',
      width: 8,
      height: 9,
    },
    [
      {
        title: 'Category',
        from: { label: LABEL.category },
        least: 100,
        links: [
          toTraces('Calls that failed like this', [
            SPAN.environment,
            SPAN.operationChosen,
            SPAN.category(cell('Category')),
          ]),
        ],
      },
      { title: 'Status', from: { label: LABEL.status }, width: 90, names: { '': NO_RESPONSE } },
      {
        title: 'Calls',
        from: {
          expr: namedStatus(`${calls([LABEL.category, LABEL.status], WINDOW.range, [...SCOPE.chosen, FAILED])} > 0.5`),
        },
        unit: 'locale',
        decimals: 0,
        width: 70,
      },
    ],
    { column: 'Calls', descending: true },
  )

const unavailableRatio = () =>
  coloured(
    dashedLines(
      lines('unavailableRatio', {
        asks: 'Is Mangopay failing, or are we?',
        means:
          'Two shares of all calls: what fails on Mangopay’s side (5xx, time-outs, network), and everything that fails and should not, our own mistakes included. Dashed: 10 %, where the alert pages. The first line is the one that an SLO counts.',
        advice:
          'Both together high: Mangopay or the network; stop retrying writes. Only the second: our requests, key or volume.',
        empty: EMPTY.noCalls,
        unit: 'percentunit',
        width: 12,
        height: 8,
      }),
      [NUMBERS.failingShare, bad],
    ),
    { 'Mangopay failing': bad, 'all failures': plain },
  )
    .axisSoftMax(0.2)
    .targets([
      overTime('A', ratio([], WINDOW.step, SCOPE.chosen, [UNAVAILABLE]), 'Mangopay failing'),
      overTime('B', ratio([], WINDOW.step, SCOPE.chosen, [BROKEN]), 'all failures'),
    ])

/** Writes that may have happened although no answer says so. */
const unsettledByOperation = () => {
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
      { title: 'Environment', from: { label: LABEL.environment }, width: 110 },
      {
        title: 'Operation',
        from: { label: LABEL.operation },
        least: 190,
        links: [
          toTraces('Writes to look up', [
            SPAN.environmentIs(cell('Environment')),
            SPAN.unsettled,
            SPAN.operation(cell('Operation')),
          ]),
          toFilter('Show only this operation', { environment: 'Environment', operation: 'Operation' }),
        ],
      },
      { title: 'Category', from: { label: LABEL.category }, width: 140 },
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

/** The row's panels, in reading order. */
export const errors = (): Panel[] =>
  [errorsByCategory(), errorsByStatus(), failedCalls(), unavailableRatio(), unsettledByOperation()].map((panel) =>
    panel.build(),
  )
