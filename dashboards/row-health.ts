/** Telemetry health: do the other panels see everything? */
import { MappingType, type Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { RECORDS } from '../alerts/records.ts'
import { LABEL, SERIES, toPrometheus } from '../alerts/spelling.ts'
import { MANGOPAY_OPERATION_VALUE_OTHER, METRIC_MANGOPAY_CLIENT_REQUESTS } from '../src/names.ts'
import { EMPTY, LEVEL_COLOURS } from './palette.ts'
import { lines, stat, thresholds } from './panels.ts'
import { ratio, SCOPE, WINDOW } from './promql.ts'
import { now, overTime } from './targets.ts'

const { good, warn, bad, plain } = LEVEL_COLOURS
const services = SCOPE.services.join(', ')
const LEGEND = `{{${LABEL.environment}}}`
const STAT = { width: 6, height: 4 }
/** Every metric of ours, whatever its suffix. */
const ALL = `__name__=~"${toPrometheus(METRIC_MANGOPAY_CLIENT_REQUESTS).replace(/requests$/, '')}.+", ${services}`

const instances = () =>
  lines('instances', {
    asks: 'Do all processes report?',
    means:
      'Processes whose newest sample is at most 90 seconds old, by service. Series of a process that has ended linger for five minutes elsewhere, not here.',
    advice:
      'Fewer than you run: the library is not loaded there, or its exporter fails. One saw-tooth instead of many: service.instance.id is missing and processes overwrite each other.',
    empty: EMPTY.noCalls,
    unit: 'short',
    width: 12,
    height: 8,
  })
    .decimals(0)
    .targets([
      overTime(
        'A',
        `count by (${LABEL.job}, ${LABEL.environment}) (
  count by (${LABEL.job}, ${LABEL.environment}, ${LABEL.instance}) (timestamp(${SERIES.requests}{${services}}) >= time() - 90)
)`,
        `{{${LABEL.job}}} ${LEGEND}`,
      ),
    ])

const seriesCount = () =>
  lines('seriesCount', {
    asks: 'How much does this telemetry cost, and does it grow?',
    means: 'Time series by metric. Bounded by the routes of the API, the codes of HTTP and the number of processes.',
    advice: 'Growing without new processes: see whether an attribute processor adds labels.',
    empty: EMPTY.noCalls,
    unit: 'short',
    width: 12,
    height: 8,
  })
    .decimals(0)
    .targets([overTime('A', `count by (__name__) ({${ALL}})`, '{{__name__}}')])

const readingAge = () =>
  stat('readingAge', {
    asks: 'Is the quota being read?',
    means: 'Time since the answer that the newest quota reading came from, on Mangopay’s clock.',
    advice:
      'Nothing here although calls are made: the responseHook that passes on the rate-limit headers is not installed.',
    empty: 'Never: see docs/dashboards.md',
    unit: 's',
    ...STAT,
  })
    .decimals(0)
    .thresholds(thresholds(plain))
    .targets([
      now(
        'A',
        `time() - max by (${LABEL.environment}) (${SERIES.readingTimestamp}{${SCOPE.environments.join(', ')}})`,
        LEGEND,
      ),
    ])

const unknownOperations = () =>
  stat('unknownOperations', {
    asks: 'Are there calls that the route table does not know?',
    means: `Share of the calls of the range whose operation is ${MANGOPAY_OPERATION_VALUE_OTHER}.`,
    advice: 'More than a few: a new route of the API; update the library.',
    empty: EMPTY.noCalls,
    unit: 'percentunit',
    ...STAT,
  })
    .thresholds(thresholds(good, [0.01, warn]))
    .targets([
      now(
        'A',
        ratio([LABEL.environment], WINDOW.range, SCOPE.services, [
          `${LABEL.operation}="${MANGOPAY_OPERATION_VALUE_OTHER}"`,
        ]),
        LEGEND,
      ),
    ])

const overflow = () =>
  stat('overflow', {
    asks: 'Does the SDK throw series away?',
    means: 'Overflow series of our metrics: the SDK puts what exceeds its limit of series per metric into one.',
    advice: 'Any: labels are missing from the counts; raise the limit or look for what multiplies them.',
    empty: EMPTY.noCalls,
    unit: 'short',
    ...STAT,
  })
    .decimals(0)
    .thresholds(thresholds(good, [0.5, bad]))
    .targets([now('A', `count({${ALL}, otel_metric_overflow="true"})\nor 0 * count({${ALL}})`, 'series')])

const rules = () =>
  stat('rules', {
    asks: 'Are the recording and alerting rules loaded in this Prometheus?',
    means: 'They say so once a minute. Rules managed by Grafana do not show here.',
    advice: 'Not loaded: no alert of the rules file can fire, and the SLO row stays empty; see docs/dashboards.md.',
    empty: 'Not loaded',
    unit: 'none',
    ...STAT,
  })
    .mappings([{ type: MappingType.ValueToText, options: { '1': { text: 'Loaded', color: good, index: 0 } } }])
    .targets([now('A', `max(${RECORDS.evaluated})`, 'rules')])

/** The row's panels, in reading order. */
export const health = (): Panel[] =>
  [readingAge(), unknownOperations(), overflow(), rules(), instances(), seriesCount()].map((panel) => panel.build())
