import type { Truth } from '../wire.ts'
import { byId, el, setText } from './dom.ts'
import { count } from './format.ts'

const WORDS: Readonly<Record<Truth['state'], string>> = {
  equal: 'equal',
  explained: 'equal so far',
  settling: 'settling',
  differs: 'DIFFERS',
}

/** The strip that holds the library's counts against the server's log; returns what shows new ones. */
export const startTruth = (): ((truth: Truth) => void) => {
  const strip = byId('truth')
  const state = el('strong', { class: 'state', text: '–', attributes: { role: 'status' } })
  const lines = ['All calls', '429', '500'].map((what) => {
    const library = el('b', { text: '0' })
    const sign = el('span', { class: 'sign', text: '=' })
    const server = el('b', { text: '0' })
    const box = el('span', { class: 'count', attributes: { 'data-count': what } })
    box.append(el('span', { class: 'what', text: what }), library, sign, server)
    return { what, library, sign, server }
  })
  const inFlight = el('b', { text: '0' })
  const lost = el('b', { text: '0' })
  strip.replaceChildren(
    el('h2', {
      text: 'Library = server',
      title: 'Counted by the library = answered by the server, since the start',
    }),
    state,
    ...lines.map(({ library }) => library.parentElement ?? library),
    el(
      'span',
      { class: 'count apart', attributes: { 'data-count': 'inFlight' } },
      el('span', { class: 'what', text: 'in flight' }),
      inFlight,
    ),
    el(
      'span',
      { class: 'count apart', attributes: { 'data-count': 'neverArrived' } },
      el('span', { class: 'what', text: 'never arrived' }),
      lost,
    ),
  )
  return (truth) => {
    strip.dataset['state'] = truth.state
    setText(state, WORDS[truth.state])
    for (const { what, library, sign, server } of lines) {
      const line = truth.lines.find((each) => each.what === what)
      if (!line) continue
      setText(library, count(line.library))
      setText(server, count(line.server))
      const behind = line.server - line.library
      if (behind === 0) setText(sign, '=')
      else setText(sign, truth.state === 'explained' && behind > 0 ? `+${count(behind)} =` : '≠')
    }
    setText(inFlight, count(truth.inFlight))
    setText(lost, count(truth.neverArrived))
  }
}
