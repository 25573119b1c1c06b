/** Which spans are calls of Mangopay's API, and of which environment. The rules are those of `src/request/hosts.ts`. */
import { ATTR_MANGOPAY_ENVIRONMENT, ATTR_MANGOPAY_OUTCOME } from '../src/names.ts'
import { type HostEntry, Hosts } from '../src/request/hosts.ts'
import { NEXT_FETCH } from '../src/span/evidence.ts'
import {
  and,
  anyCase,
  attribute,
  extract,
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
import { IS_ANSWERED } from './status.ts'

export const METHOD = `Coalesce([${attribute('http.request.method')}, ${attribute('http.method')}])`

/** Where the URL of a request may be, the most telling first. */
const URLS = ['url.full', 'http.url', 'url.path', 'http.target'].map(attribute)
export const URL_TEXT = `Coalesce([${URLS.join(', ')}])`

/** Length of the path in front of the API's own; on every span that is ours to judge, and on no other. */
export const PATH_START = temporary('path_start')
/** Not judged yet: neither by the Node library nor by us. */
export const OURS_TO_JUDGE = and(isThere(PATH_START), isMissing(attribute(ATTR_MANGOPAY_OUTCOME)))

const NAMED = `Coalesce([${attribute('server.address')}, ${attribute('net.peer.name')}])`
const ENVIRONMENT = attribute(ATTR_MANGOPAY_ENVIRONMENT)
const HOST = variable('host')
const URL_VARIABLE = variable('url')
const PORT = variable('port')
const PATH = variable('path')
const PARTICULAR = variable('particular')

/** `host:port` of a whole URL, without a user. A backslash ends it: URL parsers take it for a slash. */
const AUTHORITY = '^[^/]*://(?:[^/?#\\\\]*@)?(?P<authority>[^/?#\\\\]*)'
/** Without the port, but with the colons of an IPv6 address, which stands in brackets. */
const HOST_OF_AUTHORITY = '(?s)^(?P<host>\\[.*\\]|.*?)(?::[^:\\]]*)?$'
/** The path of a URL or of what is a path already; also behind a plain proxy, where two URLs are joined. */
export const PATH_PATTERN = '^(?:[^/?]*://[^/?]*?(?:://[^/?]*)?)?(?P<path>/[^?#]*)'
/** What may be the address of the peer, which PHP's curl instrumentation writes where the host belongs; none without a connection. */
export const IP = '^$|^[0-9]+(?:\\.[0-9]+){3}$|:.*:'

/** A host as it may be spelled: any case, a dot at its end, brackets around an IPv6 address. */
const spelled = (host: string): string => (host.includes(':') ? `\\[?${anyCase(host)}\\]?` : `${anyCase(host)}\\.?`)
const isHost = (host: string): string => matches(HOST, `^${spelled(host)}$`)
const anyOf = (entries: readonly HostEntry[]): string =>
  [...new Set(entries.map(({ host }) => spelled(host)))].join('|')

/**
 * The group that says whose spans they are.
 *
 * @param hosts - hosts besides Mangopay's own, as in the option `hosts` of the library
 * @throws TypeError naming what is no host or no environment
 */
export function hostGroup(hosts: Readonly<Record<string, string>> = {}): Group {
  const { entries } = new Hosts(hosts)
  const isPlain = ({ port, prefix }: HostEntry) => port === undefined && prefix === ''
  // A host that has a rule with a port or a prefix is told by all of its rules, the most particular first.
  const particular = new Set(entries.filter((entry) => !isPlain(entry)).map(({ host }) => host))
  return {
    comment:
      'Is it a call of Mangopay? Nearly every other span is turned away by its kind, or by one look at its host.',
    context: 'span',
    conditions: conditions(entries),
    statements: [
      ...findHost(),
      ...(particular.size > 0 ? findPortAndPath([...particular]) : []),
      ...entries.filter(({ host }) => particular.has(host)).flatMap(particularRule),
      ...plainRules(entries.filter(({ host }) => !particular.has(host))),
    ],
  }
}

/**
 * What the Node library has tagged is left alone, and so are the metrics that it makes of it. One look at the host tells
 * nearly every other span: what is no text there is told by its URL, and so may an IP address be.
 */
function conditions(entries: readonly HostEntry[]): string[] {
  const maybe = `^(?:(?:${anyOf(entries)})$|(?:true|false|[0-9.eE+-]*)$|[[{]|[^:]*:[^:]*:)`
  return [
    and(
      'span.kind == SPAN_KIND_CLIENT',
      isMissing(attribute(ATTR_MANGOPAY_OUTCOME)),
      matches(`Coalesce([${attribute('server.address')}, ${attribute('net.peer.name')}, ""])`, maybe),
      isText(METHOD),
      // It opens a tunnel and is no call of the API.
      `${METHOD} != "CONNECT"`,
      // A hit of Next.js' cache made no request: 16 says so; in 15 it has neither status nor error.
      `${attribute('next.fetch.cache_status')} != "hit"`,
      or(
        `${attribute('next.span_type')} != ${text(NEXT_FETCH)}`,
        IS_ANSWERED,
        'span.status.code == STATUS_CODE_ERROR',
        matches('instrumentation_scope.name', 'undici'),
      ),
    ),
  ]
}

function findHost(): string[] {
  const byUrl = variable('by_url')
  const needsUrl = `${byUrl} == true`
  const authority = variable('authority')
  const isIp = and(isThere(HOST), matches(HOST, IP), isText(attribute('url.full')))
  return [
    set(HOST, NAMED, isText(NAMED)),
    // Then the URL tells the host.
    set(byUrl, 'true', or(isMissing(HOST), isIp)),
    set(URL_VARIABLE, URL_TEXT, needsUrl, isText(URL_TEXT)),
    set(authority, attribute('http.host'), isMissing(HOST), isText(attribute('http.host'))),
    set(
      authority,
      extract(URL_VARIABLE, AUTHORITY, 'authority'),
      needsUrl,
      isThere(URL_VARIABLE),
      or(isThere(HOST), isMissing(attribute('http.host'))),
      matches(URL_VARIABLE, AUTHORITY),
    ),
    set(HOST, extract(authority, HOST_OF_AUTHORITY, 'host'), isThere(authority), matches(authority, HOST_OF_AUTHORITY)),
  ]
}

/** Needed only for hosts of the user. Old conventions carry the port in `http.host` or in the URL alone. */
function findPortAndPath(hosts: readonly string[]): string[] {
  const isSet = `${PARTICULAR} == true`
  const noPort = isMissing(PORT)
  const url = variable('whole_url')
  const inHost = ':(?P<port>[0-9]+)$'
  const inUrl = '^[^/]*://[^/?#\\\\]*:(?P<port>[0-9]+)(?:[/?#\\\\]|$)'
  const httpHost = attribute('http.host')
  return [
    set(PARTICULAR, 'true', isThere(HOST), or(...hosts.map(isHost))),
    set(url, URL_TEXT, isSet, isText(URL_TEXT)),
    ...['server.port', 'net.peer.port'].map((name) =>
      set(PORT, `String(${attribute(name)})`, isSet, noPort, isThere(attribute(name))),
    ),
    set(PORT, extract(httpHost, inHost, 'port'), isSet, noPort, isText(httpHost), matches(httpHost, inHost)),
    set(PORT, extract(url, inUrl, 'port'), isSet, noPort, isThere(url), matches(url, inUrl)),
    set(PORT, '"80"', isSet, noPort, isThere(url), matches(url, '^http:')),
    set(PORT, '"443"', isSet, noPort),
    set(PATH, extract(url, PATH_PATTERN, 'path'), isSet, isThere(url), matches(url, PATH_PATTERN)),
  ]
}
function particularRule({ host, port, prefix, environment }: HostEntry): string[] {
  const fits = [
    `${PARTICULAR} == true`,
    isMissing(PATH_START),
    isHost(host),
    ...(port === undefined ? [] : [`${PORT} == "${port}"`]),
    ...(prefix === '' ? [] : [isThere(PATH), matches(PATH, `^${literal(prefix)}(?:/|$)`)]),
  ]
  // In this order: the second one is what says that the span is ours.
  return [set(ENVIRONMENT, text(environment), ...fits), set(PATH_START, `${prefix.length}`, ...fits)]
}

function plainRules(entries: readonly HostEntry[]): string[] {
  const environments = [...new Set(entries.map(({ environment }) => environment))]
  const found = variable('environment')
  const isNew = isMissing(PATH_START)
  return [
    ...environments.map((environment) => {
      const hosts = anyOf(entries.filter((entry) => entry.environment === environment))
      return set(found, text(environment), isNew, isThere(HOST), isMissing(found), matches(HOST, `^(?:${hosts})$`))
    }),
    set(ENVIRONMENT, found, isThere(found)),
    set(PATH_START, '0', isThere(found)),
  ]
}
