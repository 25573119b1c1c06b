/** Which operation was called. The rules are those of `src/request/route.ts`, its table is the same. */
import { ATTR_MANGOPAY_OPERATION, ATTR_URL_TEMPLATE, MANGOPAY_OPERATION_VALUE_OTHER } from '../src/names.ts'
import { METHODS } from '../src/request/method.ts'
import { ROUTES } from '../src/request/routes.ts'
import { METHOD, PATH_PATTERN, PATH_START, URL_TEXT } from './hosts.ts'
import {
  and,
  attribute,
  concat,
  extract,
  isMissing,
  isText,
  isThere,
  matches,
  replace,
  set,
  table,
  temporary,
  text,
  variable,
} from './ottl.ts'

/** Whether the call can change something at Mangopay; whether it asks for a token. Set only where it is so. */
export const WRITE = temporary('write')
export const TOKEN = temporary('token')

/** Stands for any segment in the keys of the table. Paths are looked up in lower case, so none can contain it. */
export const PARAMETER = 'X'

export interface Route {
  /** Segments behind the version, in lower case. */
  readonly segments: readonly string[]
  readonly template: string
  /** Length of the version and of the client id, which are no part of an operation's name. */
  readonly prefix: number
  readonly methods: readonly string[]
}

/** Every known path, once for all of its methods. */
export function allRoutes(): Route[] {
  const routes = new Map<string, Route>()
  for (const [prefix, rows] of Object.entries(ROUTES)) {
    for (const row of rows) {
      const [method = '', path = ''] = row.split(' ')
      const template = prefix + path
      // The versions share one table, as they share one tree in the library: folding them makes no two routes collide.
      const segments = template.split('/').slice(2)
      const keys = segments.map((segment) => (segment.startsWith('{') ? PARAMETER : segment.toLowerCase()))
      const known = routes.get(keys.join('/'))
      const methods = [...(known?.methods ?? []), method]
      routes.set(
        keys.join('/'),
        known ? { ...known, methods } : { segments: keys, template, prefix: prefix.length, methods },
      )
    }
  }
  return [...routes.values()]
}

/** Which segments are literals; in the order in which they are tried, a literal before a parameter, from the left. */
export const shapeOf = ({ segments }: Route): string => segments.map((it) => (it === PARAMETER ? 'P' : 'L')).join('')

const N = variable('n')
const SEGMENTS = variable('segments')
const ROUTE_TABLE = variable('routes')
const AT = variable('at')
const KEY = variable('key')
const TEMPLATE = variable('template')
const VERSION = variable('version')
const METHOD_KNOWN = variable('method')
const OPERATION = attribute(ATTR_MANGOPAY_OPERATION)

const isFound = `${AT} >= 0`

/** Finds operation, template and name of a span. */
export function routeStatements({ rename }: { readonly rename: boolean }): string[] {
  return [...splitPath(), ...findRoute(), ...readRoute(), ...nameOperation(), ...writeTemplate(rename)]
}

/** Of a URL, or of a path: the version, and behind it segments and any number of slashes at the end. */
const VERSION_AND_REST =
  '^(?:[^/?]*://[^/?]*?(?:://[^/?]*)?)?(?P<version>/+[^/?#]+)/(?P<rest>[^/?#]+(?:/[^/?#]+)*)/*(?:[?#]|$)'

function splitPath(): string[] {
  const url = variable('url')
  const path = variable('path')
  const parts = variable('parts')
  const rest = variable('rest')
  const isCut = `${PATH_START} > 0`
  return [
    // First, since it is asked for most often.
    set(N, '0'),
    set(AT, '-1'),
    set(url, URL_TEXT, isText(URL_TEXT)),
    // Behind the prefix of a gateway.
    set(path, '""', isCut),
    set(path, extract(url, PATH_PATTERN, 'path'), isCut, isThere(url), matches(url, PATH_PATTERN)),
    set(url, `Substring(${path}, ${PATH_START}, Len(${path}) - ${PATH_START})`, isCut, `Len(${path}) > ${PATH_START}`),
    set(url, '""', isCut, `Len(${path}) <= ${PATH_START}`),
    set(parts, `ExtractPatterns(${url}, ${text(VERSION_AND_REST)})`, isThere(url)),
    set(VERSION, `${parts}["version"]`, isThere(`${parts}["version"]`)),
    set(rest, `${parts}["rest"]`, isThere(VERSION)),
    // Two capitals that are not ASCII have small letters that are.
    replace(rest, '[\\x{130}\\x{212A}]', '_', isThere(VERSION)),
    set(SEGMENTS, `Split(ToLowerCase(${rest}), "/")`, isThere(VERSION)),
    set(N, `Len(${SEGMENTS})`, isThere(VERSION)),
  ]
}

