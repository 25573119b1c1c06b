/** Spans whose host is an IP address, and what host the request has asked for. */
import type { Attributes } from '@opentelemetry/api'

/** Whether the host is an IP address: no name ends in a digit or has a colon. */
export function isIp(attributes: Attributes): boolean {
  const host = attributes['server.address'] ?? attributes['net.peer.name']
  if (typeof host !== 'string' || host === '') return false
  const last = host.charCodeAt(host.length - 1)
  return (last >= 48 && last <= 57) || host.includes(':')
}

/** The Host header of the request that an answer belongs to, as either instrumentation hands it to its hook. */
export function authorityAsked(response: unknown): string | undefined {
  const { req, request } = response as {
    req?: { getHeader?(name: string): unknown }
    request?: { host?: unknown; headers?: unknown }
  }
  if (req !== undefined) return textOr(req.getHeader?.('host'))
  return textOr(request?.host) ?? hostIn(request?.headers)
}

const textOr = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** undici has them as lines of text, as names and values in turn, or in lines of two. */
function hostIn(headers: unknown): string | undefined {
  if (typeof headers === 'string') {
    const line = headers.split('\r\n').find((one) => one.slice(0, 5).toLowerCase() === 'host:')
    return textOr(line?.slice(5).trim())
  }
  if (!Array.isArray(headers)) return undefined
  const list = headers.flat()
  for (let i = 1; i < list.length; i += 2) if (String(list[i - 1]).toLowerCase() === 'host') return textOr(list[i])
  return undefined
}
