import { MANGOPAY_OPERATION_VALUE_OTHER } from './names.ts'
import { ROUTES } from './routes.ts'
import { pathEnd, SLASH } from './url.ts'

/** One operation of the API: a method on a route. There is one object for each, so identity can be compared. */
export interface Operation {
  /** Value of `mangopay.operation`: `GET /users/{userId}`. */
  readonly name: string
  /** Name of the span: `GET /v2.01/{clientId}/users/{userId}`. Absent for `_OTHER`. */
  readonly spanName?: string
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
  /** By method, upper case. */
  readonly operations: ReadonlyMap<string, Operation>
}

/** The operation of every call that the table does not know. */
export const OTHER_OPERATION: Operation = { name: MANGOPAY_OPERATION_VALUE_OTHER, token: false, index: 0 }

/** A place in the tree of routes; the versions share one tree, since folding them makes no two routes collide. */
interface Node {
  /** Literal children by length, so that most ids are told from a literal without reading them. */
  readonly literals: ({ readonly text: string; readonly node: Node }[] | undefined)[]
  /** The child that any segment matches. */
  parameter?: Node
  route?: Route
}

/** Lower case for ASCII letters, the only ones in the table. */
const lower = (code: number) => (code >= 65 && code <= 90 ? code + 32 : code)

function child(parent: Node, segment: string): Node {
  if (segment.startsWith('{')) {
    parent.parameter ??= { literals: [] }
    return parent.parameter
  }
  const literals = parent.literals[segment.length] ?? []
  parent.literals[segment.length] = literals
  const text = segment.toLowerCase()
  let literal = literals.find((known) => known.text === text)
  if (literal === undefined) {
    literal = { text, node: { literals: [] } }
    literals.push(literal)
  }
  return literal.node
}

function buildTree(): Node {
  const root: Node = { literals: [] }
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
      node.route ??= { template: prefix + path, hasClientId, operations: new Map() }
      index++
      const operations = node.route.operations as Map<string, Operation>
      operations.set(method, {
        name: row,
        spanName: `${method} ${node.route.template}`,
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
  const slash = url.indexOf('/', at)
  const stop = slash === -1 || slash > end ? end : slash
  if (stop === at) return undefined // an empty segment is no id and no literal
  const literals = node.literals[stop - at]
  if (literals !== undefined) {
    for (const { text, node: next } of literals) {
      const found = matches(text, url, at) ? walk(next, url, stop + 1, end) : undefined
      if (found !== undefined) return found
    }
  }
  return node.parameter === undefined ? undefined : walk(node.parameter, url, stop + 1, end)
}

function matches(text: string, url: string, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== lower(url.charCodeAt(at + i))) return false
  return true
}

/**
 * Whether a segment is a version, in any spelling that was seen on the wire: `v2.01`, `V3.0`, `v2`, and the
 * placeholder that the Node SDK 1.42 to 1.60 left unreplaced, `$%7BapiVersion%7D`.
 */
function isVersion(url: string, from: number, to: number): boolean {
  const first = lower(url.charCodeAt(from))
  if (first === 36 || (first === 37 && url.startsWith('24', from + 1))) return true // "$", or "%24" for it
  let digits = 0
  for (let i = first === 118 ? from + 1 : from; i < to; i++) {
    const code = url.charCodeAt(i)
    if (code >= 48 && code <= 57) digits++
    else if (code !== 46) return false
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
  return route.operations.get('POST')?.token === true ? route : undefined
}

/** The client id in a URL: the segment after the version, as it is spelled there. Undefined when there is none. */
export function findClientId(url: string, start: number): string | undefined {
  if (findRoute(url, start)?.hasClientId === false) return undefined
  const end = pathEnd(url, start)
  let from = start
  while (from < end && url.charCodeAt(from) === SLASH) from++
  const version = url.indexOf('/', from)
  if (version === -1 || version >= end || !isVersion(url, from, version)) return undefined
  const slash = url.indexOf('/', version + 1)
  return url.slice(version + 1, slash === -1 || slash > end ? end : slash) || undefined
}

/** Every operation of the table, for documentation and tests. */
export function allOperations(): Operation[] {
  const found: Operation[] = []
  const visit = (node: Node) => {
    if (node.route !== undefined) found.push(...node.route.operations.values())
    for (const { node: next } of node.literals.flatMap((all) => all ?? [])) visit(next)
    if (node.parameter !== undefined) visit(node.parameter)
  }
  visit(tree)
  return found
}
