/** Answers with quota headers and without, as the two instrumentations hand them to a `responseHook`. */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

const now = Math.floor(Date.now() / 60_000) * 60
const quota: readonly [string, string][] = [
  ['X-RateLimit', '6, 15, 100, 2000'],
  ['X-RateLimit-Remaining', '2294, 4485, 8700, 103600'],
  ['X-RateLimit-Reset', [900, 1_800, 3_600, 86_340].map((window) => now + window).join(', ')],
]
const others: readonly [string, string][] = [
  ['Date', new Date(now * 1000).toUTCString()],
  ['Content-Type', 'application/json; charset=utf-8'],
  ['Content-Length', '482'],
  ['Connection', 'keep-alive'],
  ['Server', 'APISIX'],
  ['Strict-Transport-Security', 'max-age=31536000'],
]

/** What an answer carries: all its headers, four windows of quota among them, or none at all. */
export type Carried = 'quota' | 'nothing'

/** A message of `node:http`: headers joined, one message for each call. */
export function nodeAnswer(carried: Carried): () => IncomingMessage {
  const socket = new Socket()
  const carriedHeaders = carried === 'quota' ? [...others, ...quota] : []
  const raw = carriedHeaders.flat()
  const headers = Object.fromEntries(carriedHeaders.map(([name, value]) => [name.toLowerCase(), value]))
  return () => {
    const message = new IncomingMessage(socket)
    message.rawHeaders = raw
    message.headers = headers
    message.statusCode = 200
    message.complete = true
    return message
  }
}

/** What undici's diagnostics channel hands out: one pair of buffers for each line. */
export function undiciAnswer(carried: Carried): () => {
  request: object
  response: { statusCode: number; headers: Buffer[] }
} {
  const lines = [
    ...others,
    ...quota.flatMap(([name, joined]) => joined.split(', ').map((value) => [name, value] as const)),
  ]
  const headers = carried === 'quota' ? lines.flat().map((text) => Buffer.from(text)) : []
  return () => ({ request: {}, response: { statusCode: 200, headers } })
}
