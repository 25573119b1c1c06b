import type { Counts, Hello, Tiles } from '../wire.ts'
import { byId, el, setText } from './dom.ts'
import { percent, rate, seconds, span, windowName } from './format.ts'

type Level = 'plain' | 'good' | 'warn' | 'bad'

/** Said beside the colour, since a colour alone is no message. Of what is bad, only one comes first. */
const WORDS: Readonly<Record<Level, string>> = { plain: '', good: 'ok', warn: 'watch', bad: 'act next' }
/** What wakes somebody, and what is worked off by daylight. */
const LEVELS = { page: 'bad', ticket: 'warn' } as const
const FIRST = 'act now'
const FOLLOWS = 'follows'
/** From what. */
const BECAUSE: Readonly<Partial<Record<TileName, string>>> = {
  headroom: 'because of the quota',
  rateLimited: 'because of the 429s',
  serverErrors: 'because of the 5xx',
  errorRatio: 'because of the time-outs',
}

/** Seconds until a quota is used up at which somebody should look, or do something. */
const SOON = { warn: 600, bad: 60 } as const

/** Fewer failures are no ratio: one of forty calls is 2.5 %. */
const FEW = 3

/** Causes before what follows from them. */
const TITLES = {
  headroom: 'Quota left',
  rateLimited: 'Answered 429',
  serverErrors: 'Answered 5xx',
  errorRatio: 'HTTP error ratio',
  p95: 'p95 latency',
  payments: 'Payments',
} as const

type TileName = keyof typeof TITLES

interface Reading {
  value: string
  /** What it is of, or what it comes from. */
  note: string
  level: Level
  /** What this comes from, if that is bad as well. */
  cause?: TileName
}

const above = (value: number, warn: number, bad: number): Level => {
  if (value > bad) return 'bad'
  return value > warn ? 'warn' : 'good'
}

const worse = (a: Level, b: Level): Level => {
  const order: readonly Level[] = ['plain', 'good', 'warn', 'bad']
  return order.indexOf(a) > order.indexOf(b) ? a : b
}

const sum = (counts: Counts): number => Object.values(counts).reduce((total, each) => total + each, 0)

/** Most first. */
const sorted = (counts: Counts): string[] =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name)

/** What most or all of these are; empty without any. */
const mostly = (counts: Counts): string => {
  const [most] = sorted(counts)
  return most === undefined ? '' : `${sum(counts) > (counts[most] ?? 0) ? 'mostly' : 'all'} ${most}`
}

/** What the ratio leaves out: the most of it by name. */
const notCounted = (leftOut: Counts): string => {
  const [most] = sorted(leftOut)
  if (most === undefined) return ''
  const own = leftOut[most] ?? 0
  const others = sum(leftOut) - own
  return `${own} ${most}${others > 0 ? ` and ${others} more` : ''} not counted`
}

const NONE: Reading = { value: '–', note: 'no calls', level: 'plain' }

type Read = (tiles: Tiles, limits: Hello['limits']) => Reading

/** Of calls; there are none in the first second. */
const ofCalls =
  (read: Read): Read =>
  (tiles, limits) =>
    tiles.calls > 0 ? read(tiles, limits) : NONE

