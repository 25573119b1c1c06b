import type { IncomingHttpHeaders } from 'node:http'

/** Why a request is refused. */
export interface Refusal {
  status: number
  message: string
}

/** On every answer: nothing from elsewhere, nothing for others, nothing inline. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

/** Names of this machine that no DNS record can take over. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'] as const

const ownHosts = (port: number): string[] =>
  LOOPBACK.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))

/**
 * Refuses what does not come from a page of ours: another Host is a page elsewhere whose name was made to point here
 * (DNS rebinding); another Origin is a page elsewhere that tries to push our buttons.
 */
export const refusal = (method: string, headers: IncomingHttpHeaders, port: number): Refusal | undefined => {
  const hosts = ownHosts(port)
  if (!hosts.includes((headers.host ?? '').toLowerCase())) {
    return { status: 421, message: `This server answers to ${hosts.join(', ')} only.` }
  }
  if (method === 'GET' || method === 'HEAD') return undefined
  if (method !== 'POST') return { status: 405, message: 'GET and POST only.' }
  const site = headers['sec-fetch-site']
  const foreign =
    (site !== undefined && site !== 'same-origin') ||
    (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`))
  if (foreign) return { status: 403, message: 'Control calls are taken from this page only.' }
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    return { status: 415, message: 'Control calls are JSON.' }
  }
  return undefined
}
