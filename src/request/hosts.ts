import type { Attributes } from '@opentelemetry/api'
import { wrongOption } from '../wrong-option.ts'
import { isSpelled } from './spelling.ts'
import { authorityOf, pathStart, SLASH, urlOf } from './url.ts'

/** Where a host belongs. */
export interface HostRule {
  /** Value of `mangopay.environment`. */
  readonly environment: string
  /** The only port that matches; every port without it. */
  readonly port: number | undefined
  /** Path in front of the API's own, without a slash at its end: `/mangopay`, or empty. */
  readonly prefix: string
  /** The list that it is on, which is that of one processor. */
  readonly list: object
}

/** A rule, and the host that it is about: in lower case, without a dot at the end and without brackets. */
export interface HostEntry extends HostRule {
  readonly host: string
}

/** The hosts of Mangopay's API. Source: Mangopay's documentation, "API hosts" and "mTLS". */
const MANGOPAY_HOSTS: Readonly<Record<string, string>> = {
  'api.mangopay.com': 'production',
  'api-mtls.mangopay.com': 'production',
  'api.sandbox.mangopay.com': 'sandbox',
  'api-mtls.sandbox.mangopay.com': 'sandbox',
}

/** Most names of environments: each takes its part of the attribute sets that a metric can have. */
export const MOST_ENVIRONMENTS = 20

