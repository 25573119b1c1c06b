/** The spans that are measured: what the HTTP instrumentation makes of a call, with nothing else of the call. */
import type { Attributes, Tracer } from '@opentelemetry/api'
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api'

/** Which spans a round makes. */
export interface Traffic {
  kind: SpanKind
  host: string
  /** Called in turn. */
  urls: readonly string[]
  /** Makes each URL anew, so that no string is ever seen twice. */
  fresh?: boolean
  /** Status of the answers. */
  status?: number
}

const base = '/v2.01/acme'
const paths = (count: number): string[] =>
  Array.from({ length: count }, (_, id) => `${base}/users/user_m_${String(id).padStart(8, '0')}/wallets?page=1`)

/** Calls to Mangopay over this many different ids. */
export const mangopay = (count = 1_000): Traffic => ({
  kind: SpanKind.CLIENT,
  host: 'api.sandbox.mangopay.com',
  urls: paths(count).map((path) => `https://api.sandbox.mangopay.com${path}`),
})

/** The same calls to a host that is not Mangopay's, of a name as long as theirs. */
export const foreign = (): Traffic => ({
  kind: SpanKind.CLIENT,
  host: 'api.sandbox.payments.org',
  urls: paths(1_000).map((path) => `https://api.sandbox.payments.org${path}`),
})

/** Reads of pay-ins, whose answers tell what became of a payment. */
export const payIns = (): Traffic => ({
  ...mangopay(),
  urls: mangopay().urls.map((url) => url.replace('/users/user_m_', '/payins/payin_m_').replace('/wallets', '')),
})

/** Work inside of the app: a database, a template, a job. */
export const internal = (): Traffic => ({ ...foreign(), kind: SpanKind.INTERNAL })

/** Mangopay URLs of this many characters. */
export const longUrls = (length: number): Traffic => {
  const all = mangopay(100)
  return { ...all, urls: all.urls.map((url) => `${url}&q=`.padEnd(length, 'x')) }
}

/** This many different operations. */
export const routes = (paths: readonly string[]): Traffic => ({
  ...mangopay(1),
  urls: paths.map((path) => `https://api.sandbox.mangopay.com${path}`),
})

/** A URL that was never there before on each call. */
export const endless = (): Traffic => ({ ...mangopay(1), fresh: true })

/** What is done with a span between its start and its end, such as calling a hook. */
export type During = ((span: ReturnType<Tracer['startSpan']>) => void) | undefined

/** Makes `count` spans. */
export function makeSpans(tracer: Tracer, traffic: Traffic, count: number, from: number, during: During): void {
  const { urls, kind, host, fresh, status = 200 } = traffic
  for (let i = 0; i < count; i += 1) {
    const url = urls[i % urls.length] as string
    const attributes: Attributes = {
      'http.request.method': 'GET',
      'server.address': host,
      'server.port': 443,
      'url.full': fresh ? url + (from + i) : url,
    }
    const span = tracer.startSpan('GET', { kind, attributes }, ROOT_CONTEXT)
    span.setAttributes({
      'http.response.status_code': status,
      'network.peer.address': '10.0.0.1',
      'network.peer.port': 443,
      'network.protocol.version': '1.1',
    })
    during?.(span)
    span.end()
  }
}
