/**
 * Why no answer came, or not as a whole: from the names and messages that HTTP clients give their errors. The rules, and
 * Node's names, are those of `src/outcome/failure.ts`.
 */
import * as node from '../src/outcome/failure.ts'
import { AGENTS, type FailureNames } from './agents.ts'
import { OURS_TO_JUDGE } from './hosts.ts'
import {
  and,
  attribute,
  concat,
  type Group,
  isMissing,
  isText,
  isThere,
  literal,
  matches,
  or,
  set,
  temporary,
  text,
  variable,
} from './ottl.ts'
import { INVALID_STATUS, STATUS } from './status.ts'

/** The category, where the call failed on its way. */
export const KIND = variable('kind')
/** `true` where it is certain that the server never had the whole request. */
export const NEVER_SENT = variable('never_sent')

/** Texts that are evidence: names one below the other; messages too, their beginnings in lower case. */
interface Texts {
  readonly names: string
  readonly nameList: readonly string[]
  readonly messages: string
}

const all = (names: Iterable<string>) => [...names].map(literal)
const starts = (names: Iterable<string>) => all(names).map((name) => `${name}.*`)
const wholeLine = (patterns: readonly string[]) => `(?m)^(?:${patterns.join('|')})$`

/** Whether a name is one of Node's, or one that another language has for the same. */
function isNamed({ names }: Texts, patterns: readonly string[], ...evidence: (keyof FailureNames)[]): string {
  const agents = AGENTS.flatMap((agent) => {
    const theirs = evidence.flatMap((it) => all(agent.names[it] ?? []))
    if (theirs.length === 0) return []
    return agent.before === undefined ? theirs : [`${agent.before}(?:${theirs.join('|')})`]
  })
  return matches(names, wholeLine([...patterns, ...agents]))
}

/** Whether a message has a part that says it: patterns of Node's, or what other languages' clients say. */
function says({ messages }: Texts, patterns: readonly string[], ...evidence: (keyof FailureNames)[]): string {
  const agents = AGENTS.flatMap((agent) => evidence.flatMap((it) => all(agent.messages?.[it] ?? [])))
  return matches(messages, `(?m)(?:${[...patterns, ...agents].join('|')})`)
}

const OF_CONNECTION = [...all(node.BROKEN_NAMES), ...all(node.CONNECT_OR_LATER_NAMES)]
const TIMEOUT_NAMES = [...all(node.TIMEOUT_NAMES), 'UND_ERR_(?:.*_)?TIMEOUT']

function isInvalid(texts: Texts): string {
  // `ENOENT: no such file or directory, open '…'`: the code stands first where no connection is concerned.
  const isOfAFile = texts.nameList.map((name) =>
    and(
      matches(name, '^E\\P{Ll}{2,}$'),
      `Index(${concat(['"\\n"', texts.messages])}, ${concat(['"\\n"', `ToLowerCase(${name})`, '": "'])}) >= 0`,
    ),
  )
  return or(
    isNamed(texts, [...all(node.INVALID_NAMES), ...starts([node.INVALID_NAME_START])], 'invalid_request'),
    says(texts, [], 'invalid_request'),
    ...isOfAFile,
  )
}

function isNeverSent(texts: Texts): string {
  return or(
    isNamed(texts, [...all(node.NEVER_SENT_NAMES), ...starts(node.NEVER_SENT_NAME_STARTS)], 'neverSent'),
    and(
      matches(texts.names, wholeLine([node.ALL_ADDRESSES])),
      matches(texts.names, wholeLine(all(node.CONNECT_OR_LATER_NAMES))),
    ),
    says(
      texts,
      [
        `^(?:${all(node.NEVER_SENT_STARTS).join('|')})`,
        '^write eproto.*wrong version number',
        ...all(node.NEVER_SENT_PARTS),
      ],
      'neverSent',
    ),
  )
}

/** Whether an HTTP client or the network made the error, and not the app for reasons of its own. */
function isTransportError(texts: Texts): string {
  const codes = OF_CONNECTION.map((name) => name.toLowerCase())
  return and(
    `not (${isInvalid(texts)})`,
    or(
      isNamed(
        texts,
        [...TIMEOUT_NAMES, ...all(node.CANCEL_NAMES), ...OF_CONNECTION, ...starts(node.TRANSPORT_NAME_STARTS)],
        ...(['timeout', 'cancelled', 'network'] as const),
      ),
      isNeverSent(texts),
      says(
        texts,
        [
          `^(?:${all(node.TRANSPORT_MESSAGES).join('|')})$`,
          `^${literal(node.TOO_LARGE_ANSWER)}`,
          `^(?:${[...node.SYSTEM_CALLS].join('|')}) (?:${codes.join('|')})(?: |$)`,
          '^timeout of .*ms exceeded',
        ],
        ...(['timeout', 'cancelled', 'network'] as const),
      ),
    ),
  )
}

const exception = (name: string): string => temporary(`exception.${name}`)
const EXCEPTION = ['type', 'class', 'message'] as const

/** A text or a number; `""` for what is neither. */
const read = (to: string, from: string, ...conditions: string[]): string[] => [
  set(to, '""', ...conditions),
  set(to, `String(${from})`, ...conditions, or(isText(from), `IsInt(${from})`)),
]

