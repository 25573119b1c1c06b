import type { ClientHttp2Stream } from 'node:http2'
import { isOfUndici } from './undici.ts'
import type { RequestWatch } from './watch.ts'

interface Message {
  readonly stream: ClientHttp2Stream
  readonly headers: Readonly<Record<string, unknown>>
}

/** Codes of RST_STREAM. */
const NO_ERROR = 0
const CANCEL = 8

/** `node:http2`, and what is built on it: got, axios' `httpVersion: 2`. Node 22.17 and 24.2 are the first to tell. */
export function watchHttp2(watch: RequestWatch): void {
  watch.subscribe<Message>('http2.client.stream.created', ({ stream, headers }) => {
    const { ':method': method = 'GET', ':path': path, ':scheme': scheme } = headers
    const authority = headers[':authority'] ?? headers['host']
    if (typeof path !== 'string' || typeof authority !== 'string' || method === 'CONNECT') return
    if (isOfUndici(method, path)) return
    const rule = watch.find(authority, scheme === 'http', path)
    if (rule !== undefined) watch.begin(stream, rule, String(method), path, true)
  })
  watch.subscribe<Message>('http2.client.stream.finish', ({ stream, headers }) => {
    const call = watch.openCall(stream)
    const status = headers[':status']
    if (call !== undefined && typeof status === 'number' && status >= 200) watch.answer(call, status, headers)
  })
  watch.subscribe<{ stream: ClientHttp2Stream; error: unknown }>('http2.client.stream.error', ({ stream, error }) => {
    const call = watch.openCall(stream)
    if (call !== undefined) call.error ??= error
  })
  watch.subscribe<{ stream: ClientHttp2Stream }>('http2.client.stream.close', ({ stream }) => {
    const call = watch.openCall(stream)
    if (call === undefined) return
    const { rstCode, session } = stream
    if (call.error === undefined && rstCode === NO_ERROR && call.status !== undefined) return watch.end(call)
    const isSessionGone = session === undefined || session.destroyed || session.closed || session.connecting
    call.isOurDoing = call.error === undefined && !isSessionGone && (rstCode === CANCEL || rstCode === NO_ERROR)
    const error = call.error ?? (call.isOurDoing ? undefined : { code: 'ERR_HTTP2_STREAM_ERROR' })
    watch.fail(call, error, session?.connecting === true)
  })
}
