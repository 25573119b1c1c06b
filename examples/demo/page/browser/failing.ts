import { CATEGORY_COLOURS } from '../../../../dashboards/palette.ts'
import type { FailedCall } from '../wire.ts'
import { byId, cell, el, setText, swatch } from './dom.ts'
import { clock, seconds } from './format.ts'
import { showSpan } from './span.ts'

/** Kept of each category: in a storm of one, the others can still be looked at. */
const KEEP = 25
const SHOWN = 25

const colours: Readonly<Record<string, string>> = CATEGORY_COLOURS

/** The list of failing calls. It stands still while somebody points at it or has the focus in it. */
export const startFailing = () => {
  const byCategory = new Map<string, FailedCall[]>()
  const filter = byId('filter') as HTMLSelectElement
  const region = byId('failing')
  let chosen: number | undefined
  let held = false

  const hold = (on: boolean) => {
    held = on
    setText(byId('held'), on ? 'held while you look' : '')
    if (!on) render()
  }
  // Focus by mouse stays behind after a click; only that by key means that somebody is still there.
  const focused = () => region.querySelector(':focus-visible') !== null
  region.addEventListener('pointerenter', () => hold(true))
  region.addEventListener('pointerleave', () => hold(focused()))
  region.addEventListener('focusin', () => hold(focused() || held))
  region.addEventListener('focusout', () => setTimeout(() => hold(focused() || region.matches(':hover'))))
  filter.addEventListener('change', () => render())

  const row = (call: FailedCall): HTMLTableRowElement => {
    const { span, category, id } = call
    const { attributes } = span
    const status = attributes['http.response.status_code']
    const button = el('button', {
      text: String(attributes['mangopay.operation'] ?? span.name),
      attributes: { type: 'button', 'aria-pressed': String(id === chosen), 'aria-controls': 'span' },
      onClick: () => {
        chosen = id
        for (const other of region.querySelectorAll('[aria-pressed]')) other.setAttribute('aria-pressed', 'false')
        button.setAttribute('aria-pressed', 'true')
        showSpan(call)
      },
    })
    return el(
      'tr',
      {},
      cell(clock(span.start + span.milliseconds)),
      el('td', { class: 'operation' }, button),
      cell(status === undefined ? '–' : String(status), 'number'),
      el('td', {}, swatch(colours[category] ?? 'currentColor'), document.createTextNode(category)),
      cell(String(attributes['mangopay.outcome'] ?? '')),
      cell(seconds(span.milliseconds / 1_000), 'number'),
    )
  }

  const render = () => {
    const wanted = filter.value
    const calls = [...byCategory.values()].flat().filter(({ category }) => wanted === '' || category === wanted)
    const rows = calls
      .sort((a, b) => b.id - a.id)
      .slice(0, SHOWN)
      .map(row)
    const none = el('tr', {}, el('td', { class: 'empty', text: 'No such call yet.', attributes: { colspan: '6' } }))
    byId('failing-rows').replaceChildren(...(rows.length > 0 ? rows : [none]))
  }

  return {
    /** Makes room for the categories there are. */
    categories: (names: readonly string[]) => {
      const options = names.map((name) => el('option', { text: name, attributes: { value: name } }))
      const { value } = filter
      filter.replaceChildren(el('option', { text: 'all', attributes: { value: '' } }), ...options)
      filter.value = value
    },
    /** Forgets everything: the server begins anew. */
    clear: () => byCategory.clear(),
    add: (calls: readonly FailedCall[]) => {
      for (const call of calls) {
        const known = byCategory.get(call.category) ?? []
        known.push(call)
        if (known.length > KEEP) known.shift()
        byCategory.set(call.category, known)
      }
    },
    /** Shows what there is, unless somebody is looking. */
    show: () => {
      if (!held) render()
    },
    /** Shows the calls of one category only. */
    only: (category: string) => {
      filter.value = category
      render()
      region.scrollIntoView({ block: 'nearest' })
    },
  }
}
