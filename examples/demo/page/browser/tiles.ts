import { PANELS } from '../../../../dashboards/palette.ts'
import type { Limits, Tiles } from '../wire.ts'
import { byId, el, setText } from './dom.ts'
import { count, percent, rate, seconds, span } from './format.ts'

type Level = 'plain' | 'good' | 'warn' | 'bad'

/** Said beside the colour, since a colour alone is no message. */
const WORDS: Readonly<Record<Level, string>> = { plain: '', good: 'fine', warn: 'look', bad: 'act' }

interface Reading {
  value: string
  note: string
  level: Level
}

type TileName = 'callRate' | 'errorRatio' | 'rateLimited' | 'serverErrors' | 'headroom' | 'p95'

const above = (value: number, warn: number, bad: number): Level => {
  if (value > bad) return 'bad'
  return value > warn ? 'warn' : 'good'
}

const NONE: Reading = { value: '–', note: 'no call in 30 s', level: 'plain' }

const READ: Readonly<Record<TileName, (tiles: Tiles, limits: Limits) => Reading>> = {
  callRate: ({ calls }) => ({ value: rate(calls), note: 'mean of 30 s', level: 'plain' }),
  errorRatio: ({ errorRatio }) =>
    errorRatio === undefined
      ? NONE
      : { value: percent(errorRatio), note: 'of calls in 30 s', level: above(errorRatio, 0.01, 0.05) },
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
    if (!headroom) return { ...NONE, note: 'no quota reading' }
    const { window, share, secondsToEmpty } = headroom
    const soon = secondsToEmpty !== undefined && secondsToEmpty > 0 && secondsToEmpty <= 600
    const low = 1 - headroomUsed
    return {
      value: percent(share),
      note: soon ? `empty in ${span(secondsToEmpty)}` : `${window} window`,
      level: above(-share, -2 * low, -low) === 'good' && soon ? 'warn' : above(-share, -2 * low, -low),
    }
  },
  p95: ({ p95 }, { latencySeconds }) =>
    p95 === undefined
      ? NONE
      : { value: seconds(p95), note: 'of 30 s', level: above(p95, latencySeconds / 2, latencySeconds) },
}

/** The strip of numbers; returns what shows new ones. */
export const startTiles = (): ((tiles: Tiles, limits: Limits) => void) => {
  const names = Object.keys(READ) as TileName[]
  const tiles = names.map((name) => {
    const value = el('span', { class: 'value', text: '–' })
    const note = el('span', { class: 'note', text: '' })
    const word = el('span', { class: 'word' })
    const box = el('div', { class: 'tile', attributes: { 'data-tile': name } })
    box.append(el('h2', { text: PANELS[name].title }), value, el('p', {}, note, word))
    return { name, box, value, note, word }
  })
  byId('tiles').replaceChildren(...tiles.map(({ box }) => box))
  return (values, limits) => {
    for (const { name, box, value, note, word } of tiles) {
      const reading = READ[name](values, limits)
      box.dataset['level'] = reading.level
      setText(value, reading.value)
      setText(note, reading.note)
      setText(word, WORDS[reading.level])
    }
  }
}
