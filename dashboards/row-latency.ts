/** Latency: is it slow for everybody, or for a few? */
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import {
  PanelBuilder as Heatmap,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { durationBuckets } from '../alerts/spelling.ts'
import { NUMBERS } from '../alerts/thresholds.ts'
import { SPAN, toTraces, variable } from './links.ts'
import { EMPTY, LEVEL_COLOURS, PERCENTILE_COLOURS } from './palette.ts'
import { coloured, dashedLines, describe, lines } from './panels.ts'
import { quantile, SCOPE, WINDOW } from './promql.ts'
import { buckets, overTime } from './targets.ts'

const percentiles = () =>
  coloured(
    dashedLines(
      lines('latency', {
        asks: 'How long do calls take, and how long do the slowest?',
        means: `Half of the calls are faster than p50, 19 of 20 than p95, 99 of 100 than p99; estimated within a bucket, so a time-out of 6 s may read as up to 7.5 s. Dashed: ${NUMBERS.latencySeconds} s, where the alert on p95 starts. A step without calls is a gap.`,
        advice:
          'p99 alone high: a few calls, click for the traces slower than the point. All high: Mangopay or the network; see "Operations" for which.',
        empty: EMPTY.noCalls,
        unit: 's',
        width: 12,
        height: 9,
      }),
      [NUMBERS.latencySeconds, LEVEL_COLOURS.warn],
    ),
    PERCENTILE_COLOURS,
  )
    .dataLinks([
      toTraces('Calls slower than this', [
        SPAN.environment,
        SPAN.operationChosen,
        SPAN.slowerThan(`${variable('__value.numeric')}s`),
      ]),
    ])
    .targets([
      overTime('A', quantile(0.5, [], WINDOW.step), 'p50'),
      overTime('B', quantile(0.95, [], WINDOW.step), 'p95'),
      overTime('C', quantile(0.99, [], WINDOW.step), 'p99'),
    ])

const heatmap = () =>
  describe(new Heatmap(), 'latencyHeatmap', {
    asks: 'Is one kind of call slow, or are all calls slower?',
    means:
      'Number of calls by duration: the stronger the colour, the more. Two bands are two kinds of calls; a band at 30 or 60 s is a time-out.',
    advice: 'A band that rises as a whole: Mangopay or the network. A new band: see "Operations" for what is new.',
    empty: EMPTY.noCalls,
    unit: 'short',
    width: 12,
    height: 9,
  })
    .calculate(false)
    // By opacity: few calls are faint and many strong on light ground as on dark. The root, or one busy cell hides the rest.
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Opacity)
        .fill(LEVEL_COLOURS.warn)
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64)
        .reverse(false),
    )
    .yAxis(new YAxisConfigBuilder().unit('s'))
    .cellGap(1)
    .decimals(0)
    .targets([
      buckets('A', `round(sum by (le) (increase(${durationBuckets(SCOPE.chosen.join(', '))}[${WINDOW.step}])))`),
    ])

/** The row's panels, in reading order. */
export const latency = (): Panel[] => [percentiles().build(), heatmap().build()]
