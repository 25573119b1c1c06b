/** What is drawn over a chart: where alerts begin, stories start, peaks are cut off and the forecast is. */
import type uPlot from 'uplot'
import type { View } from './plot.ts'
import { themeColour } from './theme.ts'

/** Guides, the starts of scenarios, and where now ends and the forecast begins. */
export const drawExtras = (plot: uPlot, view: View): void => {
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
