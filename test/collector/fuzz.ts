/** Random spans for both judges: every operation on odd paths, hosts that look alike, errors of every name. */
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { AGENTS } from '../../collector/agents.ts'
import { IP } from '../../collector/hosts.ts'
import * as failure from '../../src/outcome/failure.ts'
import { allOperations } from '../../src/request/route.ts'
import { attributes as hostileAttributes, lateAttributes } from '../fuzz/attributes.ts'
import { hosts, lookAlikes, ours } from '../fuzz/look-alikes.ts'
import type { Random } from '../fuzz/random.ts'
import { ROUTE_CASES } from '../support/route-cases.ts'
import type { PlainSpan } from './spans.ts'

/** Hosts besides Mangopay's own. */
export const FUZZED_HOSTS: Record<string, string> = {
  ...hosts,
  'gateway.example': 'plain',
  'gateway.example/a/b': 'deep',
}

const operations = allOperations()
const named = new Set(AGENTS.flatMap(({ names }) => Object.values(names).flat()))
const NAMES = [
  ...failure.TIMEOUT_NAMES,
  ...failure.CANCEL_NAMES,
  ...failure.INVALID_NAMES,
  ...failure.BROKEN_NAMES,
  ...failure.TRANSPORT_NAME_STARTS.map((start) => `${start}X`),
  ...['ERR_INVALID_CHAR', 'ENOENT', 'EACCES', 'UND_ERR_TIMEOUT', 'E2', 'Enoent'],
  ...failure.NEVER_SENT_NAMES,
  ...failure.CONNECT_OR_LATER_NAMES,
  ...failure.NEVER_SENT_NAME_STARTS.map((start) => `${start}AGAIN`),
  ...[
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_SOCKET',
    'ECONNRESET',
    'EPIPE',
    'Error',
    'TypeError',
    'AggregateError',
    '500',
    '',
    'ETIMEDOUTS',
    'xABORT_ERR',
  ],
  // What another language's client calls by the same name.
].filter((name) => !named.has(name))
const MESSAGES = [
  ...failure.TRANSPORT_MESSAGES,
  ...[
    'ENOENT: no such file or directory, open x',
    'connect ENOENT /x',
    'read ECONNRESET',
    'write ECONNABORTED',
    'read EPIPE x',
  ],
  ...['maxContentLength size of 10 exceeded', 'Request body larger than maxBodyLength limit', 'first\nsocket hang up'],
  ...failure.NEVER_SENT_STARTS.map((start) => `${start.toUpperCase()}onnrefused 10.0.0.1:443`),
  ...failure.NEVER_SENT_PARTS.map((part) => `TLS said: ${part}`),
  ...['This operation was aborted', 'this operation was aborted!', 'socket hang up', 'timeout of 30000ms exceeded'],
  ...[
    'write EPROTO 1:error: wrong version number',
    'read EPROTO wrong version number',
    'Timed Out',
    'the app: connect econn',
  ],
  ...['', `${'x'.repeat(499)}timeout`, `${'x'.repeat(480)}timeout`, 'payin refused'],
]

function path(random: Random): [method: string, path: string] {
  if (random.chance(0.2)) {
    const [method, given] = random.pick(ROUTE_CASES)
    return [method, given]
  }
  const { method = 'GET', template = '/v2.01/clients' } = random.pick(operations)
  const id = () =>
    random.pick([
      '123',
      'user_m_01HQ',
      'natural',
      'users',
      'X',
      'Z',
      '{}',
      '{userId}',
      '%2F',
      'K',
      'ſ',
      'É',
      'a b',
      '123:4',
    ])
  const filled = template.replace(/\{\w+\}/g, id)
  const odd = random.below(14)
  const changed = [
    filled,
    filled,
    filled.toUpperCase(),
    filled.toLowerCase(),
    `${filled}/`,
    `${filled}//`,
    `/${filled}`,
    filled.replace(/\/[^/]*$/, ''),
    `${filled}/more`,
    filled.replace('v2.01', random.pick(['v2', 'V3.0', 'v', '2.01', 'v2x', '$%7BapiVersion%7D', '%24v', 'x'])),
    filled.replace(/\/(?=[^/]*$)/, '//'),
    filled.replace('k', 'K').replace('s', 'ſ'),
    `${filled}?a=/v2.01/x/users/1#f`,
    `${filled}#/v2.01/x`,
  ][odd] as string
  return [random.chance(0.85) ? method : random.pick(['GET', 'post', 'Put', 'PATCH', 'HEAD', 'CONNECT', '']), changed]
}

