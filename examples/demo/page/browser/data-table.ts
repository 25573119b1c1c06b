import type { Sample } from '../wire.ts'
import { cell, el } from './dom.ts'
import { clock } from './format.ts'
import type { Line } from './plot.ts'

/** Points between two rows, and rows. */
const STEP = 5
const ROWS = 13

/** The numbers behind a chart, laid over it on demand: for whoever cannot see the drawing, or wants the figures. */
export class DataTable {
  readonly element: HTMLDetailsElement
  readonly #head = el('thead')
  readonly #body = el('tbody')
  #shown = ''

  /** @param title What the chart is called. */
  constructor(title: string) {
    const table = el('table', {}, el('caption', { text: `${title}, the last minute` }), this.#head, this.#body)
    this.element = el(
      'details',
      { class: 'data' },
      el('summary', { text: 'Table', attributes: { 'aria-label': `Table of ${title}` } }),
      el(
        'div',
        { class: 'scroll', attributes: { tabindex: '0', role: 'region', 'aria-label': `${title}, table` } },
        table,
      ),
    )
  }

  /** Shows every fifth point of the last minute, newest first; nothing is done while the table is closed. */
  show(lines: readonly Line[], history: readonly Sample[], text: (sample: Sample, line: Line) => string): void {
    const newest = history.at(-1)
    if (!this.element.open || !newest) return
    const names = lines.map(({ name }) => name)
    const state = `${newest.time} ${names.join()}`
    if (state === this.#shown) return
    this.#shown = state
    const head = (name: string, className: string) =>
      el('th', { text: name, class: className, attributes: { scope: 'col' } })
    const heads = [head('Time', ''), ...names.map((name) => head(name, 'number'))]
    this.#head.replaceChildren(el('tr', {}, ...heads))
    const samples = Array.from({ length: ROWS }, (_, i) => history.at(-1 - i * STEP)).filter(
      (sample) => sample !== undefined,
    )
    this.#body.replaceChildren(
      ...samples.map((sample) =>
        el('tr', {}, cell(clock(sample.time)), ...lines.map((line) => cell(text(sample, line), 'number'))),
      ),
    )
  }
}
