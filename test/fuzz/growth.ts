/** How the time for one span grows with the length of its URL: it must be in proportion, whatever the URL. */
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { endless } from './urls.ts'

/** One shape of URL. */
export interface Growth {
  shape: string
  /** Microseconds of CPU for a span with a URL of 10,000 characters, and of 1,000,000. */
  short: number
  long: number
}

/** Measures every shape. */
export function growth(): Growth[] {
  return Object.entries(endless).map(([shape, make]) => ({
    shape,
    short: time(make(10_000), 2_000),
    long: time(make(1_000_000), 50),
  }))
}

function time(url: string, spans: number): number {
  const processor = new MangopaySpanProcessor()
  const once = () => {
    for (const host of [{ 'server.address': 'api.mangopay.com' }, {}]) {
      const span = {
        kind: 2,
        name: 'GET',
        attributes: { 'http.request.method': 'GET', ...host, 'url.full': url },
        status: { code: 0 },
        events: [],
        spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
        setAttribute: () => span,
        setAttributes: () => span,
        updateName: () => span,
      }
      processor.onStart(span as never, ROOT_CONTEXT)
      processor.onEnding(span as never)
      processor.onEnd(span as never)
    }
  }
  for (let warm = 0; warm < spans; warm += 1) once()
  const before = process.cpuUsage()
  for (let made = 0; made < spans; made += 1) once()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / spans / 2
}