/** A message is evidence by its first words. It is to be one line, since the messages are read line by line. */
const shorten = (message: string, ...conditions: string[]): string[] => [
  set(
    message,
    `Substring(${message}, 0, ${node.READ_OF_MESSAGE})`,
    ...conditions,
    `Len(${message}) > ${node.READ_OF_MESSAGE}`,
  ),
  `replace_pattern(${message}, "\\\\n", " ")${conditions.length > 0 ? ` where ${and(...conditions)}` : ''}`,
]

/** The group that finds the exception that the call ended with. */
export function exceptionGroup(): Group {
  const own = (name: string) => `spanevent.cache[${text(name)}]`
  const given = (name: string) => `spanevent.attributes[${text(`exception.${name}`)}]`
  const length = node.ALL_ADDRESSES.length
  const texts: Texts = { names: own('type'), nameList: [own('type')], messages: own('lower') }
  const fits = or(`${own('transport')} == true`, isMissing(exception('transport')))
  return {
    comment: 'The last exception of the call, but one of the transport before those that the app has recorded.',
    context: 'spanevent',
    conditions: [and('span.kind == SPAN_KIND_CLIENT', 'spanevent.name == "exception"', OURS_TO_JUDGE)],
    statements: [
      ...read(own('type'), given('type')),
      ...read(own('message'), given('message')),
      ...shorten(own('message')),
      set(own('lower'), `ToLowerCase(${own('message')})`),
      set(own('class'), '""'),
      // undici's instrumentation leaves the class of an error nowhere else.
      set(
        own('class'),
        `Substring(${given('stacktrace')}, 0, ${length})`,
        isText(given('stacktrace')),
        `Len(${given('stacktrace')}) >= ${length}`,
      ),
      set(own('transport'), 'true', isTransportError(texts)),
      ...EXCEPTION.map((name) => set(exception(name), own(name), fits)),
      set(exception('transport'), 'true', `${own('transport')} == true`),
    ],
  }
}

const IS_UNDICI = matches('instrumentation_scope.name', 'undici')
const NAMES = variable('names')
const MESSAGES = variable('messages')
const IS_ERROR = variable('is_error')
const FAILED = variable('failed')

/** A line each, `""` for what is not there. */
function readEvidence(): string[] {
  const isError = isThere(IS_ERROR)
  const names = [attribute('error.type'), attribute('http.error_name'), exception('type'), exception('class')]
  const messages = ['span.status.message', attribute('http.error_message'), exception('message')]
  const message = (at: number) => variable(`message_${at}`)
  return [
    ...names.flatMap((from, at) => read(NAME_LIST[at] ?? '', from, isError)),
    ...messages.flatMap((from, at) => [...read(message(at), from, isError), ...shorten(message(at), isError)]),
    set(NAMES, concat([...NAME_LIST], '\n'), isError),
    set(
      MESSAGES,
      `ToLowerCase(${concat(
        messages.map((_, at) => message(at)),
        '\n',
      )})`,
      isError,
    ),
  ]
}
const NAME_LIST = [0, 1, 2, 3].map((at) => variable(`name_${at}`))

export function failureStatements(): string[] {
  const failed = isThere(FAILED)
  const texts: Texts = { names: NAMES, nameList: NAME_LIST, messages: MESSAGES }
  return [
    // An error code says all, so only an answer that looks fine, or none, is looked into.
    set(
      IS_ERROR,
      'true',
      'span.status.code == STATUS_CODE_ERROR',
      isMissing(INVALID_STATUS),
      or(isMissing(STATUS), `${STATUS} < 400`),
    ),
    ...readEvidence(),
    set(FAILED, 'true', isThere(IS_ERROR), or(isMissing(STATUS), isTransportError(texts))),
    set(NEVER_SENT, 'true', failed, isNeverSent(texts)),
    // The weakest first: what comes later overwrites it.
    set(KIND, '"network"', failed),
    set(KIND, '"cancelled"', failed, isNamed(texts, all(node.CANCEL_NAMES), 'cancelled')),
    set(KIND, '"cancelled"', failed, says(texts, [], 'cancelled')),
    set(
      KIND,
      '"timeout"',
      failed,
      or(isNamed(texts, TIMEOUT_NAMES, 'timeout'), says(texts, ['timeout', 'timed out'], 'timeout')),
    ),
    set(KIND, '"cancelled"', failed, says(texts, [`^${node.ABORT_MESSAGE}$`, `^${literal(node.TOO_LARGE_ANSWER)}`])),
    ...[set(KIND, '"cancelled"'), set(NEVER_SENT, 'true')].map(
      // What is sent in part is cut before its end.
      (statement) => `${statement} where ${and(failed, says(texts, [`^${literal(node.TOO_LARGE_REQUEST)}$`]))}`,
    ),
    ...[set(KIND, '"invalid_request"'), set(NEVER_SENT, 'true')].map(
      (statement) => `${statement} where ${and(failed, isInvalid(texts))}`,
    ),
    // An error without a code that nobody but the app makes: the reason of an abort, or of `destroy(error)`.
    set(
      KIND,
      '"cancelled"',
      failed,
      isMissing(STATUS),
      `${KIND} == "network"`,
      IS_UNDICI,
      `not (${matches(NAMES, wholeLine(['[^\\p{Ll}\\n]+\\p{Lu}[^\\p{Ll}\\n]*', '\\p{Lu}[^\\p{Ll}\\n]+']))})`,
      `not (${isTransportError(texts)})`,
    ),
    // An abort leaves a span of undici (fetch, undici) with neither status nor error.
    set(KIND, '"cancelled"', isMissing(IS_ERROR), isMissing(STATUS), isMissing(INVALID_STATUS), IS_UNDICI),
  ]
}
