import type uPlot from 'uplot'
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

/** The highest of what is shown and does not fit. */
const cutOff = ({ data, scales }: uPlot, { from, fitFrom }: View): { time: number; value: number } | undefined => {
  const [times, ...rows] = data
  let found: { time: number; value: number } | undefined
  for (const row of rows) {
    for (const [i, value] of Array.from(row).entries()) {
      const time = times[i] ?? 0
      if (time < from || time >= fitFrom || value == null || value <= (scales['y']?.max ?? 0)) continue
      if (!found || value > found.value) found = { time, value }
    }
  }
  return found
}

const timeLabel = (seconds: number, ticks: readonly number[]): string => {
  const text = new Date(seconds * 1_000).toLocaleTimeString('en-GB')
  return ticks.every((tick) => tick % 60 === 0) ? text.slice(0, 5) : text
}

/** Guides, the starts of scenarios, and where now ends and the forecast begins. */
const drawExtras = (plot: uPlot, view: View): void => {
  const { guides, marks, now, to } = view
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  const across = (value: number) => Math.round(plot.valToPos(value, 'y', true))
  const down = (time: number) => Math.round(plot.valToPos(time, 'x', true))
  const line = (x1: number, y1: number, x2: number, y2: number) => {
    ctx.beginPath()
    ctx.moveTo(x1, y1)
    ctx.lineTo(x2, y2)
    ctx.stroke()
  }
  ctx.save()
  ctx.lineWidth = ratio
  for (const { value, colour } of guides) {
    const y = across(value)
    if (y < bbox.top) continue
    ctx.strokeStyle = colour
    ctx.setLineDash([6 * ratio, 4 * ratio])
    line(bbox.left, y, bbox.left + bbox.width, y)
  }
  ctx.setLineDash([])
  ctx.strokeStyle = themeColour('muted')
  ctx.fillStyle = themeColour('muted')
  ctx.font = `${10 * ratio}px system-ui, sans-serif`
  ctx.textAlign = 'center'
  for (const { time, label } of marks) {
    const x = down(time)
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.setLineDash([ratio, 3 * ratio])
    line(x, bbox.top, x, bbox.top + bbox.height)
    ctx.fillText(label, x, bbox.top - 4 * ratio)
  }
  const peak = cutOff(plot, view)
  if (peak) {
    const text = `↑ ${view.axis(peak.value)}`
    const half = ctx.measureText(text).width / 2 + 3 * ratio
    const x = Math.max(bbox.left + half, Math.min(down(peak.time), bbox.left + bbox.width - half))
    ctx.fillStyle = themeColour('card')
    ctx.fillRect(x - half, bbox.top + 3 * ratio, 2 * half, 14 * ratio)
    ctx.fillStyle = themeColour('text')
    ctx.fillText(text, x, bbox.top + 13.5 * ratio)
    ctx.fillStyle = themeColour('muted')
  }
  if (to > now) {
    ctx.globalAlpha = 0.08
    ctx.fillRect(down(now), bbox.top, bbox.left + bbox.width - down(now), bbox.height)
    ctx.globalAlpha = 1
    ctx.fillText('forecast', (down(now) + bbox.left + bbox.width) / 2, bbox.top - 4 * ratio)
  }
  ctx.restore()
}
