/** Panels of our kinds: every one has a question, a unit, a text for emptiness and a place, or it does not compile. */
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge'
import * as common from '@grafana/grafana-foundation-sdk/common'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries'
import { variable } from './links.ts'
import { LEVEL_COLOURS, PANELS, type PanelName } from './palette.ts'

/** What every panel must say about itself. */
export interface About {
  /** The question it answers. First sentence of the description. */
  asks: string
  /** How to read it, and what it leaves out. */
  means: string
  /** What to do when it looks bad. Last sentence of the description. */
  advice: string
  /** What it shows when there is nothing to show. */
  empty: string
  /** Grafana's id of the unit. */
  unit: string
  /** Of 24 columns. */
  width: number
  /** In grid rows. */
  height: number
}

/** Data sources are variables: a shipped dashboard cannot know anybody's uid. */
export const DATASOURCES = {
  prometheus: { type: 'prometheus', uid: variable('datasource') },
  tempo: { type: 'tempo', uid: variable('tempo') },
} as const

interface Describable {
  id(id: number): this
  title(title: string): this
  description(description: string): this
  datasource(ref: common.DataSourceRef): this
  gridPos(position: dashboard.GridPos): this
  unit(unit: string): this
  noValue(text: string): this
}

/** Gives a panel its identity. Its place on the grid comes later, only its size is known here. */
export const describe = <T extends Describable>(
  panel: T,
  name: PanelName,
  about: About,
  datasource: keyof typeof DATASOURCES = 'prometheus',
): T => {
  const { id, title } = PANELS[name]
  return panel
    .id(id)
    .title(title)
    .description(`${about.asks} ${about.means} ${about.advice}`)
    .datasource(DATASOURCES[datasource])
    .gridPos({ x: 0, y: 0, w: about.width, h: about.height })
    .unit(about.unit)
    .noValue(about.empty)
}

/** Colour from a value on. */
export type Step = readonly [from: number, colour: string]

/** Thresholds: the colour at the bottom, then steps upwards. */
export const thresholds = (base: string, ...steps: readonly Step[]): dashboard.ThresholdsConfigBuilder =>
  new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps([
    // The bottom step has no value in Grafana's model, which the SDK's type does not know.
    { value: null as unknown as number, color: base },
    ...steps.map(([value, color]) => ({ value, color })),
  ])

/** A colour that never changes. */
export const fixed = (fixedColor: string): dashboard.FieldColorBuilder =>
  new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Fixed).fixedColor(fixedColor)

const byThresholds = (): dashboard.FieldColorBuilder =>
  new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds)

const lastValue = (): common.ReduceDataOptionsBuilder =>
  new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false)

/** One big number, or one for each environment. */
export const stat = (name: PanelName, about: About): Stat =>
  describe(new Stat(), name, about)
    .reduceOptions(lastValue())
    .colorScheme(byThresholds())
    .thresholds(thresholds(LEVEL_COLOURS.plain))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.Auto)
    // Left to itself Grafana takes for each number the largest size that fits.
    .text(new common.VizTextDisplayOptionsBuilder().titleSize(12).valueSize(24))

/** One bar for each series, coloured by thresholds. */
export const barGauge = (name: PanelName, about: About): BarGauge =>
  describe(new BarGauge(), name, about)
    .reduceOptions(lastValue())
    .colorScheme(byThresholds())
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .orientation(common.VizOrientation.Horizontal)
    .valueMode(common.BarGaugeValueMode.Color)
    .namePlacement(common.BarGaugeNamePlacement.Left)
    .showUnfilled(true)
    .minVizHeight(16)

/** How many values of each series the legend tells. */
export type Legend = 'names' | 'table'

/** Lines over time. */
export const lines = (
  name: PanelName,
  about: About,
  legend: Legend = 'names',
  datasource?: keyof typeof DATASOURCES,
): TimeSeries =>
  describe(new TimeSeries(), name, about, datasource)
    .drawStyle(common.GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(common.VisibilityMode.Auto)
    .pointSize(4)
    // A gap of up to three exports is a late one; a longer one is a gap and must look like it.
    .spanNulls(180_000)
    .min(0)
    // By name: a series keeps its colour when another one appears.
    .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.PaletteClassicByName))
    .thresholds(thresholds('transparent'))
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .placement(common.LegendPlacement.Bottom)
        .displayMode(legend === 'names' ? common.LegendDisplayMode.List : common.LegendDisplayMode.Table)
        .calcs(legend === 'names' ? [] : ['lastNotNull', 'max']),
    )
    // Of a point; the text for an empty chart is the panel's.
    .overrideByRegexp('/.*/', [{ id: 'noValue', value: '–' }])

/** Bars over time, stacked: the height is the whole. */
export const stackedBars = (...args: Parameters<typeof lines>): TimeSeries =>
  lines(...args)
    .drawStyle(common.GraphDrawStyle.Bars)
    .lineWidth(0)
    .showPoints(common.VisibilityMode.Never)
    .fillOpacity(85)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'))
    // Grafana draws a stack with gaps as if it were zero there; bars show them as they are.
    .spanNulls(false)

/** Lines of other environments than production are thin and dashed, so that the two never look alike. */
export const productionStandsOut = (panel: TimeSeries): TimeSeries =>
  panel.overrideByRegexp('/^(?!.*\\bproduction\\b)/', [
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [6, 6] } },
    { id: 'custom.lineWidth', value: 1 },
  ])

/** Dashed lines across a chart, named in the panel's description. */
export const dashedLines = (panel: TimeSeries, ...steps: readonly Step[]): TimeSeries =>
  panel
    .thresholds(thresholds('transparent', ...steps))
    .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed))

/** Fixed colours for series of these names. */
export const coloured = <T extends { overrideByName(name: string, properties: dashboard.DynamicConfigValue[]): T }>(
  panel: T,
  colours: Readonly<Record<string, string>>,
): T =>
  Object.entries(colours).reduce(
    (result, [name, colour]) => result.overrideByName(name, [{ id: 'color', value: fixed(colour).build() }]),
    panel,
  )

/** The same where the series' names only contain these texts. */
export const colouredWhere = <
  T extends { overrideByRegexp(regexp: string, properties: dashboard.DynamicConfigValue[]): T },
>(
  panel: T,
  colours: Readonly<Record<string, string>>,
): T =>
  Object.entries(colours).reduce(
    (result, [pattern, colour]) => result.overrideByRegexp(pattern, [{ id: 'color', value: fixed(colour).build() }]),
    panel,
  )
