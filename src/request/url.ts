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
  return url.slice(Math.max(start, url.lastIndexOf('@', end - 1) + 1), end)
}

/** Of a URL or a path the part in front of its query. */
export function withoutQuery(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/**
 * Index of the first character of the path in a URL, or in a string that is a path already; -1 when there is none.
 * Told by its slashes, whatever the scheme.
 */
export function pathStart(url: string): number {
  const slash = url.indexOf('/')
  if (!isSchemeEnd(url, slash)) return slash === 0 ? 0 : -1
  const start = url.indexOf('/', slash + 2)
  // axios through a plain-HTTP proxy: the http instrumentation joins the proxy and the absolute target, as in
  // http://127.0.0.1:3128http://host/v2.01/…
  return isSchemeEnd(url, start) ? url.indexOf('/', start + 2) : start
}

/** Whether a slash is the first of `://`. */
const isSchemeEnd = (url: string, slash: number) =>
  slash > 0 && url.charCodeAt(slash - 1) === COLON && url.charCodeAt(slash + 1) === SLASH

/**
 * The path of a URL, or of a string that is a path already, without query and fragment; undefined when there is none.
 *
 * @param skip - length of what is left out in front, such as the prefix of a gateway
 */
export function pathOf(url: string, skip: number): string | undefined {
  const start = pathStart(url)
  const query = url.indexOf('?')
  const end = query === -1 ? url.length : query
  if (start === -1 || start > end) return undefined
  const path = url.slice(start + skip, end) // shares the text
  const fragment = path.indexOf('#')
  return fragment === -1 ? path : path.slice(0, fragment)
}
