/** Errors: is it Mangopay, the network or us, and what must somebody look up? */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { LABEL } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { unsettledByOperation } from './errors-unsettled.ts'
import { fieldLabel, SPAN, toAllCalls, toTraces } from './links.ts'
import { CATEGORY_COLOURS, EMPTY, LEVEL_COLOURS, NO_RESPONSE, STATUS_COLOURS, STATUS_SHADES } from './palette.ts'
import { coloured, dashedLines, fixed, lines, stackedBars } from './panels.ts'
import { BROKEN, elseZero, FAILED, perMinute, ratio, SCOPE, UNAVAILABLE, WINDOW } from './promql.ts'
import { overTime } from './targets.ts'

const { good, bad, plain } = LEVEL_COLOURS
const NO_ERROR = 'no error'

const errorsByCategory = () =>
  coloured(
    stackedBars('errorsByCategory', {
      asks: 'Whose fault is it?',
      means:
        'Failed calls per minute. server_error, timeout, network: Mangopay or the way there. rate_limit: our volume. authentication, authorization: our key or account. invalid_request, not_found: our code or data. sca_required, idempotency_conflict, cancelled: nobody’s.',
      advice: 'Click a category for the traces of exactly these calls, then see "Operations" for where it happens.',
      empty: EMPTY.noCalls,
      unit: 'reqpm',
      width: 12,
      height: 9,
    }),
    { ...CATEGORY_COLOURS, [NO_ERROR]: good },
  )
    .overrideByName(NO_ERROR, [{ id: 'links', value: [toAllCalls().build()] }])
    .dataLinks([
      toTraces(
        'Calls that failed like this',
        SPAN.environment,
        SPAN.operationChosen,
        SPAN.category(fieldLabel(LABEL.category)),
      ),
    ])
    .targets([
      overTime(
        'A',
        elseZero(perMinute([LABEL.category], [...SCOPE.chosen, FAILED]), LABEL.category, NO_ERROR),
        `{{${LABEL.category}}}`,
      ),
    ])

const errorsByStatus = () => {
  const withoutStatus = perMinute([], [...SCOPE.chosen, FAILED, `${LABEL.status}=""`])
  const panel = stackedBars('errorsByStatus', {
    asks: 'What did Mangopay answer?',
    means: `Failed calls per minute by HTTP status: 429 orange, 5xx red, other 4xx blue. "${NO_RESPONSE}" is a time-out, a broken connection or a caller that gave up.`,
    advice:
      'Many 502, 503, 504 or 520: the edge in front of the API, compare with status.mangopay.com. Click a code for its traces.',
    empty: EMPTY.noCalls,
    unit: 'reqpm',
    width: 12,
    height: 9,
  })
  // Later overrides win: classes first, then single codes.
  return coloured(
    panel
      .overrideByRegexp('/^4\\d\\d$/', [{ id: 'color', value: fixed(STATUS_COLOURS['4xx']).build() }])
      .overrideByRegexp('/^5\\d\\d$/', [{ id: 'color', value: fixed(STATUS_COLOURS['5xx']).build() }]),
    { ...STATUS_SHADES, '429': STATUS_COLOURS['429'], [NO_RESPONSE]: STATUS_COLOURS[NO_RESPONSE], [NO_ERROR]: good },
  )
    .overrideByName(NO_RESPONSE, [
      {
        id: 'links',
        value: [
          toTraces(
            'Time-outs, broken connections, given up',
            SPAN.environment,
            SPAN.operationChosen,
            SPAN.unanswered,
          ).build(),
        ],
      },
    ])
    .overrideByName(NO_ERROR, [{ id: 'links', value: [toAllCalls().build()] }])
    .dataLinks([
      toTraces(
        'Calls answered like this',
        SPAN.environment,
        SPAN.operationChosen,
        SPAN.status(fieldLabel(LABEL.status)),
      ),
    ])
    .targets([
      overTime(
        'A',
        elseZero(perMinute([LABEL.status], [...SCOPE.chosen, FAILED, `${LABEL.status}!=""`]), LABEL.status, NO_ERROR),
        `{{${LABEL.status}}}`,
      ),
      overTime('B', `${withoutStatus} > 0`, NO_RESPONSE),
    ])
}

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

/** The row's panels, in reading order. */
export const errors = (): Panel[] =>
  [errorsByCategory(), errorsByStatus(), unavailableRatio(), unsettledByOperation()].map((panel) => panel.build())
