/** How a call ended: what the answer, or the lack of one, means. The judge is that of `src/outcome/outcome.ts`. */
import {
  ATTR_MANGOPAY_ERROR_CATEGORY,
  ATTR_MANGOPAY_ERROR_RETRYABLE,
  ATTR_MANGOPAY_OUTCOME,
  ATTR_MANGOPAY_RESPONSE_STATUS_TEXT,
  MANGOPAY_ERROR_CATEGORY_VALUE_SCA_REQUIRED,
  MANGOPAY_OUTCOME_VALUE_FAILURE,
  MANGOPAY_OUTCOME_VALUE_SUCCESS,
  MANGOPAY_OUTCOME_VALUE_UNKNOWN,
} from '../src/names.ts'
import { judge, VERDICTS, type Verdict } from '../src/outcome/outcome.ts'
import { statusText } from '../src/outcome/status.ts'
import { failureStatements, KIND, NEVER_SENT } from './failure.ts'
import { OURS_TO_JUDGE } from './hosts.ts'
import { and, attribute, type Group, isMissing, isThere, matches, or, set, table, text, variable } from './ottl.ts'
import { header } from './quota.ts'
import { TOKEN, WRITE } from './routes.ts'
import { INVALID_STATUS, STATUS } from './status.ts'

const CATEGORY = attribute(ATTR_MANGOPAY_ERROR_CATEGORY)
const OUTCOME = attribute(ATTR_MANGOPAY_OUTCOME)

const isValid = isThere(STATUS)

/** The text of the status, and the outcome of nearly every call: a 2xx that nobody calls an error. */
export const successStatements: readonly string[] = [
  ...textStatements(),
  set(
    OUTCOME,
    text(MANGOPAY_OUTCOME_VALUE_SUCCESS),
    isValid,
    inRange(200, 299),
    'span.status.code != STATUS_CODE_ERROR',
  ),
]

function textStatements(): string[] {
  const [texts, key, at] = [variable('texts'), variable('status_key'), variable('status_at')]
  const all = codes().flatMap((code) => {
    const phrase = statusText(code)
    return phrase === undefined ? [] : [[String(code), `${String(phrase.length).padStart(2, '0')}${phrase}`] as const]
  })
  const { text: rows, key: keyOf } = table(all)
  const start = `${at} + Len(${key})`
  return [
    set(key, keyOf([`String(${STATUS})`], ''), isValid),
    set(texts, rows, isValid),
    set(at, `Index(${texts}, ${key})`, isValid),
    set(
      attribute(ATTR_MANGOPAY_RESPONSE_STATUS_TEXT),
      `Substring(${texts}, ${start} + 2, Int(Substring(${texts}, ${start}, 2)))`,
      isValid,
      `${at} >= 0`,
    ),
  ]
}

function codes(): number[] {
  return Array.from({ length: 500 }, (_, at) => 100 + at)
}

function inRange(from: number, to: number): string {
  return from === to ? `${STATUS} == ${from}` : and(`${STATUS} >= ${from}`, `${STATUS} <= ${to}`)
}

function verdictOn(status: number, { write = false, token = false } = {}): Verdict {
  return judge({ write, operation: { token }, status, failure: undefined, sca: false })
}

/** What holds of runs of codes, as few as possible: the usual value of each hundred, then the codes that differ. */
function runs<Value>(valueOn: (code: number) => Value): { from: number; to: number; value: Value }[] {
  return [100, 200, 300, 400, 500].flatMap((hundred) => {
    const usual = valueOn(hundred + 99)
    const exceptions = codes().filter((code) => Math.floor(code / 100) * 100 === hundred && valueOn(code) !== usual)
    return [
      { from: hundred, to: hundred + 99, value: usual },
      ...exceptions.map((code) => ({ from: code, to: code, value: valueOn(code) })),
    ]
  })
}

function categoryStatements(): string[] {
  const unexpected = text(
    judge({ write: false, operation: { token: false }, status: 0, failure: undefined, sca: false }).category ?? '',
  )
  const unanswered = and(isMissing(STATUS), isMissing(INVALID_STATUS))
  const asksForSca = '(?:^(?:\\[")?|,"?)\\s*PendingUserAction'
  const challenge = header('www-authenticate')
  return [
    ...runs((code) => verdictOn(code).category).flatMap(({ from, to, value }) =>
      value === undefined ? [] : [set(CATEGORY, text(value), isValid, inRange(from, to))],
    ),
    ...codes().flatMap((code) => {
      const category = verdictOn(code, { token: true }).category
      return category === undefined || category === verdictOn(code).category
        ? []
        : [set(CATEGORY, text(category), isThere(TOKEN), isValid, inRange(code, code))]
    }),
    set(
      CATEGORY,
      text(MANGOPAY_ERROR_CATEGORY_VALUE_SCA_REQUIRED),
      isValid,
      inRange(401, 401),
      isThere(challenge),
      matches(`String(${challenge})`, asksForSca),
    ),
    set(CATEGORY, KIND, isThere(KIND)),
    set(CATEGORY, unexpected, or(isThere(INVALID_STATUS), and(unanswered, isMissing(KIND)))),
  ]
}

function settleStatements(): string[] {
  const failed = isThere(CATEGORY)
  const unsettled = runs((code) => verdictOn(code, { write: true }).outcome === 'unknown').filter(({ value }) => value)
  const retryable = [...new Set(VERDICTS.filter((it) => it.retryable).map(({ category }) => category ?? ''))]
  const unknown = text(MANGOPAY_OUTCOME_VALUE_UNKNOWN)
  const write = isThere(WRITE)
  return [
    set(OUTCOME, text(MANGOPAY_OUTCOME_VALUE_SUCCESS), isMissing(CATEGORY)),
    set(OUTCOME, text(MANGOPAY_OUTCOME_VALUE_FAILURE), failed),
    // A write that no answer settles may have been done.
    set(OUTCOME, unknown, write, isValid, or(...unsettled.map(({ from, to }) => inRange(from, to)))),
    set(OUTCOME, unknown, write, isThere(INVALID_STATUS)),
    // The head of an answer came and the rest did not.
    set(OUTCOME, unknown, write, isValid, isThere(KIND)),
    set(OUTCOME, unknown, write, isMissing(STATUS), isMissing(INVALID_STATUS), isMissing(NEVER_SENT)),
    set(attribute(ATTR_MANGOPAY_ERROR_RETRYABLE), 'false', failed),
    set(
      attribute(ATTR_MANGOPAY_ERROR_RETRYABLE),
      'true',
      failed,
      `${OUTCOME} != ${unknown}`,
      or(...retryable.map((category) => `${CATEGORY} == ${text(category)}`)),
    ),
  ]
}

/** Every other call. */
export const outcomeGroup: Group = {
  comment: 'How did it end, unless well?',
  context: 'span',
  conditions: [OURS_TO_JUDGE],
  statements: [...failureStatements(), ...categoryStatements(), ...settleStatements()],
}
