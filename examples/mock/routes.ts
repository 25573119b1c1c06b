import { OFFICIAL_ROUTES, OTHER_ROUTES } from './route-table.ts'

/** One path shape of the API and the methods it knows. */
interface Shape {
  segments: readonly string[]
  /** Method to template as the table spells it. */
  methods: Map<string, string>
}

/** A path the API knows, whatever the method. */
export interface RouteMatch {
  /** Template by method, as the route table spells it. */
  methods: ReadonlyMap<string, string>
  /** The values of the placeholders, in order of the path; the client id under `clientId`. */
  params: Readonly<Record<string, string>>
}

/** Routes as lines of `METHOD template`, without trailing slash and query. */
export const ROUTE_LINES: readonly string[] = `${OFFICIAL_ROUTES}${OTHER_ROUTES}`.split('\n').filter(Boolean)

const isParameter = (segment: string) => segment.startsWith('{')
const isVersion = (segment: string) =>
  // The unreplaced placeholder is what Node SDK 1.42 to 1.60 really sends, and it has worked for years.
  /^v\d+(\.\d+)*$/i.test(segment) || segment === '$%7BapiVersion%7D'

const shapesByLength = new Map<number, Shape[]>()
for (const line of ROUTE_LINES) {
  const [method = '', template = ''] = line.split(' ')
  // The first segment is the version, in whatever spelling.
  const segments = template.slice(1).split('/').slice(1)
  const key = (list: readonly string[]) => list.map((s) => (isParameter(s) ? '{}' : s.toLowerCase())).join('/')
  const peers = shapesByLength.get(segments.length) ?? []
  shapesByLength.set(segments.length, peers)
  let shape = peers.find((peer) => key(peer.segments) === key(segments))
  if (!shape) {
    shape = { segments, methods: new Map() }
    peers.push(shape)
  }
  shape.methods.set(method, template)
}

const fits = (shape: Shape, actual: readonly string[]) =>
  shape.segments.every((segment, i) => {
    const given = actual[i] ?? ''
    return isParameter(segment) ? given !== '' : segment.toLowerCase() === given.toLowerCase()
  })

/** From the left, a literal beats a placeholder. */
const moreLiteral = (a: Shape, b: Shape): Shape => {
  for (const [i, segment] of a.segments.entries()) {
    const other = b.segments[i] ?? ''
    if (isParameter(segment) !== isParameter(other)) return isParameter(segment) ? b : a
  }
  return a
}

/** Looks a raw request target up (query and trailing slash allowed); undefined when the API has no such path. */
export const matchRoute = (target: string): RouteMatch | undefined => {
  const path = target.split('?')[0] ?? ''
  const [empty, version = '', ...actual] = path.split('/')
  if (actual.at(-1) === '') actual.pop()
  if (empty !== '' || !isVersion(version)) return undefined
  const candidates = (shapesByLength.get(actual.length) ?? []).filter((shape) => fits(shape, actual))
  const [first] = candidates
  if (!first) return undefined
  const shape = candidates.reduce(moreLiteral, first)
  const params: Record<string, string> = {}
  for (const [i, segment] of shape.segments.entries()) {
    if (isParameter(segment)) params[segment.slice(1, -1)] = actual[i] ?? ''
  }
  return { methods: shape.methods, params }
}

/**
 * An operation with its placeholders' names, version, client id and case taken away, so that two tables that name
 * placeholders differently can be compared: `GET /users/{userId}` and `GET /{apiVersion}/{clientId}/users/{id}` are
 * both `GET /users/{}`.
 */
export const operationShape = (operation: string): string =>
  operation
    .replace(/\/(\{apiVersion\}|v\d+(\.\d+)*)(?=\/)/i, '')
    .replace(/\/\{clientId\}/, '')
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/\/$/, '')
    .toLowerCase()

/** {@link operationShape} of a raw request, or undefined for a path or method the API does not know. */
export const shapeOfRequest = (method: string, target: string): string | undefined => {
  const template = matchRoute(target)?.methods.get(method)
  return template === undefined ? undefined : operationShape(`${method} ${template}`)
}
