import { el, setText, swatch } from './dom.ts'
import type { Line } from './plot.ts'

/** One line of a legend. */
export interface Item {
  line: Line
  text: string
  remark?: string
}

/** Names, colours and values of a chart's lines. Its place is as large as it ever gets, so nothing moves. */
export class Legend {
  readonly element = el('ul', { class: 'legend' })
  readonly #choose: ((line: Line) => void) | undefined
  #names = ''

  constructor(choose: ((line: Line) => void) | undefined) {
    this.#choose = choose
  }

  /** Shows these, in this order. */
  show(items: readonly Item[]): void {
    const names = items.map(({ line }) => line.name).join('\n')
    if (names !== this.#names || this.element.children.length === 0) this.#build(items)
    this.#names = names
    for (const [i, { text, remark }] of items.entries()) {
      const value = this.element.children[i]?.querySelector('.value')
      const more = this.element.children[i]?.querySelector('.remark')
      if (value) setText(value, text)
      this.element.children[i]?.classList.toggle('none', text === '0')
      if (more) setText(more, remark ?? '')
    }
  }

  #build(items: readonly Item[]): void {
    const rows = items.map(({ line }) => {
      const name = this.#choose
        ? el('button', {
            text: line.name,
            title: 'Show these failing calls',
            attributes: { type: 'button' },
            onClick: () => this.#choose?.(line),
          })
        : el('span', { text: line.name })
      const remark = el('span', { class: 'remark' })
      return el('li', {}, swatch(line.colour), name, el('span', { class: 'value' }), remark)
    })
    this.element.replaceChildren(...(rows.length > 0 ? rows : [el('li', { class: 'empty', text: 'none' })]))
  }
}
