/** Single calls and operations: the list of failing calls, each with its span, and the table of operations. */
import { BODY_CUT, CATEGORY_COLOURS } from '../../../../dashboards/palette.ts'
import type { FailedCall, OperationLine } from '../wire.ts'
import { byId, cell, el, path, setText, swatch } from './dom.ts'
import { clock, count, counted, percent, seconds } from './format.ts'

/** Kept of each category: in a storm of one, the others can still be looked at. */
const KEEP = 25

/** Rows of the list. The style sheet keeps as much room. */
const SHOWN = 12

const colours: Readonly<Record<string, string>> = CATEGORY_COLOURS

const endOf = ({ span }: FailedCall): number => span.start + span.milliseconds

/** The list of failing calls. It stands still while somebody points at it, has the focus in it or has opened a call. */
export const startFailing = () => {
  const byCategory = new Map<string, FailedCall[]>()
  const filter = byId('filter') as HTMLSelectElement
  const region = byId('failing')
  const rows = byId('failing-rows')
  let newest = 0
  let shown = 0
  let open: number | undefined
  let isPointed = false

  // Focus by mouse stays behind after a click; only that by key means that somebody is still there.
  const isHeld = () => open !== undefined || isPointed || region.querySelector(':focus-visible') !== null
  for (const kind of ['pointerenter', 'pointerleave', 'focusin', 'focusout']) {
    region.addEventListener(kind, () => {
      if (kind.startsWith('pointer')) isPointed = kind === 'pointerenter'
      setTimeout(show)
    })
  }
  filter.addEventListener('change', () => render())

  const toggle = (call: FailedCall) => {
    open = open === call.id ? undefined : call.id
    for (const each of rows.querySelectorAll('.span')) each.remove()
    for (const each of rows.querySelectorAll<HTMLElement>('[data-id]')) {
      const isOpen = each.dataset['id'] === `${open}`
      each.querySelector('button')?.setAttribute('aria-expanded', String(isOpen))
      if (isOpen) each.after(el('tr', { class: 'span' }, spanCell(call)))
    }
    show()
  }

  const row = (call: FailedCall): HTMLTableRowElement => {
    const { span, category, id } = call
    const { attributes } = span
    const status = String(attributes['http.response.status_code'] ?? 'none')
    const button = el(
      'button',
      { attributes: { type: 'button', 'aria-expanded': 'false' }, onClick: () => toggle(call) },
      ...path(String(attributes['mangopay.operation'] ?? span.name)),
    )
    return el(
      'tr',
      { attributes: { 'data-id': String(id) } },
      cell(clock(endOf(call))),
      el('td', { class: 'operation' }, button),
      cell(status.startsWith('2') ? `${status}, ${BODY_CUT}` : status, 'number'),
      el('td', {}, swatch(colours[category] ?? 'currentColor'), category),
      cell(String(attributes['mangopay.outcome'] ?? '')),
      cell(seconds(span.milliseconds / 1_000), 'number'),
    )
  }

  const render = () => {
    const wanted = filter.value
    open = undefined
    shown = newest
    const calls = [...byCategory.values()].flat().filter(({ category }) => wanted === '' || category === wanted)
    const text = wanted === '' ? 'No call has failed in this story yet.' : `No ${wanted} call in this story yet.`
    const none = el('tr', {}, el('td', { class: 'empty', text, attributes: { colspan: '6' } }))
    const newestFirst = calls.sort((a, b) => endOf(b) - endOf(a) || b.id - a.id).slice(0, SHOWN)
    // Rows that stay are left alone, so that a click or the focus never misses one.
    const known = new Map(Array.from(rows.children, (each) => [(each as HTMLElement).dataset['id'], each]))
    for (const [id, each] of known) if (!newestFirst.some((call) => `${call.id}` === id)) each.remove()
    for (const [i, call] of newestFirst.entries()) {
      if (!known.has(`${call.id}`)) rows.insertBefore(row(call), rows.children[i] ?? null)
    }
    if (calls.length === 0) rows.replaceChildren(none)
    setText(byId('held'), '')
  }
  const show = () => {
    if (!isHeld()) render()
    else
      setText(
        byId('held'),
        newest > shown ? `Stopped while you read: ${count(newest - shown)} newer` : 'Stopped while you read',
      )
  }

  return {
    /** Begins anew, with these calls and room for these categories. */
    begin: (categories: readonly string[], calls: readonly FailedCall[]) => {
      const { value } = filter
      const options = categories.map((name) => el('option', { text: name, attributes: { value: name } }))
      filter.replaceChildren(el('option', { text: 'all', attributes: { value: '' } }), ...options)
      filter.value = value
      byCategory.clear()
      newest = 0
      add(calls)
      // What is open stays open while nothing but a pause has come.
      if (calls.some(({ id }) => id === open)) return
      rows.replaceChildren()
      render()
    },
    add,
    /** Shows what there is, unless somebody is looking. */
    show,
    /** Shows the calls of one category only. */
    only: (category: string) => {
      filter.value = category
      render()
      region.scrollIntoView({ block: 'nearest' })
    },
  }

  function add(calls: readonly FailedCall[]) {
    for (const call of calls) {
      const known = byCategory.get(call.category) ?? []
      known.push(call)
      if (known.length > KEEP) known.shift()
      byCategory.set(call.category, known)
      newest = Math.max(newest, call.id)
    }
  }
}

