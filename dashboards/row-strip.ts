/** The strip on top: ten seconds, eight numbers and what is firing. */
import { type Panel, PanelBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { RUNBOOK_BASE } from '../alerts/prometheus.ts'
import { LABEL, SERIES } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { MANGOPAY_ERROR_CATEGORY_VALUE_RATE_LIMIT } from '../src/names.ts'
import { fieldLabel, SPAN, toTraces } from './links.ts'
import { EMPTY, LEVEL_COLOURS, PANELS, STATUS_COLOURS } from './palette.ts'
import { stat, thresholds } from './panels.ts'
import {
  BROKEN,
  calls,
  callsOrZero,
  LEAST_LEFT,
  LITTLE_LEFT,
  quantile,
  ratio,
  SCOPE,
  SLOW_WINDOWS,
  STATUS_5XX,
  STATUS_429,
  UNSETTLED,
  utilization,
  WINDOW,
} from './promql.ts'
import { now } from './targets.ts'

const ENV = [LABEL.environment] as const
const LEGEND = `{{${LABEL.environment}}}`
const SIZE = { width: 4, height: 4 }
const { good, warn, bad } = LEVEL_COLOURS
const inClicked = SPAN.environmentIs(fieldLabel(LABEL.environment))

const callRate = () =>
  stat('callRate', {
    asks: 'How many calls per second go to Mangopay?',
    means: 'Mean of the last 10 minutes, one value for each environment; 0 while the app runs and does not call.',
    advice: 'Unusually much: see "Who uses the quota". Unusually little: see whether the app still does its work.',
    empty: EMPTY.noCallsNow,
    unit: 'reqps',
    suffix: '(10 min)',
    ...SIZE,
  }).targets([now('A', `${calls(ENV, WINDOW.now, SCOPE.chosen)} / 600`, LEGEND)])

const errorRatio = () =>
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

const rateLimited = () =>
  stat('rateLimited', {
    asks: 'How many calls did Mangopay refuse because a quota was used up?',
    means: 'Calls answered 429 in the whole range; 0 means calls were made and none was refused.',
    advice: 'Any: slow down what can wait, see "429s by operation", click for the calls.',
    empty: EMPTY.noCalls,
    unit: 'short',
    suffix: '(range)',
    ...SIZE,
  })
    .decimals(0)
    .thresholds(thresholds(good, [0.001, STATUS_COLOURS['429']]))
    .dataLinks([toTraces('Calls answered 429', inClicked, SPAN.category(MANGOPAY_ERROR_CATEGORY_VALUE_RATE_LIMIT))])
    .targets([now('A', callsOrZero(ENV, WINDOW.range, SCOPE.chosen, [STATUS_429]), LEGEND)])

const serverErrors = () =>
  stat('serverErrors', {
    asks: 'How many calls did Mangopay answer with an error of its own?',
    means: 'Calls answered 500 to 599 in the whole range, those of the edge in front of the API included.',
    advice: 'Many: compare with status.mangopay.com, see "Mangopay failing", click for the calls.',
    empty: EMPTY.noCalls,
    unit: 'short',
    suffix: '(range)',
    ...SIZE,
  })
    .decimals(0)
    .thresholds(thresholds(good, [0.001, STATUS_COLOURS['5xx']]))
    .dataLinks([toTraces('Calls answered 5xx', inClicked, SPAN.statusFrom(500))])
    .targets([now('A', callsOrZero(ENV, WINDOW.range, SCOPE.chosen, [STATUS_5XX]), LEGEND)])

const headroom = () =>
  stat('headroom', {
    asks: 'How much of the tightest quota window is left?',
    means:
      'Smallest share over the windows of 15 minutes and more, newest reading of any process, whatever service is chosen. The 1 and 5 minute windows come and go between two readings; their 429s tell.',
    advice: 'Below 20 %: start no batch, see "Calls left by window". Below 10 %: pause what can wait.',
    empty: 'No quota reading',
    unit: 'percentunit',
    ...SIZE,
  })
    .decimals(0)
    .thresholds(thresholds(bad, [LEAST_LEFT, warn], [LITTLE_LEFT, good]))
    .targets([
      now(
        'A',
        `1 - max by (${LABEL.environment}, ${LABEL.account}) (${utilization(SLOW_WINDOWS)})`,
        `${LEGEND} {{${LABEL.account}}}`,
      ),
    ])

const p95 = () =>
  stat('p95', {
    asks: 'How slow is Mangopay for us?',
    means: '19 of 20 calls of the last 10 minutes were faster than this, failures included.',
    advice: 'Seconds: see "Latency" and the slowest operation in "Operations".',
    empty: EMPTY.noCallsNow,
    unit: 's',
    suffix: '(10 min)',
    ...SIZE,
  })
    .thresholds(thresholds(good, [NUMBERS.latencySeconds / 2, warn], [NUMBERS.latencySeconds, bad]))
    .targets([now('A', quantile(0.95, ENV, WINDOW.now), LEGEND)])

const dataAge = () => {
  const sent = `timestamp(${SERIES.requests}{${SCOPE.services.join(', ')}})`
  return stat('dataAge', {
    asks: 'Can the other panels be believed?',
    means: 'Time since the newest data point; up to a minute is normal with the default export interval.',
    advice:
      'Above 3 minutes: the app, its exporter, the collector or the scrape has stopped, and no alert sees Mangopay.',
    empty: 'No data for 3 h',
    unit: 's',
    ...SIZE,
  })
    .decimals(0)
    .thresholds(thresholds(good, [120, warn], [180, bad]))
    .targets([
      now(
        'A',
        // A series is forgotten five minutes after its last sample; the subquery looks further back, but only each minute.
        `time() - max by (${LABEL.environment}) (${sent})
or time() - max by (${LABEL.environment}) (max_over_time(${sent}[3h:1m]))`,
        LEGEND,
      ),
    ])
}

const unsettledWrites = () =>
  stat('unsettledWrites', {
    asks: 'Are there writes of which nobody knows whether they happened?',
    means:
      'POST, PUT and DELETE of the whole range that got no answer that settles it (time-out, cut connection, 5xx).',
    advice: 'Any: look each one up at Mangopay before it is repeated, see the list in "Errors"; click for the calls.',
    empty: EMPTY.noCalls,
    unit: 'short',
    suffix: '(range)',
    ...SIZE,
  })
    .decimals(0)
    .thresholds(thresholds(good, [0.001, warn]))
    .dataLinks([toTraces('Writes that may have happened', inClicked, SPAN.unsettled)])
    .targets([now('A', callsOrZero(ENV, WINDOW.range, SCOPE.chosen, UNSETTLED), LEGEND)])

/** The SDK has no builder for this kind of panel. It asks no data source of ours: Grafana knows its alerts itself. */
const alerts = (): PanelBuilder =>
  new PanelBuilder()
    .type('alertlist')
    .id(PANELS.alerts.id)
    .title(PANELS.alerts.title)
    .description(
      `Is anything firing? Alerts whose name starts with Mangopay, from the rules of Prometheus and from those of Grafana, of every environment. Empty is good, if the rules are loaded: see "Rules file" in the last row. Open one and follow its runbook link; the whole runbook: ${RUNBOOK_BASE}.`,
    )
    .options({
      alertInstanceLabelFilter: '',
      alertName: 'Mangopay',
      dashboardAlerts: false,
      // Empty: rules of every data source and Grafana's own.
      datasource: '',
      groupBy: [],
      groupMode: 'default',
      maxItems: 20,
      // By importance.
      sortOrder: 3,
      stateFilter: { error: true, firing: true, noData: false, normal: false, pending: true, recovering: true },
      viewMode: 'list',
    })

/** The strip's panels: two lines of four numbers, and the list of alerts over both lines on the right. */
export const strip = (): Panel[] => {
  const numbers = [callRate, errorRatio, rateLimited, serverErrors, headroom, p95, unsettledWrites, dataAge]
  return [
    ...numbers.map((panel, index) =>
      panel()
        .gridPos({ x: (index % 4) * SIZE.width, y: Math.floor(index / 4) * SIZE.height, w: SIZE.width, h: SIZE.height })
        .build(),
    ),
    alerts().gridPos({ x: 16, y: 0, w: 8, h: 8 }).build(),
  ]
}
