/**
 * What can happen to a call, as data: what the server does, what the client does, and what is then true, whatever the
 * span may show of it. The truth follows from the case and the telemetry contract, never from our own classifier.
 */
import type { ErrorCategory, Outcome } from './record.ts'

/** How the raw server treats a request. */
export type Reply =
  | { kind: 'answer'; status: number; reason?: string; headers?: readonly string[]; body?: string; early?: boolean }
  /** Sends this redirect to the first request and 200 to the next one. */
  | { kind: 'redirect'; status: number; location: string }
  /** Never answers. */
  | { kind: 'silent' }
  /** Takes the request, then resets or closes the connection without an answer. */
  | { kind: 'reset' }
  | { kind: 'close' }
  /** Sends the head and half of the body, then resets, closes or stays silent. */
  | { kind: 'partial'; status: number; end: 'reset' | 'close' | 'stall' }
  /** Sends what is not HTTP. */
  | { kind: 'garbage' }

/** What the client does beside asking and reading. Times are 150 ms. */
export type Act =
  | 'plain'
  /** The client's own time-out option. */
  | 'timeout'
  /** `AbortSignal.timeout()`. In the Mangopay SDKs, which use it themselves, the option `connectionTimeout`. */
  | 'signal'
  /** `AbortController.abort()` by the app. */
  | 'abort'
  /** `AbortController.abort(new Error('bye'))`. */
  | 'abort-error'
  /** Does not read the body. */
  | 'unread'
  /** Follows redirects. */
  | 'follow'
  /** Does not follow redirects. */
  | 'manual'

/** Where the request goes. `blocked` accepts no connection: the handshake never ends. */
export type Target = 'server' | 'dns' | 'refused' | 'tls-plain' | 'tls-self-signed' | 'blocked'

/** One thing that can happen. */
export interface Case {
  name: string
  reply: Reply
  act?: Act
  target?: Target
  /** Only these clients can do it; default: every client that knows the act. */
  clients?: readonly string[]
  /** The call is the SDK's own token call. */
  token?: boolean
  truth: Hop | readonly [Hop, Hop]
}

/** What is true of one request. */
export interface Hop {
  category?: ErrorCategory
  /** Outcome of a write; a read's outcome is `failure` with a category and `success` without one. */
  write: Outcome
  /** Status the client received. */
  status?: number
  /** This hop is a GET whatever the first one was. */
  get?: boolean
}

