import { MANGOPAY_OPERATION_VALUE_OTHER } from './names.ts'
import { ROUTES } from './routes.ts'
import { pathEnd, SLASH } from './url.ts'

/** One operation of the API: a method on a route. There is one object for each, so identity can be compared. */
export interface Operation {
  /** Value of `mangopay.operation`: `GET /users/{userId}`. */
  readonly name: string
  /** Name of the span: `GET /v2.01/{clientId}/users/{userId}`. Absent for `_OTHER`. */
  readonly spanName?: string
  /** Upper case; absent for `_OTHER`. */
  readonly method?: string
  /** Whether it asks for an access token. Such a call changes nothing, whatever its method. */
  readonly token: boolean
  /** Position in a list of all operations. */
  readonly index: number
}

/** A known path, whatever the method. */
export interface Route {
  /** Value of `url.template`: `/v2.01/{clientId}/users/{userId}`. */
  readonly template: string
  /** Whether the first segment after the version is the client id. */
  readonly hasClientId: boolean
  /** One for each method: so few that a list is searched faster than a map. */
  readonly operations: readonly Operation[]
}

/** The operation of every call that the table does not know. */
export const OTHER_OPERATION: Operation = { name: MANGOPAY_OPERATION_VALUE_OTHER, token: false, index: 0 }

/** A literal segment of a path, in lower case, and what follows it. */
interface Literal {
  readonly text: string
  readonly node: Node
}

/** A place in the tree of routes; the versions share one tree, since folding them makes no two routes collide. */
interface Node {
  /** Literal children by `slot` of their first character, so that most ids are told from a literal unread. */
  readonly literals: (readonly Literal[] | undefined)[]
  /** The child that any segment matches. */
  parameter?: Node
  route?: Route
}

/** Makes one of a capital and a small letter, and keeps apart the letters. */
const SLOTS = 32
const slot = (code: number) => code % SLOTS

function child(parent: Node, segment: string): Node {
  if (segment.startsWith('{')) {
    parent.parameter ??= newNode()
    return parent.parameter
  }
  const text = segment.toLowerCase()
  const place = slot(text.charCodeAt(0))
  const others = parent.literals[place] ?? []
  const known = others.find((literal) => literal.text === text)
  if (known !== undefined) return known.node
  const node = newNode()
  parent.literals[place] = [...others, { text, node }]
  return node
}

const newNode = (): Node => ({ literals: new Array(SLOTS).fill(undefined) })

function buildTree(): Node {
  const root = newNode()
  let index = OTHER_OPERATION.index
  for (const [prefix, rows] of Object.entries(ROUTES)) {
    const hasClientId = prefix.endsWith('/{clientId}')
    for (const row of rows) {
      const space = row.indexOf(' ')
      const method = row.slice(0, space)
      const path = row.slice(space + 1)
      let node = root
      // The version, always the first segment of the prefix, is not part of the tree.
      for (const segment of (prefix + path).split('/').slice(2)) node = child(node, segment)
      node.route ??= { template: prefix + path, hasClientId, operations: [] }
      index++
      ;(node.route.operations as Operation[]).push({
        name: row,
        spanName: `${method} ${node.route.template}`,
        method,
        token: path.startsWith('/oauth/token'),
        index,
      })
    }
  }
  return root
}

const tree = buildTree()

/**
 * Walks down the tree from the segment that starts at `at`: a literal beats a parameter, from the left. It steps back
 * where that leads nowhere, as with a client id that is spelled like a literal.
 */
function walk(node: Node, url: string, at: number, end: number): Route | undefined {
  if (at >= end) return node.route
  const first = url.charCodeAt(at)
  if (first === SLASH) return undefined // an empty segment is no id and no literal
  const literals = node.literals[slot(first)]
  if (literals !== undefined) {
    for (const { text, node: next } of literals) {
      const stop = at + text.length
      if (!matches(text, url, at) || (stop !== end && url.charCodeAt(stop) !== SLASH)) continue
      const found = walk(next, url, stop + 1, end)
      if (found !== undefined) return found
    }
  }
  if (node.parameter === undefined) return undefined
  const slash = url.indexOf('/', at)
  return walk(node.parameter, url, slash === -1 || slash > end ? end : slash + 1, end)
}

/** Whether a lower-case text stands there, in any case. */
const matches = (text: string, url: string, at: number) => url.startsWith(text, at) || matchesInCapitals(text, url, at)

function matchesInCapitals(text: string, url: string, at: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = url.charCodeAt(at + i)
    const small = code >= 65 && code <= 90 ? code + 32 : code // ASCII, the only letters in the table
    if (small !== text.charCodeAt(i)) return false
  }
  return true
}

/**
 * Whether a segment is a version, in any spelling that was seen on the wire: `v2.01`, `V3.0`, `v2`, and the
 * placeholder that the Node SDK 1.42 to 1.60 left unreplaced, `$%7BapiVersion%7D`.
 */
function isVersion(url: string, from: number, to: number): boolean {
  let digits = 0
  for (let i = from; i < to; i++) {
    const code = url.charCodeAt(i)
    if (code >= 48 && code <= 57) digits++
    else if (i === from && (code === 36 || (code === 37 && url.startsWith('24', i + 1))))
      return true // "$", or "%24"
    else if (code !== 46 && !(i === from && (code === 118 || code === 86))) return false // ".", and "v" in front
  }
  return digits > 0
}

/**
 * Finds the route of a URL. Reads characters in place: nothing is allocated and nothing kept, however long the URL.
 *
 * @param url - a whole URL or a path
 * @param start - index where the API's path begins, behind any prefix of a gateway
 * @returns the route, or undefined for a path that the table does not know
 */
export function findRoute(url: string, start: number): Route | undefined {
  const end = pathEnd(url, start)
  let from = start
  while (from < end && url.charCodeAt(from) === SLASH) from++
  const slash = url.indexOf('/', from)
  if (slash === -1 || slash >= end) return undefined
  const route = walk(tree, url, slash + 1, end)
  if (route === undefined || isVersion(url, from, slash)) return route
  // The token call is told by its tail: the SDK's broken version segment could be broken in other ways.
  return route.operations.some((operation) => operation.token) ? route : undefined
}

/**
 * The client id in a URL: the segment after the version, as it is spelled there. Undefined when there is none. A route
 * that the table does not know has one unless that segment begins routes without, such as `countries`.
 */
export function findClientId(url: string, start: number, route: Route | undefined): string | undefined {
  if (route?.hasClientId === false) return undefined
  if (start === -1) return undefined
  const end = pathEnd(url, start)
  let from = start
  while (from < end && url.charCodeAt(from) === SLASH) from++
  const version = url.indexOf('/', from)
  if (version === -1 || version >= end || !isVersion(url, from, version)) return undefined
  const slash = url.indexOf('/', version + 1)
  const segment = url.slice(version + 1, slash === -1 || slash > end ? end : slash)
  return segment === '' || (route === undefined && beginsRoutes(segment.toLowerCase())) ? undefined : segment
}

const beginsRoutes = (literal: string): boolean =>
  tree.literals[slot(literal.charCodeAt(0))]?.some(({ text }) => text === literal) ?? false

/** Every operation of the table, for tests. */
export function allOperations(): Operation[] {
  const found: Operation[] = []
  const visit = (node: Node) => {
    if (node.route !== undefined) found.push(...node.route.operations)
    for (const { node: next } of node.literals.flatMap((all) => all ?? [])) visit(next)
    if (node.parameter !== undefined) visit(node.parameter)
  }
  visit(tree)
  return found
}
