/** What the rate-limit headers say, where the agent captures them. The rules are those of `src/quota/reading.ts`. */
import { ATTR_MANGOPAY_RATE_LIMIT_EXHAUSTED_WINDOWS } from '../src/names.ts'
import { FARTHEST_RESET, LONGEST_LINE, QUOTA_WINDOWS, type QuotaWindow } from '../src/quota/reading.ts'
import { PATH_START } from './hosts.ts'
import {
  and,
  attribute,
  concat,
  type Group,
  isMissing,
  isThere,
  matches,
  or,
  remove,
  replace,
  set,
  TEMPORARY,
  temporary,
  text,
  variable,
} from './ottl.ts'
import { STATUS } from './status.ts'

/** More windows than anybody has seen. */
const MOST_WINDOWS = QUOTA_WINDOWS.length

/** What is left on the span for the metrics, for each window that could be read. */
export const READ = ['used', 'remaining', 'limit'] as const
export const READING_TIMESTAMP = temporary('reading_timestamp')
export const quotaOf = (kind: (typeof READ)[number], { name }: QuotaWindow): string => temporary(`${kind}.${name}`)

/** The attributes that a captured header can be in: the old conventions and some agents spell it with underscores. */
const headerAttributes = (name: string): string[] =>
  [...new Set([name, name.replaceAll('-', '_')])].map((it) => attribute(`http.response.header.${it}`))
export const header = (name: string): string => `Coalesce([${headerAttributes(name).join(', ')}])`

const NOW = variable('now')
const DATED = variable('dated')
const AHEAD = variable('ahead')
const WINDOW = variable('window')
const lengthOf = (list: string): string => variable(`${list}_length`)

export const quotaGroup: Group = {
  comment: 'The quota, where the agent captures the headers.',
  context: 'span',
  conditions: headerAttributes('x-ratelimit').map((it) => and(isThere(PATH_START), isThere(it))),
  statements: [
    ...readList('used', 'x-ratelimit'),
    ...readList('remaining', 'x-ratelimit-remaining'),
    ...readList('reset', 'x-ratelimit-reset'),
    ...readDate(),
    ...Array.from({ length: MOST_WINDOWS }, (_, at) => readWindow(at)).flat(),
    ...QUOTA_WINDOWS.map(
      (window) =>
        `append(${attribute(ATTR_MANGOPAY_RATE_LIMIT_EXHAUSTED_WINDOWS)}, ${text(window.name)}) where ${and(
          `${STATUS} == 429`,
          `${quotaOf('remaining', window)} == 0`,
        )}`,
    ),
  ],
}

/** The numbers of a header, which is a text, or an array of its lines that is read as JSON. */
function readList(name: string, headerName: string): string[] {
  const list = variable(name)
  const line = variable('line')
  const value = header(headerName)
  return [
    remove('line'),
    set(line, `String(${value})`, isThere(value)),
    replace(line, '^\\["?|"?\\]$', '', isThere(line)),
    replace(line, '"?(?:[ \\t]|\\\\t)*,(?:[ \\t]|\\\\t)*"?', ',', isThere(line)),
    replace(line, '^[ \\t]+|[ \\t]+$', '', isThere(line)),
    set(list, `Split(${line}, ",")`, isThere(line), `Len(${line}) <= ${LONGEST_LINE}`),
    set(lengthOf(name), '0'),
    set(lengthOf(name), `Len(${list})`, isThere(list)),
  ]
}
function readDate(): string[] {
  const date = variable('date')
  const value = header('date')
  const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9]'
  const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
  const pattern = `^${day} ${month} [0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-5][0-9] GMT$`
  return [
    set(date, `String(${value})`, isThere(value)),
    replace(date, '^\\["?|"?\\]$', '', isThere(date)),
    set(NOW, `UnixSeconds(Time(${date}, "%a, %d %b %Y %H:%M:%S GMT"))`, isThere(date), matches(date, pattern)),
    set(DATED, 'true', isThere(NOW)),
    set(NOW, 'UnixSeconds(span.end_time)', isMissing(NOW)),
  ]
}

function readWindow(at: number): string[] {
  const of = (list: string) => `${variable(list)}[${at}]`
  const all = ['used', 'remaining', 'reset']
  const numbers = concat(all.map(of), ' ')
  const name = (kind: string) => `span.attributes[${concat([text(`${TEMPORARY}${kind}.`), WINDOW])}]`
  const isFound = isThere(WINDOW)
  return [
    remove('window'),
    remove('ahead'),
    set(
      AHEAD,
      `Int(${of('reset')}) - (${NOW} / 60) * 60`,
      ...all.map((list) => `${lengthOf(list)} > ${at}`),
      matches(numbers, '^(?:[0-9]{1,12} ){2}[0-9]{1,12}$'),
      // Neither made nor left: no quota.
      `not ${matches(numbers, '^0+ 0+ ')}`,
    ),
    ...QUOTA_WINDOWS.map((window, index) => set(WINDOW, text(window.name), isThere(AHEAD), isAbout(window, index))),
    set(name('used'), `Int(${of('used')})`, isFound),
    set(name('remaining'), `Int(${of('remaining')})`, isFound),
    set(name('limit'), `Int(${of('used')}) + Int(${of('remaining')})`, isFound),
    set(READING_TIMESTAMP, NOW, isFound),
  ]
}

/** By the server's clock within a minute of the window's length; by that of the span's process, the nearest window. */
function isAbout({ reset }: QuotaWindow, index: number): string {
  const middle = (one: QuotaWindow | undefined, other: QuotaWindow | undefined) =>
    one === undefined || other === undefined ? undefined : (one.reset + other.reset) / 2
  const above = middle(QUOTA_WINDOWS[index - 1], QUOTA_WINDOWS[index]) ?? 0
  const below = middle(QUOTA_WINDOWS[index], QUOTA_WINDOWS[index + 1]) ?? FARTHEST_RESET
  return or(
    and(`${DATED} == true`, `${AHEAD} >= ${reset - 60}`, `${AHEAD} <= ${reset + 60}`),
    and(isMissing(DATED), `${AHEAD} > ${above}`, `${AHEAD} <= ${below}`),
  )
}
