/** Rate-limit headers as the server writes them at a time. */
import type { ResponseHeaders } from '../../src/quota/headers.ts'

/** A time on the full minute. */
export const START = Date.UTC(2026, 10, 23, 12, 0, 0)

const SECONDS = { '15m': 900, '30m': 1800, '1h': 3600, '24h': 86_340 } as const
type Window = keyof typeof SECONDS

/** Headers as the server writes them at its time. */
export function headersAt(
  server: number,
  quota: Partial<Record<Window, [used: number, limit: number]>>,
  date = true,
): ResponseHeaders {
  const windows = Object.entries(quota) as [Window, [number, number]][]
  return {
    used: windows.map(([, [used]]) => used).join(', '),
    remaining: windows.map(([, [used, limit]]) => limit - used).join(', '),
    reset: windows.map(([window]) => Math.floor(server / 60_000) * 60 + SECONDS[window]).join(', '),
    date: date ? new Date(server).toUTCString() : undefined,
    challenge: undefined,
  }
}
