import { PANELS, type PanelName } from '../../../../dashboards/palette.ts'
import type { Mark, Sample } from '../wire.ts'
import { DataTable } from './data-table.ts'
import { byId, el } from './dom.ts'
import { clock } from './format.ts'
import { type Item, Legend } from './legend.ts'
import { type Guide, type Line, plotOptions, type View } from './plot.ts'

/** Seconds that a chart shows at most and at least. */
const LONGEST = 300
const SHORTEST = 60

/** What one chart draws. */
export interface ChartSpec {
  id: string
  /** What the figures are, beside the title. */
  note: string
  /** Whether the lines add up. */
  stacked: boolean
  /** The lines there are by now; asked again with each point. */
  lines: (history: readonly Sample[]) => readonly Line[]
  /** Value of a line in a point; undefined is a gap. */
  value: (sample: Sample, line: Line) => number | undefined
  format: (value: number) => string
  axis: (value: number) => string
  /** What the axis reaches at least. */
  top: number
  guides: readonly Guide[]
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

/** A chart with its legend, and the table behind it. */
export class Chart {
  readonly #spec: ChartSpec
  readonly #legend: Legend
  readonly #table: DataTable
  readonly #canvas = el('div', { class: 'plot', attributes: { role: 'img' } })
  readonly #view: View
  #plot: uPlot | undefined
  #lines: readonly Line[] = []
  #history: readonly Sample[] = []

  constructor(spec: ChartSpec) {
    this.#spec = spec
    const figure = byId(spec.id)
    const { title } = PANELS[figure.dataset['panel'] as PanelName]
    this.#view = { from: 0, to: 1, now: 0, marks: [], top: spec.top, fitFrom: 0, guides: spec.guides, axis: spec.axis }
    this.#legend = new Legend(spec.onChoose)
    this.#table = new DataTable(title)
    const head = el(
      'div',
      { class: 'bar' },
      el('h2', { text: title }),
      el('span', { class: 'note', text: spec.note }),
      this.#table.element,
    )
    figure.replaceChildren(head, this.#canvas, this.#legend.element)
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#canvas)
  }

  /** Shows this history. */
  show(history: readonly Sample[], marks: readonly Mark[], keys: ReadonlyMap<string, string>): void {
    const first = history[0]
    const last = history.at(-1)
    if (!first || !last) return
    this.#history = history
    const lines = this.#spec.lines(history)
    const isSame = lines.length === this.#lines.length && lines.every(({ name }, i) => name === this.#lines[i]?.name)
    this.#lines = lines
    const ahead = this.#spec.ahead?.seconds ?? 0
    const now = last.time / 1_000
    const shown = Math.min(LONGEST, Math.max(SHORTEST, now - first.time / 1_000) + ahead)
    // A story is not to look small because the one before was large; the first seconds of it are still about that.
    const begun = (marks.at(-1)?.time ?? 0) / 1_000 + 6
    Object.assign(this.#view, {
      now,
      fitFrom: Math.min(begun, now - 2),
      to: now + ahead,
      from: now + ahead - shown,
      marks: marks.map(({ time, scenario }) => ({
        time: time / 1_000,
        label: scenario ? (keys.get(scenario) ?? '') : 'P',
      })),
    } satisfies Partial<View>)
    const data = this.#data(history, last)
    if (this.#plot && isSame) this.#plot.setData(data, true)
    else this.#make(data)
    this.#describe()
  }

  /** Draws again, in other colours. */
  redraw(): void {
    this.#plot?.redraw(false, true)
  }

  #make(data: uPlot.AlignedData): void {
    this.#plot?.destroy()
    const drawn = this.#spec.stacked ? this.#lines.toReversed() : this.#lines
    const options = plotOptions(this.#view, drawn, {
      ...this.#size(),
      stacked: this.#spec.stacked,
      forecast: this.#spec.ahead !== undefined,
      onCursor: () => this.#describe(),
    })
    this.#plot = new uPlot(options, data, this.#canvas)
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(120, this.#canvas.clientWidth), height: Math.max(80, this.#canvas.clientHeight) }
  }

  #data(history: readonly Sample[], last: Sample): uPlot.AlignedData {
    const { value, stacked, ahead } = this.#spec
    const times = history.map(({ time }) => time / 1_000)
    const values = this.#lines.map((line) => history.map((sample) => value(sample, line) ?? null))
    if (stacked) {
      for (const [i, row] of values.entries()) {
        const below = values[i - 1]
        for (const [j, own] of row.entries()) row[j] = (own ?? 0) + (below?.[j] ?? 0)
      }
      return [times, ...values.toReversed()]
    }
    if (!ahead) return [times, ...values]
    const now = last.time / 1_000
    const steps = [...new Set([...ahead.turns(last), ahead.seconds])]
      .filter((s) => s > 0 && s <= ahead.seconds)
      .sort((a, b) => a - b)
    const forecasts = this.#lines.map((line) => [
      ...history.map((sample) => (sample === last ? (ahead.value(last, line, 0) ?? null) : null)),
      ...steps.map((step) => ahead.value(last, line, step) ?? null),
    ])
    const empty = steps.map(() => null)
    return [[...times, ...steps.map((step) => now + step)], ...values.map((row) => [...row, ...empty]), ...forecasts]
  }

  /** The legend, the table and the words for those who see none of the drawing: at the cursor, else now. */
  #describe(): void {
    const { format, value, remark } = this.#spec
    const index = this.#plot?.cursor.idx
    const sample = (index == null ? undefined : this.#history[index]) ?? this.#history.at(-1)
    if (!sample) return
    const items = this.#lines.map((line): Item => {
      const own = value(sample, line)
      const more = remark?.(sample, line)
      return { line, text: own === undefined ? '–' : format(own), ...(more === undefined ? {} : { remark: more }) }
    })
    this.#legend.show(this.#spec.stacked ? items.toReversed() : items)
    const words = items.map(({ line, text, remark: more }) => `${line.name} ${text}${more ? ` (${more})` : ''}`)
    const text = words.length > 0 ? words.join(', ') : 'nothing'
    this.#canvas.setAttribute('aria-label', `At ${clock(sample.time)}: ${text}. The table has more.`)
    this.#table.show(this.#lines, this.#history, (each, line) => {
      const own = value(each, line)
      return own === undefined ? '–' : format(own)
    })
  }
}
