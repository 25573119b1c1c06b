/** A chart with its legend, and the table behind it. */
import type Plot from 'uplot'
import { LEVEL_COLOURS, PANELS, type PanelName } from '../../../../dashboards/palette.ts'
import type { Sample, Tick } from '../wire.ts'
import { byId, cell, el, setText, swatch } from './dom.ts'
import { clock } from './format.ts'

/** Seconds that a chart shows at most and at least. */
const LONGEST = 300
const SHORTEST = 60

/** Seconds between two rows of a table, and rows. */
const ROW_SECONDS = 5
const ROWS = 13

/** One line of a chart, or one colour of its bars. */
export interface Line {
  name: string
  colour: string
}

/** What all charts show. */
export interface View {
  /** When the story began, epoch milliseconds. */
  since: number
  history: readonly Sample[]
  totals: Tick['totals']
}

/** What one chart draws. */
export interface ChartSpec {
  id: string
  /** What the figures are, beside the title. */
  note: string
  /** The lines there are by now; asked again with each point. */
  lines: (view: View) => readonly Line[]
  /** Value of a line in a point; undefined is a gap. */
  value: (sample: Sample, line: Line) => number | undefined
  format: (value: number) => string
  axis: (value: number) => string
  /** What the axis reaches at least. */
  top: number
  /** Dashed lines across, where an alert begins or a limit is, and what they are called: above the line, or below. */
  guides?: readonly { value: number; name: string; isLimit?: boolean; below?: boolean }[]
  /** Bars that add up instead of lines: how points become bars of so many seconds, and the legend's sum of all bars. */
  bars?: {
    seconds: number
    join: (samples: readonly Sample[], time: number) => Sample
    total: (view: View, line: Line) => number
  }
  /** More about a line's present value, such as a forecast. */
  remark?: (sample: Sample, line: Line) => string | undefined
  /** Where lines go from here: seconds ahead to show, and the share of that way each line takes. */
  ahead?: {
    seconds: number
    value: (sample: Sample, line: Line, seconds: number) => number | undefined
    turns: (sample: Sample) => readonly number[]
  }
  /** A click on a line's name. */
  onChoose?: (line: Line) => void
}

export class Chart {
  readonly #spec: ChartSpec
  readonly #canvas = el('div', { class: 'plot', attributes: { role: 'img' } })
  readonly #legend = el('ul', { class: 'legend' })
  readonly #note: HTMLElement
  readonly #table: HTMLDetailsElement
  readonly #rows = el('table')
  #plot: Plot | undefined
  #lines: readonly Line[] = []
  #view: View = { since: 0, history: [], totals: { categories: {}, statuses: {} } }
  /** The history as it is drawn. */
  #points: readonly Sample[] = []
  /** What the time axis shows, and where now is on it, epoch seconds. */
  #time = { from: 0, now: 0, to: 1 }

