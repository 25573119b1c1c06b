/** How a chart of the page is drawn: lines or a stack, with what moves while it stays. */
import type uPlot from 'uplot'
import { drawExtras } from './plot-extras.ts'
import { themeColour } from './theme.ts'

/** One line of a chart. */
export interface Line {
  name: string
  colour: string
}

/** A dashed line across, where an alert begins. */
export interface Guide {
  value: number
  colour: string
}

/** What moves while the chart stays: read at each drawing. Times are epoch seconds. */
export interface View {
  from: number
  to: number
  now: number
  marks: readonly { time: number; label: string }[]
  top: number
  /** Time from which on everything must fit; higher peaks before are cut off. */
  fitFrom: number
  guides: readonly Guide[]
  axis: (value: number) => string
}

/** How a chart is drawn. */
export interface PlotSettings {
  width: number
  height: number
  /** Lines are given from the top of the stack down, each summed up and painted over by the next. */
  stacked: boolean
  /** Whether each line is followed by its forecast. */
  forecast: boolean
  onCursor: () => void
}

const FONT = '11px system-ui, sans-serif'

/** Options of uPlot, without its own legend. */
export const plotOptions = (view: View, lines: readonly Line[], settings: PlotSettings): uPlot.Options => {
  const { width, height, stacked, forecast, onCursor } = settings
  const series = lines.map(
    ({ name, colour }): uPlot.Series =>
      stacked
        ? { label: name, fill: colour, width: 0, points: { show: false } }
        : { label: name, stroke: colour, width: 2, points: { show: false }, spanGaps: false },
  )
  const forecasts = forecast
    ? lines.map(
        ({ name, colour }): uPlot.Series => ({
          label: `${name} forecast`,
          stroke: colour,
          width: 2,
          dash: [3, 5],
          points: { show: false },
        }),
      )
    : []
  const axis = {
    stroke: () => themeColour('muted'),
    grid: { stroke: () => themeColour('line'), width: 1 },
    ticks: { show: false },
    font: FONT,
  }
  return {
    width,
    height,
    legend: { show: false },
    padding: [14, 18, 0, 0],
    cursor: { sync: { key: 'demo' }, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: () => [view.from, view.to] },
      y: { range: (plot) => [0, Math.max(view.top, highest(plot, view) * 1.08)] },
    },
    axes: [
      { ...axis, size: 24, space: 70, values: (_, ticks) => ticks.map((tick) => timeLabel(tick, ticks)) },
      { ...axis, size: 50, space: 32, values: (_, ticks) => ticks.map(view.axis) },
    ],
    series: [{}, ...series, ...forecasts],
    hooks: { draw: [(plot) => drawExtras(plot, view)], setCursor: [onCursor] },
  }
}

/** The highest value of what must fit. */
const highest = ({ data }: uPlot, { fitFrom }: View): number => {
  const [times, ...rows] = data
  const from = times.findIndex((time) => time >= fitFrom)
  if (from < 0) return 0
  return Math.max(
    0,
    ...rows.flatMap((row) =>
      Array.from(row)
        .slice(from)
        .map((value) => value ?? 0),
    ),
  )
}

const timeLabel = (seconds: number, ticks: readonly number[]): string => {
  const text = new Date(seconds * 1_000).toLocaleTimeString('en-GB')
  return ticks.every((tick) => tick % 60 === 0) ? text.slice(0, 5) : text
}
