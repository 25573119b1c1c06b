/** The strip on top: ten seconds, eight numbers and what is firing. */
import { type Panel, PanelBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { RUNBOOK_BASE } from '../alerts/prometheus.ts'
import { LABEL, SERIES } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { EMPTY, LEVEL_COLOURS, PANELS } from './palette.ts'
import { stat, thresholds } from './panels.ts'
import { LEAST_LEFT, LITTLE_LEFT, quantile, SCOPE, SLOW_WINDOWS, utilization, WINDOW } from './promql.ts'
import { callRate, ENV, errorRatio, LEGEND, rateLimited, SIZE, serverErrors, unsettledWrites } from './strip-calls.ts'
import { now } from './targets.ts'

const { good, warn, bad } = LEVEL_COLOURS

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