const READ: Readonly<Record<TileName, Read>> = {
  headroom: ({ headroom }, { headroomUsed }) => {
    if (!headroom) return { ...NONE, note: 'no quota known yet' }
    const { window, share, soonest } = headroom
    const low = 1 - headroomUsed
    const ofShare = above(-share, -2 * low, -low)
    // A few calls come back all the time, and are gone at once.
    const isUsedUp = share < 0.005
    const value = percent(isUsedUp ? 0 : share)
    if (isUsedUp) return { value, note: `${windowName(window)} quota is used up`, level: 'bad' }
    if (!soonest || soonest.seconds > SOON.warn) {
      return { value, note: `of the ${windowName(window)} quota`, level: ofShare }
    }
    const note = `${windowName(soonest.window)}: ${span(soonest.seconds)} to go`
    return { value, note, level: worse(ofShare, above(-soonest.seconds, -SOON.warn, -SOON.bad)) }
  },
  rateLimited: ofCalls(({ calls, rateLimited }) => ({
    value: percent(rateLimited / calls),
    note: rateLimited > 0 ? 'refused: no quota' : 'of calls',
    level: rateLimited > 0 ? 'bad' : 'good',
    cause: 'headroom',
  })),
  serverErrors: ofCalls(({ calls, serverErrors }) => {
    const all = sum(serverErrors)
    return {
      value: percent(all / calls),
      note: mostly(serverErrors) || 'of calls',
      level: above(all, 0, FEW),
    }
  }),
  errorRatio: ofCalls(({ calls, errors, leftOut }) => {
    const [most = ''] = sorted(errors)
    const failed = sum(errors)
    const level = failed < FEW ? 'good' : above(failed / calls, 0.02, 0.05)
    const cause = ({ rate_limit: 'rateLimited', server_error: 'serverErrors' } as const)[most]
    return {
      value: percent(failed / calls),
      note: (level !== 'good' && mostly(errors)) || notCounted(leftOut) || 'of calls',
      level,
      ...(cause ? { cause } : {}),
    }
  }),
  p95: ofCalls(({ calls, errors, latency }, { latencySeconds, clientSeconds }) => {
    if (!latency) return NONE
    const isGivenUp = (errors['timeout'] ?? 0) > 0.05 * calls
    return {
      value: seconds(latency.p95),
      note: isGivenUp ? `the app waits ${seconds(clientSeconds)}` : `p50 ${seconds(latency.p50)}`,
      level: latency.p95 <= latencySeconds ? 'good' : isGivenUp ? 'bad' : LEVELS.ticket,
      ...(isGivenUp ? { cause: 'errorRatio' } : {}),
    }
  }),
  payments: (tiles, limits) => {
    const { payments } = tiles
    if (!payments) return { ...NONE, note: 'none has ended lately' }
    if (payments === 'hook disabled') return { value: '–', note: 'no news: hook disabled', level: 'bad' }
    const { what, failed, all, seconds: time, urgency } = payments
    // Payments that got no answer are not among these: while calls fail, nothing is well.
    const quiet = READ.errorRatio(tiles, limits).level === 'good' ? 'good' : 'plain'
    const wentWrong = what === 'notifications' ? 'notifications missed' : `ended ${what} failed`
    return {
      value: percent(failed / all),
      note: `of ${all} ${wentWrong} in ${span(time)}`,
      level: urgency === undefined ? quiet : LEVELS[urgency],
    }
  },
}

/** The strip of numbers; returns what shows new ones, or that there are none yet. */
export const startTiles = (): ((tiles: Tiles | undefined, limits: Hello['limits']) => void) => {
  const names = Object.keys(TITLES) as TileName[]
  const caption = el('p', { class: 'note caption' })
  const tiles = names.map((name) => {
    const value = el('span', { class: 'value', text: '–' })
    const word = el('span', { class: 'word' })
    const note = el('p', { class: 'note' })
    const box = el('div', { class: 'tile', attributes: { 'data-tile': name } })
    box.append(el('h2', { text: TITLES[name] }), el('p', { class: 'reading' }, value, word), note)
    return { name, box, value, note, word }
  })
  byId('tiles').replaceChildren(caption, ...tiles.map(({ box }) => box))
  return (values, limits) => {
    const pace = values ? `: ${rate(values.calls / values.seconds)} a second` : ''
    setText(caption, `Quota now; calls of the last ${limits.latelySeconds} s${pace}`)
    const readings = new Map(names.map((name) => [name, values ? READ[name](values, limits) : NONE]))
    const isBad = (name: TileName | undefined) => name !== undefined && readings.get(name)?.level === 'bad'
    const first = names.find((name) => isBad(name) && !isBad(readings.get(name)?.cause))
    for (const { name, box, value, note, word } of tiles) {
      const reading = readings.get(name) ?? NONE
      const follows = isBad(name) && isBad(reading.cause)
      box.dataset['level'] = reading.level
      box.dataset['rank'] = name === first ? 'first' : follows ? 'follows' : ''
      setText(value, reading.value)
      setText(note, (follows && reading.cause && BECAUSE[reading.cause]) || reading.note)
      setText(word, name === first ? FIRST : follows ? FOLLOWS : WORDS[reading.level])
    }
  }
}
