import { MANGOPAY_OPERATION_VALUE_OTHER } from '../names.ts'
import { ROUTES } from './routes.ts'
import { isSpelled } from './spelling.ts'
import { SLASH } from './url.ts'

/** One operation of the API: a method on a route. There is one object for each, so identity can be compared. */
export interface Operation {
  /** Value of `mangopay.operation`: `GET /users/{userId}`. */
  readonly name: string
  /** Name of the span: `GET /v2.01/{clientId}/users/{userId}`. Absent for `_OTHER`. */
  readonly spanName?: string
  /** Template of its route. Absent for `_OTHER`. */
  readonly template?: string
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

/** A literal segment of a path, and what follows it. */
interface Literal {
  /** In lower case. */
  readonly text: string
  readonly node: Node
  /** Another one as long, at the same place. */
  readonly next: Literal | undefined
}

/** A place in the tree of routes; the versions share one tree, since folding them makes no two routes collide. */
interface Node {
  /** Literal children by their length, so that most ids are told from a literal unread. */
  readonly literals: (Literal | undefined)[]
  /** The child that any segment matches. */
  parameter: Node | undefined
  route: Route | undefined
}

/** All alike, so that the machine code which reads them knows a single shape. */
const newNode = (): Node => ({ literals: [], parameter: undefined, route: undefined })

function child(parent: Node, segment: string): Node {
  if (segment.startsWith('{')) {
    parent.parameter ??= newNode()
    return parent.parameter
  }
  const text = segment.toLowerCase()
  const others = parent.literals[text.length]
  for (let literal = others; literal !== undefined; literal = literal.next) {
    if (literal.text === text) return literal.node
  }
  const node = newNode()
  parent.literals[text.length] = { text, node, next: others }
  return node
}

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
        template: node.route.template,
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
function walk(from: Node, path: string, start: number): Route | undefined {
  let node = from
  let at = start
  while (at < path.length) {
    const slash = path.indexOf('/', at)
    const end = slash === -1 ? path.length : slash
    // An empty segment is no id and no literal; at the end of a path it is nothing.
    if (end === at) return skipSlashes(path, at) === path.length ? node.route : undefined
    let next = literalAt(node, path, at, end)
    if (node.parameter !== undefined) {
      const found = next && walk(next, path, end + 1)
      if (found !== undefined) return found
      next = node.parameter
    }
    if (next === undefined) return undefined
    node = next
    at = end + 1
  }
  return node.route
}

/** What follows the literal that a segment spells, in any case. */
function literalAt(node: Node, path: string, at: number, end: number): Node | undefined {
  let literal = node.literals[end - at]
  if (literal === undefined) return undefined
  // A copy, since V8 compares whole strings at once; in place it would ask at each character how the string is kept.
  const segment = path.slice(at, end)
  while (literal !== undefined && !isSpelled(segment, literal.text)) literal = literal.next
  return literal?.node
}

/** Index of the first character from `at` on that is no slash. */
function skipSlashes(path: string, at: number): number {
  let end = at
  while (end < path.length && path.charCodeAt(end) === SLASH) end++
  return end
}

/** Index of the slash behind the version, which is the first segment; -1 when nothing follows it. */
function versionEnd(path: string): number {
  const slash = path.indexOf('/', 1)
  return slash === 1 ? path.indexOf('/', skipSlashes(path, 1)) : slash // some clients join two slashes there
}

/**
 * Whether the beginning of a path is a version, in any spelling that was seen on the wire: `/v2.01`, `/V3.0`, `//v2`,
 * and the placeholder that the Node SDK 1.42 to 1.60 left unreplaced, `/$%7BapiVersion%7D`.
 */
function isVersion(beginning: string): boolean {
  if (beginning === '/v2.01') return true // nearly always
  const from = skipSlashes(beginning, 0)
  if (beginning.startsWith('$', from) || beginning.startsWith('%24', from)) return true
  let digits = 0
  for (let i = from; i < beginning.length; i++) {
    const code = beginning.charCodeAt(i)
    if (code >= 48 && code <= 57) digits++
    else if (code !== 46 && !(i === from && (code === 118 || code === 86))) return false // ".", and "v" in front
  }
  return digits > 0
}

/**
 * Finds the route of a path. Nothing of it is kept, and little copied, however long it is.
 *
 * @param path - from the slash before the version on, without query and fragment
 * @returns the route, or undefined for a path that the table does not know
 */
export function findRoute(path: string): Route | undefined {
  const end = versionEnd(path)
  if (end === -1) return undefined
  const route = walk(tree, path, end + 1)
  if (route === undefined || isVersion(path.slice(0, end))) return route
  // The token call is told by its tail: the SDK's broken version segment could be broken in other ways.
  return route.operations.some((operation) => operation.token) ? route : undefined
}

/**
 * The client id in a path: the segment after the version, as it is spelled there. Undefined when there is none. A route
 * that the table does not know has one unless that segment begins routes without, such as `countries`.
 */
export function findClientId(path: string, route: Route | undefined): string | undefined {
  if (route?.hasClientId === false) return undefined
  const start = versionEnd(path) + 1
  if (start === 0 || !isVersion(path.slice(0, start - 1))) return undefined
  const slash = path.indexOf('/', start)
  const end = slash === -1 ? path.length : slash
  if (end === start || (route === undefined && literalAt(tree, path, start, end) !== undefined)) return undefined
  return path.slice(start, end)
}

/** Every operation of the table, for tests. */
export function allOperations(): Operation[] {
  const found: Operation[] = []
  const visit = (node: Node) => {
    if (node.route !== undefined) found.push(...node.route.operations)
    for (const first of node.literals) {
      for (let literal = first; literal !== undefined; literal = literal.next) visit(literal.node)
    }
    if (node.parameter !== undefined) visit(node.parameter)
  }
  visit(tree)
  return found
}