/** What Mangopay calls the errors of a status; of other statuses nothing is known. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'param_error',
  401: 'invalid_credentials',
  403: 'forbidden_ressource',
  404: 'ressource_not_found',
  409: 'idempotent_creation_conflict',
  429: 'rate_limit',
  500: 'other',
}
const mangopayError = (status: number) =>
  JSON.stringify({ Message: 'No.', Type: TYPES[status] ?? 'unheard_of', Id: 'x', Date: 1, errors: null })
const html = '<html><head><title>502 Bad Gateway</title></head><body><center>cloudflare</center></body></html>'

const answered = (status: number, write: Outcome, category?: ErrorCategory, reply?: Partial<Reply>): Case => ({
  name: `${status}`,
  reply: { kind: 'answer', status, ...(category && { body: mangopayError(status) }), ...reply } as Reply,
  truth: { status, write, ...(category && { category }) },
})
const named = (name: string, it: Case): Case => ({ ...it, name })
const page = { headers: ['content-type: text/html'], body: html }

const answers: readonly Case[] = [
  answered(200, 'success'),
  answered(201, 'success'),
  answered(204, 'success'),
  named('200 with a captive page', answered(200, 'success', undefined, page)),
  named('103 and then 200', answered(200, 'success', undefined, { early: true })),
  answered(400, 'failure', 'invalid_request'),
  answered(401, 'failure', 'authentication'),
  named(
    '401 that asks for SCA',
    answered(401, 'failure', 'sca_required', {
      headers: ['www-authenticate: PendingUserAction RedirectUrl=https://sca.example/?token=s3cret'],
    }),
  ),
  answered(403, 'failure', 'authorization'),
  named('403 page of the edge', answered(403, 'failure', 'authorization', page)),
  answered(404, 'failure', 'not_found'),
  answered(405, 'failure', 'invalid_request'),
  answered(408, 'unknown', 'timeout'),
  answered(409, 'unknown', 'idempotency_conflict'),
  named('411 page', answered(411, 'failure', 'invalid_request', page)),
  answered(413, 'failure', 'invalid_request'),
  answered(415, 'failure', 'invalid_request'),
  answered(418, 'failure', 'invalid_request'),
  answered(422, 'failure', 'invalid_request'),
  answered(429, 'failure', 'rate_limit'),
  answered(500, 'unknown', 'server_error'),
  named('502 page of the edge', answered(502, 'unknown', 'server_error', page)),
  answered(503, 'unknown', 'server_error'),
  answered(504, 'unknown', 'server_error'),
  named('520 page of the edge', answered(520, 'unknown', 'server_error', page)),
  answered(999, 'unknown', 'unexpected_response'),
]

const again = '/v2.01/acme/users/user_m_02'
const redirects: readonly Case[] = [
  {
    name: '302, followed',
    reply: { kind: 'redirect', status: 302, location: again },
    act: 'follow',
    truth: [
      { status: 302, write: 'unknown' },
      { status: 200, write: 'success', get: true },
    ],
  },
  {
    name: '307, followed',
    reply: { kind: 'redirect', status: 307, location: '' },
    act: 'follow',
    truth: [
      { status: 307, write: 'unknown' },
      { status: 200, write: 'success' },
    ],
  },
  {
    name: '302, not followed',
    reply: { kind: 'redirect', status: 302, location: again },
    act: 'manual',
    truth: { status: 302, write: 'unknown' },
  },
]

const network = { category: 'network', write: 'unknown' } as const
const neverLeft = { category: 'network', write: 'failure' } as const
const silent = { kind: 'silent' } as const

const connections: readonly Case[] = [
  { name: 'DNS', target: 'dns', reply: silent, truth: neverLeft },
  { name: 'connection refused', target: 'refused', reply: silent, truth: neverLeft },
  { name: 'TLS to a plain port', target: 'tls-plain', reply: silent, truth: neverLeft },
  { name: 'TLS certificate refused', target: 'tls-self-signed', reply: silent, truth: neverLeft },
  { name: 'reset before the answer', reply: { kind: 'reset' }, truth: network },
  { name: 'closed before the answer', reply: { kind: 'close' }, truth: network },
  { name: 'answer is not HTTP', reply: { kind: 'garbage' }, truth: network },
  {
    name: 'reset in the body',
    reply: { kind: 'partial', status: 200, end: 'reset' },
    truth: { ...network, status: 200 },
  },
  {
    name: 'closed in the body',
    reply: { kind: 'partial', status: 200, end: 'close' },
    truth: { ...network, status: 200 },
  },
  {
    name: '404 closed in the body',
    reply: { kind: 'partial', status: 404, end: 'close' },
    truth: { category: 'not_found', write: 'failure', status: 404 },
  },
]

const late = { category: 'timeout', write: 'unknown' } as const
const lateToConnect = { category: 'timeout', write: 'failure' } as const
const gaveUp = { category: 'cancelled', write: 'unknown' } as const
const stalled = { kind: 'partial', status: 200, end: 'stall' } as const

const endings: readonly Case[] = [
  { name: 'connect time-out', target: 'blocked', act: 'timeout', reply: silent, truth: lateToConnect },
  { name: 'time-out before the answer', act: 'timeout', reply: silent, truth: late },
  { name: 'time-out in the body', act: 'timeout', reply: stalled, truth: { ...late, status: 200 } },
  {
    name: 'AbortSignal.timeout while connecting',
    target: 'blocked',
    act: 'signal',
    reply: silent,
    truth: lateToConnect,
  },
  { name: 'AbortSignal.timeout before the answer', act: 'signal', reply: silent, truth: late },
  { name: 'AbortSignal.timeout in the body', act: 'signal', reply: stalled, truth: { ...late, status: 200 } },
  {
    name: 'abort while connecting',
    target: 'blocked',
    act: 'abort',
    reply: silent,
    truth: { ...gaveUp, write: 'failure' },
  },
  { name: 'abort before the answer', act: 'abort', reply: silent, truth: gaveUp },
  { name: 'abort in the body', act: 'abort', reply: stalled, truth: { ...gaveUp, status: 200 } },
  { name: 'abort with an error before the answer', act: 'abort-error', reply: silent, truth: gaveUp },
]

const unread: readonly Case[] = [
  {
    name: '200, body not read',
    act: 'unread',
    reply: { kind: 'answer', status: 200 },
    truth: { status: 200, write: 'success' },
  },
  {
    name: '429, body not read',
    act: 'unread',
    reply: { kind: 'answer', status: 429 },
    truth: { status: 429, write: 'failure', category: 'rate_limit' },
  },
]

// A token call moves no money: its outcome is never unknown.
const token = (it: Case, category?: ErrorCategory, error?: string): Case => {
  const hop = it.truth as Hop
  const write = hop.category ? 'failure' : 'success'
  return {
    ...it,
    ...(error && { reply: { ...it.reply, body: JSON.stringify({ error }) } as Reply }), // as OAuth has it
    name: `token call: ${it.name}`,
    token: true,
    clients: ['mangopay4', 'mangopay2'],
    truth: { ...hop, write, ...(category && { category }) },
  }
}
const find = (list: readonly Case[], name: string): Case => {
  const found = list.find((it) => it.name === name)
  if (!found) throw new Error(`no case ${name}`)
  return found
}

/** Every case. */
export const cases: readonly Case[] = [
  ...answers,
  ...redirects,
  ...connections,
  ...endings,
  ...unread,
  token(find(answers, '200')),
  token(find(answers, '400'), 'authentication', 'unauthorized_client'),
  token(find(answers, '401'), undefined, 'invalid_client'),
  token(find(answers, '500')),
  token(find(connections, 'reset before the answer')),
  token(find(connections, 'DNS')),
  token(find(endings, 'time-out before the answer')),
]
