import type { Hello, Tiles } from '../wire.ts'
import { byId, el, setText } from './dom.ts'
import { count, percent, rate, seconds, span } from './format.ts'

type Level = 'plain' | 'good' | 'warn' | 'bad'

/** Said beside the colour, since a colour alone is no message. */
const WORDS: Readonly<Record<Level, string>> = { plain: '', good: 'ok', warn: 'watch', bad: 'act now' }

/** Seconds until a quota is empty at which somebody should look, or do something. */
const SOON = { warn: 600, bad: 60 } as const

interface Reading {
  value: string
  note: string
  level: Level
}

const TITLES = {
  callRate: 'Calls per second',
  errorRatio: 'Error ratio',
  rateLimited: 'Answered 429',
  serverErrors: 'Answered 5xx',
  headroom: 'Lowest quota left',
  p95: 'p95 latency',
} as const

type TileName = keyof typeof TITLES

const above = (value: number, warn: number, bad: number): Level => {
  if (value > bad) return 'bad'
  return value > warn ? 'warn' : 'good'
}

const worse = (a: Level, b: Level): Level => {
  const order: readonly Level[] = ['plain', 'good', 'warn', 'bad']
  return order.indexOf(a) > order.indexOf(b) ? a : b
}

const NONE: Reading = { value: '–', note: 'no calls in 30 s', level: 'plain' }

const READ: Readonly<Record<TileName, (tiles: Tiles, limits: Hello['limits']) => Reading>> = {
  callRate: ({ calls }) => ({ value: rate(calls), note: 'average of 30 s', level: 'plain' }),
  errorRatio: ({ errorRatio, leftOut }) => {
    if (errorRatio === undefined) return NONE
    const left = Object.entries(leftOut).map(([category, calls]) => `${count(calls)} ${category}`)
    const note = left.length === 0 ? 'of calls in 30 s' : `in 30 s, without ${left.join(', ')}`
    return { value: percent(errorRatio), note, level: above(errorRatio, 0.02, 0.05) }
  },
  rateLimited: ({ rateLimited }) => ({
    value: count(rateLimited),
    note: 'in 30 s',
    level: rateLimited > 0 ? 'bad' : 'good',
  }),
  serverErrors: ({ serverErrors }) => ({
    value: count(serverErrors),
    note: 'in 30 s',
    level: above(serverErrors, 0, 3),
  }),
  headroom: ({ headroom }, { headroomUsed }) => {
    if (!headroom) return { ...NONE, note: 'no quota known yet' }
    const { window, share, secondsToEmpty = 0 } = headroom
    const soon = secondsToEmpty > 0 && secondsToEmpty <= SOON.warn
    const low = 1 - headroomUsed
    return {
      value: percent(share),
      note: soon ? `empty in ${span(secondsToEmpty)}` : `of the ${window} quota`,
      level: worse(above(-share, -2 * low, -low), soon ? above(-secondsToEmpty, -SOON.warn, -SOON.bad) : 'good'),
    }
  },
  p95: ({ p95 }, { latencySeconds }) =>
    p95 === undefined
      ? NONE
      : { value: seconds(p95), note: 'of calls in 30 s', level: above(p95, latencySeconds / 2, latencySeconds) },
}

/** The strip of numbers; returns what shows new ones, or that there are none yet. */
export const startTiles = (): ((tiles: Tiles | undefined, limits: Hello['limits']) => void) => {
  const names = Object.keys(TITLES) as TileName[]
  const tiles = names.map((name) => {
    const value = el('span', { class: 'value', text: '–' })
    const word = el('span', { class: 'word' })
    const note = el('p', { class: 'note' })
    const box = el('div', { class: 'tile', attributes: { 'data-tile': name } })
    box.append(el('h2', { text: TITLES[name] }), el('p', { class: 'reading' }, value, word), note)
    return { name, box, value, note, word }
  })
  byId('tiles').replaceChildren(...tiles.map(({ box }) => box))
  return (values, limits) => {
    for (const { name, box, value, note, word } of tiles) {
      const reading = values ? READ[name](values, limits) : NONE
      box.dataset['level'] = reading.level
      setText(value, reading.value)
      setText(note, reading.note)
      setText(word, WORDS[reading.level])
    }
  }
}
