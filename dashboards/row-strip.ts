/** The strip on top: ten seconds, eight numbers and what is firing. */
import type { DashboardLinkBuilder, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { RUNBOOK } from '../alerts/fill-in.ts'
import { LABEL, SERIES } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { MANGOPAY_ERROR_CATEGORY_VALUE_RATE_LIMIT as RATE_LIMIT } from '../src/names.ts'
import { fieldLabel, SPAN, toFilter, toTraces, variable } from './links.ts'
import { EMPTY, LEVEL_COLOURS, type PanelName, ROWS, STATUS_COLOURS } from './palette.ts'
import { type About, stat, thresholds } from './panels.ts'
import {
  BROKEN,
  calls,
  callsOrZero,
  LEAST_LEFT,
  LITTLE_LEFT,
  type Matcher,
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
import { table } from './tables.ts'
import { now } from './targets.ts'

const { good, warn, bad } = LEVEL_COLOURS

/** Numbers of the strip are told apart by environment, never added up over it. */
const ENV = [LABEL.environment] as const
/** A number's name, shown when there is more than one. */
const LEGEND = `{{${LABEL.environment}}}`
/** Size of a number on the grid. */
const SIZE = { width: 4, height: 4 }
const inClicked = [SPAN.environmentIs(fieldLabel(LABEL.environment)), SPAN.operationChosen]

/** How much. */
const callRate = () =>
  stat('callRate', {
    asks: 'How many calls per second go to Mangopay?',
    means: 'Mean of the last 10 minutes, one value for each environment; 0 while the app runs and does not call.',
    advice: 'Unusually much: see "Who uses the quota". Unusually little: see whether the app still does its work.',
    empty: EMPTY.noCallsNow,
    unit: 'reqps',
    ...SIZE,
  })
    .dataLinks([toTraces('Calls of the last 10 minutes', inClicked, 'now')])
    .targets([now('A', `${calls(ENV, WINDOW.now, SCOPE.chosen)} / 600`, LEGEND)])

/** Which share fails. */
const errorRatio = () =>
  stat('errorRatio', {
    asks: 'Which share of the calls fails?',
    means:
      'Last 10 minutes. Without not_found, idempotency_conflict, sca_required and cancelled, which a healthy integration meets as well.',
    advice: 'Above 1 %: see "Errors by category" for whose fault it is; click for the failing calls.',
    empty: EMPTY.noCallsNow,
    unit: 'percentunit',
    ...SIZE,
  })
    .thresholds(thresholds(good, [0.01, warn], [0.05, bad]))
    .dataLinks([toTraces('Failing calls of the last 10 minutes', [...inClicked, SPAN.broken], 'now')])
    .targets([now('A', ratio(ENV, WINDOW.now, SCOPE.chosen, [BROKEN]), LEGEND)])

/** A number of calls of the whole range, 0 where calls were made and none like these. */
const countOf = (
  name: PanelName,
  words: Pick<About, 'asks' | 'means' | 'advice'>,
  matchers: readonly Matcher[],
  colour: string,
  link: DashboardLinkBuilder,
) =>
  stat(name, { ...words, empty: EMPTY.noCalls, unit: 'locale', ...SIZE })
    .decimals(0)
    .thresholds(thresholds(good, [0.001, colour]))
    .dataLinks([link])
    .targets([now('A', callsOrZero(ENV, WINDOW.range, SCOPE.chosen, matchers), LEGEND)])

/** 429s. */
const rateLimited = () =>
  countOf(
    'rateLimited',
    {
      asks: 'How many calls did Mangopay refuse because a quota was used up?',
      means: 'Calls answered 429 in the whole range; 0 means calls were made and none was refused.',
      advice: 'Any: slow down what can wait, see "429s by operation", click for the calls.',
    },
    [STATUS_429],
    STATUS_COLOURS['429'],
    toTraces('Calls answered 429', [...inClicked, SPAN.category(RATE_LIMIT)]),
  )

/** 5xx. */
const serverErrors = () =>
  countOf(
    'serverErrors',
    {
      asks: 'How many calls did Mangopay answer with an error of its own?',
      means: 'Calls answered 500 to 599 in the whole range, those of the edge in front of the API included.',
      advice:
        'Many: compare with status.mangopay.com, see "Mangopay failing: 5xx, time-outs, network", click for the calls.',
    },
    [STATUS_5XX],
    STATUS_COLOURS['5xx'],
    toTraces('Calls answered 5xx', [...inClicked, SPAN.statusFrom(500)]),
  )

/** Writes to look up. */
const unsettledWrites = () =>
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
    toTraces('Writes that may have happened', [...inClicked, SPAN.unsettled]),
  )

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
    means:
      '19 of 20 calls of the last 10 minutes were faster than this, failures included; estimated within a bucket, so it may be above a time limit of your client.',
    advice: 'Seconds: see "Latency" and the slowest operation in "Operations".',
    empty: EMPTY.noCallsNow,
    unit: 's',
    ...SIZE,
  })
    .thresholds(thresholds(good, [NUMBERS.latencySeconds / 2, warn], [NUMBERS.latencySeconds, bad]))
    .dataLinks([
      toTraces(
        'Slower calls of the last 10 minutes',
        [...inClicked, SPAN.slowerThan(`${variable('__value.numeric')}s`)],
        'now',
      ),
    ])
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

/** Labels that say what an alert is about, where it has them. */
const ABOUT = [LABEL.job, LABEL.account, LABEL.window, 'burn', 'traffic'] as const

/**
 * What fires, from the series that Prometheus writes about its alerts: one row each, with the seconds since it began. Not
 * those of Grafana's own rules, which leave no series; they have a list in a row of their own.
 */
const firingAlerts = (): string => {
  const ours = `alertname=~"Mangopay.*", ${LABEL.environment}=~"$environment|"`
  const firing = `ALERTS{alertstate="firing", ${ours}}`
  return `max by (alert, severity, ${LABEL.environment}) (
  label_join(
    label_replace(
      ${firing} * ignoring (alertstate) (time() - ALERTS_FOR_STATE{${ours}}) or 0 * ${firing},
      "alert", "$1", "alertname", "Mangopay(.*)"
    ),
    "alert", " ", "alert", ${ABOUT.map((label) => `"${label}"`).join(', ')}
  )
)`
}

const alerts = () =>
  table(
    'alerts',
    {
      asks: 'Is anything firing?',
      means: `Alerts of the rules file, most urgent first, with service, account or window where they are about one. Empty is good, if the rules are loaded: see "Rules file" in the last row. Alerts that Grafana manages are in "${ROWS.grafanaAlerts.title}".`,
      advice: `Follow the runbook, ${RUNBOOK}; click an alert to see only its environment.`,
      empty: 'Nothing fires',
      unit: 's',
      width: 8,
      height: 8,
    },
    [
      {
        title: 'Severity',
        from: { label: 'severity' },
        width: 75,
        colours: { critical: bad, warning: warn },
      },
      {
        title: 'Alert',
        from: { label: 'alert' },
        least: 110,
        links: [toFilter('Show only its environment', { environment: 'Environment' })],
      },
      { title: 'Environment', from: { label: LABEL.environment }, width: 95 },
      { title: 'For', from: { expr: firingAlerts() }, unit: 'dthms', decimals: 0, width: 75 },
    ],
    { column: 'Severity', descending: false },
    { rows: 'small', header: false },
  )

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
