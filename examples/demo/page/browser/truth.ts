import type { Truth } from '../wire.ts'
import { byId, el, setText } from './dom.ts'
import { count } from './format.ts'

const WORDS: Readonly<Record<Truth['state'], string>> = {
  equal: '✓ Counts agree',
  explained: '✓ Counts agree',
  settling: 'Comparing',
  differs: '✗ COUNTS DIFFER',
}

const NOTHING: Truth = {
  lines: ['All calls', '429', '500'].map((what) => ({ what: what as 'All calls', library: 0, server: 0 })),
  inFlight: 0,
  neverArrived: 0,
  state: 'settling',
}

/** Three pairs of counts: the library's and those of the server's log. Returns what shows new ones. */
export const startTruth = (): ((truth?: Truth) => void) => {
  const strip = byId('truth')
  const state = el('strong', { class: 'state', attributes: { role: 'status' } })
  const lost = el('b', { attributes: { 'data-count': 'neverArrived' } })
  const pairs = NOTHING.lines.map(({ what }) => {
    const [library, server] = [el('b'), el('b')]
    const [tick, inFlight] = [el('span', { class: 'tick' }), el('span', { class: 'note' })]
    const title = what === 'All calls' ? what : `Answered ${what}`
    const box = el(
      'p',
      { class: 'pair', attributes: { 'data-pair': what } },
      el('span', { class: 'what' }, title, inFlight),
      el('span', { class: 'sides' }, 'library ', library, ' | server ', server, tick),
    )
    return { what, box, library, server, tick, inFlight }
  })
  const rest = el('span', { class: 'note' }, lost, ' calls never reached the server')
  strip.replaceChildren(el('p', { class: 'verdict' }, state, rest), ...pairs.map(({ box }) => box))
  const show = (truth = NOTHING) => {
    strip.dataset['state'] = truth.state
    setText(state, WORDS[truth.state])
    for (const { what, library, server, tick, inFlight } of pairs) {
      const line = truth.lines.find((each) => each.what === what)
      if (!line) continue
      setText(library, count(line.library))
      setText(server, count(line.server))
      // What is in flight has reached the server, and the library will count it when it ends.
      const isEqual = line.library === line.server || truth.state === 'explained'
      setText(inFlight, isEqual && line.server > line.library ? `${count(line.server - line.library)} in flight` : '')
      setText(tick, isEqual ? '✓' : truth.state === 'differs' ? '✗' : '…')
    }
    setText(lost, count(truth.neverArrived))
  }
  show()
  return show
}
