/**
 * Reading a URL in place, without `new URL`: no allocation, and no exception for what a proxy or a hostile peer makes of it.
 */
import type { Attributes } from '@opentelemetry/api'

/** Character code of `/`. */
export const SLASH = 47

const HASH = 35
const QUESTION = 63
const COLON = 58
const BACKSLASH = 92

/** Longest `user:password@host:port` that is read; a longer one is nobody's host. */
const LONGEST_AUTHORITY = 1024

/** The URL of the request, or at least its path, as the instrumentation recorded it. */
export function urlOf(attributes: Attributes): string | undefined {
  const url = attributes['url.full'] ?? attributes['http.url'] ?? attributes['url.path'] ?? attributes['http.target']
  return typeof url === 'string' ? url : undefined
}

/**
 * The same, or undefined where the SDK has cut its path: a part of a path may well be another one.
 *
 * @param limit - longest text that an attribute may hold (`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`); what is as long was cut
 */
export function wholeUrlOf(attributes: Attributes, limit: number | undefined): string | undefined {
  const url = urlOf(attributes)
  if (url === undefined || !limit || url.length < limit || url.includes('?')) return url
  const path = attributes['url.path'] ?? attributes['http.target']
  return typeof path === 'string' && path.length < limit ? path : undefined
}

/** URLs from this length on are cut before they are searched. */
const LONG = 512

/** The URL, without its query if it is a long one: what looks for the end of a path would read all of it. */
export function withoutLongQuery(url: string): string {
  if (url.length < LONG) return url
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query) // shares the text
}

/** `host:port` of a whole URL, without a user. */
export function authorityOf(url: string | undefined): string | undefined {
  const scheme = url?.indexOf('://') ?? -1
  if (url === undefined || scheme === -1 || url.lastIndexOf('/', scheme - 1) !== -1) return undefined
  const start = scheme + 3
  const limit = Math.min(url.length, start + LONGEST_AUTHORITY)
  let end = start
  for (; end < limit; end++) {
    const code = url.charCodeAt(end)
    // URL parsers take a backslash for a slash, so http://evil.example\@api.mangopay.com/ goes to evil.example.
    if (code === SLASH || code === QUESTION || code === HASH || code === BACKSLASH) break
  }
  if (end === limit && limit < url.length) return undefined
  return url.slice(url.lastIndexOf('@', end - 1) < start ? start : url.lastIndexOf('@', end - 1) + 1, end)
}

/**
 * Index of the first character of the path in a URL, or in a string that is a path already; -1 when there is none.
 * Told by its slashes, whatever the scheme: one search is cheaper than comparing with each scheme there may be.
 */
export function pathStart(url: string): number {
  const slash = url.indexOf('/')
  if (url.charCodeAt(slash + 1) !== SLASH || url.charCodeAt(slash - 1) !== COLON) return slash === 0 ? 0 : -1
  const start = url.indexOf('/', slash + 2)
  // axios through a plain-HTTP proxy: the http instrumentation joins the proxy and the absolute target, as in
  // http://127.0.0.1:3128http://host/v2.01/…
  const isJoined = url.charCodeAt(start + 1) === SLASH && url.charCodeAt(start - 1) === COLON
  return isJoined ? url.indexOf('/', start + 2) : start
}

/** Index behind the last character of the path that starts at `start`; slashes at its end are not counted. */
export function pathEnd(url: string, start: number): number {
  let end = url.indexOf('?', start)
  if (end === -1) end = url.length
  const fragment = url.indexOf('#', start)
  if (fragment !== -1 && fragment < end) end = fragment
  while (end > start && url.charCodeAt(end - 1) === SLASH) end--
  return end
}
