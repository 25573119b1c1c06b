import type { Truth } from '../wire.ts'
import { byId, el, setText } from './dom.ts'
import { count } from './format.ts'

const WORDS: Readonly<Record<Truth['state'], string>> = {
  equal: '✓ Counts agree',
  explained: '✓ Counts add up',
  settling: 'Comparing',
  differs: '✗ COUNTS DIFFER',
}

const NOTHING: Truth = {
  lines: ['All calls', '429', '500'].map((what) => ({ what: what as 'All calls', library: 0, server: 0 })),
  inFlight: 0,
  neverArrived: 0,
  state: 'settling',
}

/**
 * Three sums: what the library has counted and what is under way make what the server's log says. Returns what shows new
 * ones.
 */
export const startTruth = (): ((truth?: Truth) => void) => {
  const strip = byId('truth')
  const state = el('strong', { class: 'state', attributes: { role: 'status' } })
  const lost = el('b', { attributes: { 'data-count': 'neverArrived' } })
  const pairs = NOTHING.lines.map(({ what }) => {
    const tick = el('span', { class: 'tick' })
    const term = (name: string, sign = '') => {
      const number = el('b', { attributes: { 'data-term': name } })
      const box = el('span', { class: 'term', attributes: { 'data-sign': sign } }, number, el('small', { text: name }))
      return { number, box }
    }
    const library = term('library')
    const underWay = term('under way', '+')
    const server = term('server', '=')
    const box = el(
      'p',
      { class: 'pair', attributes: { 'data-pair': what } },
      el('span', { class: 'what', text: what === 'All calls' ? what : `Answered ${what}` }),
      ...[library, underWay, server].map((each) => each.box),
      tick,
    )
    return { what, box, tick, library: library.number, underWay: underWay.number, server: server.number }
  })
  const lostWords = el('span')
  const rest = el('span', { class: 'note' }, lost, lostWords)
  const since = el('span', { class: 'note', text: 'since the story began' })
  strip.replaceChildren(el('p', { class: 'verdict' }, state, since, rest), ...pairs.map(({ box }) => box))
  const show = (truth = NOTHING) => {
    strip.dataset['state'] = truth.state
    setText(state, WORDS[truth.state])
    for (const { what, library, underWay, server, tick } of pairs) {
      const line = truth.lines.find((each) => each.what === what)
      if (!line) continue
      // What is under way has reached the server, and the library will count it when it ends.
      const isEqual = line.library === line.server || truth.state === 'explained'
      const missing = isEqual ? Math.max(0, line.server - line.library) : 0
      setText(library, count(line.library))
      setText(underWay, count(missing))
      setText(server, count(line.server))
      setText(tick, isEqual ? '✓' : truth.state === 'differs' ? '✗' : '…')
    }
    rest.hidden = truth.neverArrived === 0
    since.hidden = !rest.hidden
    setText(lost, count(truth.neverArrived))
    setText(lostWords, ` ${truth.neverArrived === 1 ? 'call' : 'calls'} never reached the server`)
  }
  show()
  return show
}