/** One table for each number of segments, and in it one look-up for each arrangement of literals and parameters. */
function findRoute(): string[] {
  const all = allRoutes()
  const numbers = [...new Set(all.map(({ segments }) => segments.length))].sort((one, other) => one - other)
  return numbers.flatMap((n) => {
    const routes = all.filter(({ segments }) => segments.length === n)
    const { text, key } = table(routes.map((route) => [route.segments.join('/'), recordOf(route)]))
    const isN = `${N} == ${n}`
    const shapes = [...new Set(routes.map(shapeOf))].sort()
    return [
      set(ROUTE_TABLE, text, isN),
      ...shapes.flatMap((shape) => {
        const parts = [...shape].map((it, at) => (it === 'L' ? `${SEGMENTS}[${at}]` : `"${PARAMETER}"`))
        return [set(KEY, key(parts, '/'), isN, `${AT} < 0`), set(AT, `Index(${ROUTE_TABLE}, ${KEY})`, isN, `${AT} < 0`)]
      }),
    ]
  })
}

/** What is kept of a route: three lengths of two digits, then the template and the methods. */
export function recordOf({ template, prefix, methods }: Route): string {
  const all = methods.map((method) => `${method},`).join('')
  const digits = (part: number) => {
    if (part > 99) throw new Error(`too long for two digits: ${template}`)
    return String(part).padStart(2, '0')
  }
  return `${digits(template.length)}${digits(prefix)}${digits(all.length)}${template}${all}`
}

function readRoute(): string[] {
  const start = variable('start')
  const [length, prefix, methodsLength] = ['length', 'prefix', 'methods_length'].map(variable) as [
    string,
    string,
    string,
  ]
  const number = (at: number) => `Int(Substring(${ROUTE_TABLE}, ${start} + ${at}, 2))`
  const path = `Substring(${ROUTE_TABLE}, ${start} + 6 + ${prefix}, ${length} - ${prefix})`
  return [
    set(start, `${AT} + Len(${KEY})`, isFound),
    set(length, number(0), isFound),
    set(TEMPLATE, `Substring(${ROUTE_TABLE}, ${start} + 6, ${length})`, isFound),
    // A version in any spelling that was seen, the placeholder that old SDKs left unreplaced among them. The token call is
    // told by its tail: its broken version could be broken in other ways.
    `delete_key(span.cache, "template") where ${and(
      isFound,
      `${VERSION} != "/v2.01"`,
      `not ${matches(VERSION, '^/+(?:\\$|%24|[vV]?[0-9.]*[0-9][0-9.]*$)')}`,
      `Index(${TEMPLATE}, "/oauth/token") < 0`,
    )}`,
    set(prefix, number(2), isFound),
    set(methodsLength, number(4), isFound),
    set(variable('operation_path'), path, isFound),
    set(variable('methods'), `Substring(${ROUTE_TABLE}, ${start} + 6 + ${length}, ${methodsLength})`, isFound),
  ]
}

function nameOperation(): string[] {
  const small = [...METHODS.keys()].filter((spelling) => spelling === spelling.toLowerCase())
  const capitals = [...new Set(METHODS.values())]
  const isKnown = and(
    isThere(TEMPLATE),
    isThere(METHOD_KNOWN),
    `Index(${variable('methods')}, ${concat([METHOD_KNOWN, '","'])}) >= 0`,
  )
  return [
    set(METHOD_KNOWN, METHOD, matches(METHOD, `^(?:${[...capitals, ...small].join('|')})$`)),
    set(METHOD_KNOWN, `ToUpperCase(${METHOD_KNOWN})`, isThere(METHOD_KNOWN)),
    set(OPERATION, text(MANGOPAY_OPERATION_VALUE_OTHER)),
    set(OPERATION, concat([METHOD_KNOWN, variable('operation_path')], ' '), isKnown),
    set(
      TOKEN,
      'true',
      `${OPERATION} != ${text(MANGOPAY_OPERATION_VALUE_OTHER)}`,
      `Index(${TEMPLATE}, "/oauth/token") >= 0`,
    ),
    // What is no known method is taken for a write.
    set(
      WRITE,
      'true',
      isMissing(TOKEN),
      `not ${matches(METHOD, '^(?:GET|HEAD|OPTIONS|TRACE|get|head|options|trace)$')}`,
    ),
  ]
}

function writeTemplate(rename: boolean): string[] {
  const template = attribute(ATTR_URL_TEMPLATE)
  return [
    set(template, TEMPLATE, isThere(TEMPLATE), isMissing(template)),
    ...(rename
      ? [set('span.name', concat([METHOD_KNOWN, TEMPLATE], ' '), isThere(TEMPLATE), isThere(METHOD_KNOWN))]
      : []),
  ]
}