const HOST_KEY = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::(\d{1,5}))?(\/[^?#\s]*)?$/

/** In a prefix, where a gateway's own version may stand: of Mangopay's API. With it cut off no path would be known. */
const API_VERSION = /\/v(?:2\.01|3\.0)(?=\/|$)/i

const MOST_STRANGERS = 10
const NO_API = new Set(['www', 'docs', 'dashboard', 'hub', 'checkout', 'status', 'support'])

/** The hosts that are ours, compared whole: `api.mangopay.com.evil.example` is foreign. */
export class Hosts {
  readonly #rules = new Map<string, HostRule[]>()
  readonly #strangers = new Set<string>()
  /** Called for a host of Mangopay's that is not listed. */
  onStranger: ((host: string) => void) | undefined
  /** Every spelling by its length, so that most foreign hosts are turned away unread. */
  readonly #spellings: Spelling[][] = []

  /** @throws TypeError naming the key or value that is no host or no name; RangeError for too many environments */
  constructor(hosts: Readonly<Record<string, string>>) {
    for (const [key, environment] of Object.entries(MANGOPAY_HOSTS)) this.#add(key, environment)
    for (const [key, environment] of Object.entries(hosts)) this.#add(key, environment)
    if (this.environments.size > MOST_ENVIRONMENTS) {
      const given = new Set(Object.values(hosts)).size
      throw new RangeError(
        `opentelemetry-mangopay: option hosts names ${given} environments; there can be ${MOST_ENVIRONMENTS}, production and sandbox among them`,
      )
    }
  }

  #add(key: string, environment: unknown): void {
    const match = HOST_KEY.exec(key.toLowerCase())
    const port = match?.[2] === undefined ? undefined : Number(match[2])
    if (match?.[1] === undefined || port === 0 || (port ?? 0) > 65_535) {
      const wanted = '"host", "host:port" or "host/prefix", without scheme or user, a foreign name in its punycode form'
      throw wrongOption('hosts: a host', key, wanted)
    }
    if (typeof environment !== 'string' || environment.trim() === '') {
      throw wrongOption(`hosts["${key}"]`, environment, 'the name of an environment, such as "production"')
    }
    const host = bare(match[1])
    const prefix = key.slice(key.length - (match[3] ?? '').length).replace(/\/+$/, '')
    if (API_VERSION.test(prefix)) {
      const wanted = `what stands before the API’s own path, "${key.slice(0, key.search(API_VERSION))}" without version`
      throw wrongOption('hosts: a host', key, wanted)
    }
    const others = (this.#rules.get(host) ?? []).filter((rule) => rule.port !== port || rule.prefix !== prefix)
    // The most particular first: with a port before without, then the longest prefix.
    const rules = [...others, { environment, port, prefix, list: this }].sort(
      (a, b) => Number(b.port !== undefined) - Number(a.port !== undefined) || b.prefix.length - a.prefix.length,
    )
    this.#rules.set(host, rules)
    for (const text of host.includes(':') ? [host, `[${host}]`] : [host, `${host}.`]) {
      const same = this.#spellings[text.length]?.filter((spelling) => spelling.text !== text) ?? []
      this.#spellings[text.length] = [...same, { text, rules }]
    }
  }

  /** The environments that hosts can belong to. */
  get environments(): Set<string> {
    return new Set([...this.#rules.values()].flat().map((rule) => rule.environment))
  }

  /** Every rule with its host, the most particular of a host first. */
  get entries(): HostEntry[] {
    return [...this.#rules].flatMap(([host, rules]) => rules.map((rule) => ({ ...rule, host })))
  }

  /**
   * The rule that a span's attributes match, of the old or the stable HTTP conventions; undefined for foreign ones.
   * Runs for each CLIENT span of the application: no URL is parsed and nothing allocated while the host has an
   * attribute of its own.
   */
  find(attributes: Attributes): HostRule | undefined {
    const method = attributes['http.request.method'] ?? attributes['http.method']
    // CONNECT asks a proxy for a tunnel, and nothing of the API.
    if (typeof method !== 'string' || method === 'CONNECT') return undefined
    let host = attributes['server.address'] ?? attributes['net.peer.name']
    if (typeof host !== 'string') {
      const authority = attributes['http.host'] ?? authorityOf(urlOf(attributes))
      if (typeof authority !== 'string') return undefined
      const colon = portColon(authority)
      host = colon === -1 ? authority : authority.slice(0, colon)
    }
    const rules = this.#spelled(host)
    if (rules === undefined) {
      if (host.endsWith('.mangopay.com')) this.#meet(host)
      return undefined
    }
    return isPlain(rules) ? rules[0] : choose(rules, portOf(attributes), urlOf(attributes))
  }

  /**
   * The rule that a request matches; undefined for foreign ones.
   *
   * @param authority - `host` or `host:port`, as a Host header or an origin spells it
   * @param isPlainText - whether it is of `http:`, whose port is 80 where none is named
   * @param path - what is asked for: from the first slash on
   */
  findRequest(authority: string, isPlainText: boolean, path: string): HostRule | undefined {
    const colon = portColon(authority)
    const rules = this.#spelled(colon === -1 ? authority : authority.slice(0, colon))
    if (rules === undefined) return undefined
    if (isPlain(rules)) return rules[0]
    const port = colon === -1 ? (isPlainText ? 80 : 443) : Number(authority.slice(colon + 1))
    return choose(rules, port, path)
  }

  /** Once for each of the first few. Those of Mangopay's that are no API are told nobody, nor is what is no host name. */
  #meet(host: string): void {
    if (this.#strangers.size >= MOST_STRANGERS || this.#strangers.has(host) || !HOST_KEY.test(host)) return
    this.#strangers.add(host)
    if (!NO_API.has(host.split('.', 1)[0] ?? '')) this.onStranger?.(host)
  }

  #spelled(host: string): HostRule[] | undefined {
    const spellings = this.#spellings[host.length]
    if (spellings === undefined) return undefined
    for (const { text, rules } of spellings) if (isSpelled(host, text)) return rules
    return undefined
  }
}

/** Whether the host alone decides. */
const isPlain = (rules: readonly HostRule[]) =>
  rules.length === 1 && rules[0]?.port === undefined && rules[0]?.prefix === ''

/** A way to write a host of ours, in lower case: with a dot at the end, or with the brackets of an IPv6 address. */
interface Spelling {
  readonly text: string
  readonly rules: HostRule[]
}

function choose(rules: HostRule[], port: number, url: string | undefined): HostRule | undefined {
  return rules.find(
    (rule) =>
      (rule.port === undefined || rule.port === port) && (url === undefined ? rule.prefix === '' : under(url, rule)),
  )
}

/** Whether a URL's path is the prefix or goes on below it. */
function under(url: string, { prefix }: HostRule): boolean {
  if (prefix === '') return true
  const start = pathStart(url)
  if (start === -1 || !url.startsWith(prefix, start)) return false
  const next = url.charCodeAt(start + prefix.length)
  return next === SLASH || next === 63 || next === 35 || Number.isNaN(next) // "/", "?", "#" or the end
}

/** The key of the option, in lower case, without a dot at the end and without the brackets of an IPv6 address. */
function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host.replace(/\.$/, '')
}

/** The port of the request. Old conventions carry it at start only in `http.host` or in the URL. */
function portOf(attributes: Attributes): number {
  const known = attributes['server.port'] ?? attributes['net.peer.port']
  if (typeof known === 'number') return known
  if (typeof known === 'string') return Number(known)
  const url = urlOf(attributes)
  const port = portIn(attributes['http.host']) ?? portIn(authorityOf(url))
  return port ?? (url?.startsWith('http:') === true ? 80 : 443)
}

function portIn(authority: unknown): number | undefined {
  if (typeof authority !== 'string') return undefined
  const colon = portColon(authority)
  return colon === -1 ? undefined : Number(authority.slice(colon + 1))
}

/** Index of the colon before a port; -1 without one. Those of an IPv6 address, which stands in brackets, are none. */
function portColon(authority: string): number {
  const colon = authority.lastIndexOf(':')
  return colon > authority.lastIndexOf(']') ? colon : -1
}