/** Text of an attribute's value: an array as JSON, everything else as it is. */
const valueText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

type Pairs = readonly (readonly [name: string, value: unknown])[]

/** The library adds the attributes of its own namespace, and the route where nobody else has. */
const isOurs = ([name]: Pairs[number]): boolean => name.startsWith('mangopay.') || name === 'url.template'

const list = (title: string, pairs: Pairs, className = ''): HTMLElement[] => {
  if (pairs.length === 0) return []
  const items = pairs.map(([name, value]) =>
    el('div', {}, el('dt', { text: name }), el('dd', { text: valueText(value) })),
  )
  return [el('section', {}, el('h3', { text: title }), el('dl', { class: className }, ...items))]
}

/** One span as it was exported. */
const spanCell = ({ span }: FailedCall): HTMLTableCellElement => {
  const pairs: Pairs = Object.entries(span.attributes)
  return el(
    'td',
    { attributes: { colspan: '6' } },
    el('p', { class: 'span-name', text: `Span ${span.name}` }),
    el(
      'div',
      { class: 'lists' },
      ...list('Added by opentelemetry-mangopay', pairs.filter(isOurs), 'ours'),
      ...list(
        'From the HTTP instrumentation',
        pairs.filter((pair) => !isOurs(pair)),
      ),
      ...list('The span itself', [
        ['started', clock(span.start)],
        ['took', seconds(span.milliseconds / 1_000)],
        ['status', span.message === '' ? span.status : `${span.status}: ${span.message}`],
        ['trace id', span.traceId],
        ['span id', span.spanId],
      ]),
      ...span.events.flatMap(({ name, attributes }) => list(`Event ${name}`, Object.entries(attributes))),
    ),
  )
}

/** Shows how many writes may have happened although their calls failed: of all failures these cost money. */
export const showUnknown = (writes: number): void =>
  setText(byId('unknown'), writes > 0 ? `${counted(writes, 'write')} may have happened` : '')

/** Shows the operations, most called first. */
export const showOperations = (lines: readonly OperationLine[]): void => {
  const body = byId('operation-rows')
  while (body.children.length > lines.length) body.lastElementChild?.remove()
  for (const [i, { operation, calls, failures, status429, status500, p95 }] of lines.entries()) {
    const row = body.children[i] ?? body.appendChild(el('tr'))
    const share = failures > 0 ? [el('span', { class: 'share', text: ` (${percent(failures / calls)})` })] : []
    const contents: readonly (readonly (Node | string)[])[] = [
      path(operation),
      [count(calls)],
      [count(failures), ...share],
      [count(status429)],
      [count(status500)],
      [p95 === undefined ? '–' : seconds(p95)],
    ]
    for (const [j, content] of contents.entries()) {
      const place = row.children[j] ?? row.appendChild(cell('', j === 0 ? 'operation' : 'number'))
      const text = content.map((part) => (typeof part === 'string' ? part : part.textContent)).join('')
      if (place.textContent !== text) place.replaceChildren(...content)
    }
  }
}