function request(random: Random): Attributes {
  const [method, target] = path(random)
  const host = random.pick<() => string>([
    () => random.pick(ours)[0],
    () => random.pick(ours)[0],
    () => random.pick(lookAlikes)[0],
    () => random.pick(['gateway.internal', 'proxy.example', '[::1]', '::1', 'gateway.example', 'GATEWAY.EXAMPLE.']),
  ])()
  const prefix = random.pick(['', '', '', '/mangopay', '/mangopayx', '/a/b', '/a'])
  const port = random.pick(['', '', ':443', ':8443', ':4010', ':'])
  const url = `${random.pick(['https', 'http', 'HTTPS'])}://${random.pick(['', '', 'user:pass@'])}${host}${port}${prefix}${target}`
  const number = Number(port.slice(1))
  if (random.chance(0.5)) {
    return {
      'http.request.method': method,
      ...(random.chance(0.8) && { 'server.address': host.replace(/^\[(.*)\]$/, '$1') }),
      ...(random.chance(0.7) && number > 0 && { 'server.port': number }),
      ...(random.chance(0.9) ? { 'url.full': url } : { 'url.path': `${prefix}${target}` }),
    }
  }
  return {
    'http.method': method,
    ...(random.chance(0.6) && { 'net.peer.name': host }),
    ...(random.chance(0.3) && number > 0 && { 'net.peer.port': number }),
    ...(random.chance(0.6) && { 'http.host': host + port }),
    ...(random.chance(0.8) ? { 'http.url': url } : { 'http.target': `${prefix}${target}` }),
  }
}

const STATUSES = [
  200, 201, 204, 299, 300, 302, 304, 100, 101, 199, 400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 418,
]
const MORE_STATUSES = [422, 425, 429, 451, 499, 500, 502, 503, 504, 520, 525, 599, 0, 99, 600, 999, -1]

function ending(random: Random): Pick<PlainSpan, 'status' | 'events'> & { attributes: Attributes } {
  const status = random.pick<AttributeValue | undefined>([
    ...STATUSES,
    ...MORE_STATUSES,
    undefined,
    undefined,
    undefined,
    undefined,
    '200',
    '404',
    '',
    'ok',
    true,
    200.5,
  ])
  const name = () => random.pick(NAMES)
  const exception = () => ({
    name: random.pick(['exception', 'exception', 'other']),
    attributes: {
      'exception.type': name(),
      'exception.message': random.pick(MESSAGES),
      ...(random.chance(0.3) && {
        'exception.stacktrace': `${random.pick(['AggregateError', 'TypeError', 'Aggregate'])} [ETIMEDOUT]: \n at x`,
      }),
    },
  })
  return {
    attributes: {
      ...(status !== undefined && { [random.pick(['http.response.status_code', 'http.status_code'])]: status }),
      ...(random.chance(0.4) && { 'error.type': name() }),
      ...(random.chance(0.2) && { 'http.error_name': name(), 'http.error_message': random.pick(MESSAGES) }),
    },
    status: { code: random.pick([0, 0, 1, 2, 2]), ...(random.chance(0.4) && { message: random.pick(MESSAGES) }) },
    events: Array.from({ length: random.pick([0, 0, 1, 2]) }, exception),
  }
}

/** What OTLP can carry: no `NaN`, no objects, no lists of anything but texts. */
function carried(attributes: Attributes): Attributes {
  const can = (value: unknown) =>
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 2 ** 53) ||
    (Array.isArray(value) && value.every((it) => typeof it === 'string'))
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => can(value)))
}

/** A span like those of a Node app, however odd. */
export function fuzzedSpan(random: Random): PlainSpan {
  const { attributes, ...end } = ending(random)
  const given = random.chance(0.25)
    ? { ...hostileAttributes(random), ...lateAttributes(random) }
    : { ...request(random), ...attributes }
  return {
    ...end,
    attributes: {
      ...carried(given),
      ...(random.chance(0.03) && { 'next.fetch.cache_status': random.pick(['hit', 'miss']) }),
      ...(random.chance(0.03) && { 'next.span_type': random.pick(['AppRender.fetch', 'other']) }),
    },
    scope: random.pick(['@opentelemetry/instrumentation-http', '@opentelemetry/instrumentation-undici', '']),
    ...(random.chance(0.03) && { kind: random.pick([0, 1, 3, 4]) }),
  }
}

/** The one difference: an IP address is taken for that of the peer, which PHP writes there, when a URL is there too. */
export const isOfPeer = ({ attributes }: PlainSpan) =>
  new RegExp(IP).test(`${attributes['server.address'] ?? attributes['net.peer.name']}`) &&
  attributes['url.full'] !== undefined