  constructor(spec: ChartSpec) {
    this.#spec = spec
    const figure = byId(spec.id)
    const { title } = PANELS[figure.dataset['panel'] as PanelName]
    const label = { role: 'region', tabindex: '0', 'aria-label': `${title}, the last minute` }
    this.#note = el('span', { class: 'note', text: spec.note })
    this.#table = el(
      'details',
      { class: 'data' },
      el('summary', { text: 'Table', attributes: { 'aria-label': `Table of ${title}` } }),
      el('div', { class: 'scroll', attributes: label }, this.#rows),
    )
    const bar = el('div', { class: 'bar' }, el('h2', { text: title }), this.#note, this.#table)
    figure.replaceChildren(bar, this.#canvas, this.#legend)
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#canvas)
  }

  /** Shows this. */
  show(view: View): void {
    this.#view = view
    const { ahead, bars } = this.#spec
    const now = (view.history.at(-1)?.time ?? view.since) / 1_000
    const start = view.since / 1_000
    // The last bar is shown in its full width while it grows.
    const last = bars ? start + Math.ceil((now - start) / bars.seconds) * bars.seconds : now + (ahead?.seconds ?? 0)
    const to = Math.max(last, start + SHORTEST)
    this.#time = { from: Math.max(start, to - LONGEST), now, to }
    this.#points = bars ? this.#bars(bars) : view.history
    const lines = this.#spec.lines(view)
    const isSame = lines.length === this.#lines.length && lines.every(({ name }, i) => name === this.#lines[i]?.name)
    this.#lines = lines
    if (this.#plot && isSame) this.#plot.setData(this.#data(), true)
    else this.#make()
    this.#describe()
  }

  /** Draws again, in other colours. */
  redraw(): void {
    this.#plot?.redraw(false, true)
  }

  /** Bars from the story's beginning to the end of the axis, so that each has its width before it has its height. */
  #bars({ seconds, join }: NonNullable<ChartSpec['bars']>): Sample[] {
    const { history, since } = this.#view
    const groups = Map.groupBy(history, ({ time }) => Math.floor((time - since) / 1_000 / seconds))
    const first = Math.min(0, ...groups.keys())
    const last = Math.ceil((this.#time.to - since / 1_000) / seconds)
    return Array.from({ length: last - first }, (_, i) =>
      join(groups.get(first + i) ?? [], since + (first + i) * seconds * 1_000),
    )
  }

  #data(): Plot.AlignedData {
    const { value, bars, ahead } = this.#spec
    const times = this.#points.map(({ time }) => time / 1_000)
    const values = this.#lines.map((line) => this.#points.map((sample) => value(sample, line) ?? null))
    if (bars) {
      // From the top of the stack down: each is summed up, and painted over by the next.
      for (const [i, row] of values.entries()) {
        for (const [j, own] of row.entries()) row[j] = (own ?? 0) + (values[i - 1]?.[j] ?? 0)
      }
      return [times, ...values.toReversed()]
    }
    const last = this.#points.at(-1)
    if (!ahead || !last) return [times, ...values]
    const steps = [...new Set([...ahead.turns(last), ahead.seconds])]
      .filter((step) => step > 0 && step <= ahead.seconds)
      .sort((a, b) => a - b)
    const forecasts = this.#lines.map((line) => [
      ...this.#points.map((sample) => (sample === last ? (ahead.value(last, line, 0) ?? null) : null)),
      ...steps.map((step) => ahead.value(last, line, step) ?? null),
    ])
    const empty = steps.map(() => null)
    const then = steps.map((step) => this.#time.now + step)
    return [[...times, ...then], ...values.map((row) => [...row, ...empty]), ...forecasts]
  }

  #make(): void {
    const { bars, ahead, axis: format, top } = this.#spec
    this.#plot?.destroy()
    const points = { show: false }
    const series = this.#lines.map(
      ({ name: label, colour }): Plot.Series =>
        bars && uPlot.paths.bars
          ? { label, fill: colour, width: 0, points, paths: uPlot.paths.bars({ size: [0.86], align: 1 }) }
          : { label, stroke: colour, width: 2, points, spanGaps: false },
    )
    const forecasts = ahead
      ? this.#lines.map(({ name, colour }): Plot.Series => {
          return { label: `${name} forecast`, stroke: colour, width: 2, dash: [3, 5], points }
        })
      : []
    const axis = {
      stroke: () => themeColour('muted'),
      grid: { stroke: () => themeColour('line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    }
    const values = (_: Plot, ticks: readonly number[]) => ticks.map(format)
    const highest = ({ data: [, ...rows] }: Plot) =>
      Math.max(0, ...rows.flatMap((row) => Array.from(row, (value) => value ?? 0)))
    const options: Plot.Options = {
      ...this.#size(),
      legend: { show: false },
      padding: [14, 28, 0, 0],
      cursor: { sync: { key: 'demo' }, drag: { x: false, y: false }, points: { show: !bars, size: 6 } },
      scales: {
        x: { time: true, range: () => [this.#time.from, this.#time.to] },
        y: { range: (plot) => [0, Math.max(top, highest(plot) * 1.08)] },
      },
      axes: [
        { ...axis, size: 24, space: 70, values: (_, ticks) => ticks.map((tick) => timeLabel(tick, ticks)) },
        // Calls are whole.
        { ...axis, size: 50, space: 32, values, ...(bars ? { incrs: WHOLE } : {}) },
      ],
      series: [{}, ...(bars ? series.toReversed() : series), ...forecasts],
      hooks: { draw: [(plot) => this.#drawOver(plot)], setCursor: [() => this.#describe()] },
    }
    this.#plot = new uPlot(options, this.#data(), this.#canvas)
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(120, this.#canvas.clientWidth), height: Math.max(80, this.#canvas.clientHeight) }
  }

  /** Where alerts begin, by name, and where now ends and the forecast begins. */
  #drawOver(plot: Plot): void {
    const { ctx, bbox } = plot
    const ratio = devicePixelRatio
    const right = bbox.left + bbox.width
    ctx.save()
    ctx.font = `${10 * ratio}px system-ui, sans-serif`
    ctx.textBaseline = 'alphabetic'
    if (this.#spec.ahead) {
      const now = Math.round(plot.valToPos(this.#time.now, 'x', true))
      ctx.fillStyle = themeColour('muted')
      ctx.globalAlpha = 0.08
      ctx.fillRect(now, bbox.top, right - now, bbox.height)
      ctx.globalAlpha = 1
      ctx.textAlign = 'center'
      ctx.fillText('forecast', (now + right) / 2, bbox.top - 4 * ratio)
    }
    if (this.#spec.bars) this.#hatch(plot, this.#spec.bars.seconds)
    ctx.lineWidth = ratio
    ctx.setLineDash([6 * ratio, 4 * ratio])
    ctx.textAlign = 'left'
    const guides = (this.#spec.guides ?? [])
      .map((guide) => ({ ...guide, y: Math.round(plot.valToPos(guide.value, 'y', true)) }))
      .filter(({ y }) => y >= bbox.top)
    for (const { y, isLimit = false } of guides) {
      ctx.strokeStyle = isLimit ? LEVEL_COLOURS.bad : themeColour('muted')
      ctx.beginPath()
      ctx.moveTo(bbox.left, y)
      ctx.lineTo(right, y)
      ctx.stroke()
    }
    // On a ground of its own: no line goes through a name.
    ctx.setLineDash([])
    ctx.lineWidth = 6 * ratio
    ctx.lineJoin = 'round'
    ctx.strokeStyle = themeColour('card')
    ctx.fillStyle = themeColour('text')
    for (const { y, name, below = false } of guides) {
      const at = [bbox.left + 4 * ratio, y + (below ? 12 : -4) * ratio] as const
      ctx.strokeText(name, ...at)
      ctx.fillText(name, ...at)
    }
    ctx.restore()
  }

  /** The last bar while it still grows: low because its seconds are not over, which is no recovery. */
  #hatch(plot: Plot, seconds: number): void {
    const { ctx, bbox } = plot
    // The first row is the whole stack.
    const [times, stack] = plot.data
    const last = times.findLastIndex((time) => time <= this.#time.now)
    const [begin, height] = [times[last], stack?.[last] ?? 0]
    if (begin === undefined || height === 0) return
    const left = plot.valToPos(begin, 'x', true)
    const right = plot.valToPos(begin + seconds, 'x', true)
    const bottom = bbox.top + bbox.height
    const top = plot.valToPos(height, 'y', true)
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, top, right - left, bottom - top)
    ctx.clip()
    ctx.strokeStyle = themeColour('card')
    ctx.lineWidth = 2.5 * devicePixelRatio
    ctx.beginPath()
    for (let x = left - bbox.height; x < right; x += 5 * devicePixelRatio) {
      ctx.moveTo(x, bottom)
      ctx.lineTo(x + bbox.height, bbox.top)
    }
    ctx.stroke()
    ctx.restore()
  }

  /** The legend, the table and the words for those who see none of the drawing: at the cursor, else now. */
  #describe(): void {
    const { format, value, remark, bars, note } = this.#spec
    const index = this.#plot?.cursor.idx
    const chosen = index == null ? undefined : this.#points[index]
    const sample = chosen ?? this.#view.history.at(-1)
    const shown = (each: Sample, line: Line) => {
      const own = value(each, line)
      return own === undefined ? '–' : format(own)
    }
    const items = this.#lines.map((line) => ({
      line,
      text: bars && !chosen ? format(bars.total(this.#view, line)) : sample ? shown(sample, line) : '–',
      more: (sample && remark?.(sample, line)) ?? '',
    }))
    setText(this.#note, chosen ? `at ${clock(chosen.time)}` : note)
    this.#showLegend(items)
    const words = items.map(({ line, text, more }) => `${line.name} ${text}${more && ` (${more})`}`)
    this.#canvas.setAttribute('aria-label', `${words.length > 0 ? words.join(', ') : 'Nothing'}. The table has more.`)
    if (this.#table.open) this.#showTable(shown)
  }

  #showLegend(items: readonly { line: Line; text: string; more: string }[]): void {
    const names = items.map(({ line }) => line.name).join()
    if (this.#legend.dataset['names'] !== names) {
      this.#legend.dataset['names'] = names
      const { onChoose } = this.#spec
      const rows = items.map(({ line }) => {
        const { name: text, colour } = line
        const title = 'Show these failing calls'
        const name = onChoose
          ? el('button', { text, title, attributes: { type: 'button' }, onClick: () => onChoose(line) })
          : el('span', { text })
        return el('li', {}, swatch(colour), name, el('span', { class: 'value' }), el('span', { class: 'remark' }))
      })
      const none = el('li', { class: 'empty', text: 'no failed call yet' })
      this.#legend.replaceChildren(...(rows.length > 0 ? rows : [none]))
    }
    for (const [i, { text, more }] of items.entries()) {
      const [, , value, remark] = this.#legend.children[i]?.children ?? []
      if (value) setText(value, text)
      if (remark) setText(remark, more)
    }
  }

  /** The last minute, newest first: for whoever cannot see the drawing, or wants the figures. */
  #showTable(text: (sample: Sample, line: Line) => string): void {
    const past = this.#points.filter(({ time }) => time / 1_000 <= this.#time.now)
    const { bars } = this.#spec
    const step = bars ? 1 : ROW_SECONDS
    const when = ({ time }: Sample) =>
      `${clock(time)}${bars && time / 1_000 + bars.seconds > this.#time.now ? ', so far' : ''}`
    const head = ['Time', ...this.#lines.map(({ name }) => name)].map((name, i) =>
      el('th', { text: name, class: i > 0 ? 'number' : '', attributes: { scope: 'col' } }),
    )
    const rows = Array.from({ length: ROWS }, (_, i) => past.at(-1 - i * step))
      .filter((sample) => sample !== undefined)
      .map((sample) =>
        el('tr', {}, cell(when(sample)), ...this.#lines.map((line) => cell(text(sample, line), 'number'))),
      )
    this.#rows.replaceChildren(el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...rows))
  }
}

const WHOLE = [1, 2, 5].flatMap((digit) => [0, 1, 2, 3, 4].map((power) => digit * 10 ** power)).sort((a, b) => a - b)

const timeLabel = (seconds: number, ticks: readonly number[]): string => {
  const text = clock(seconds * 1_000)
  return ticks.every((tick) => tick % 60 === 0) ? text.slice(0, 5) : text
}

const probe = document.body.appendChild(el('i', { attributes: { hidden: '' } }))

/** A colour of the style sheet, as it is in the present theme: a canvas knows no variables. */
const themeColour = (name: 'text' | 'muted' | 'line' | 'card'): string => {
  probe.style.color = `var(--${name})`
  return getComputedStyle(probe).color
}
