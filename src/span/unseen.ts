import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Hosts } from '../request/hosts.ts'
import { scopeOf } from './evidence.ts'
import type { SpanView } from './otel.ts'

/** Who makes requests: `node:http` with all that is built on it, or undici with `fetch`. */
type Family = 'http' | 'undici'

/** Long enough for an SDK that starts a little late. */
const WAIT_MILLISECONDS = 5000

const CHANNELS: Readonly<Record<Family, string>> = {
  http: 'http.client.request.start',
  undici: 'undici:request:create',
}

/** What is read of `node:http`'s request and of undici's. */
interface HttpRequest {
  readonly protocol?: string
  readonly path?: string
  getHeader?(name: string): unknown
}
interface UndiciRequest {
  readonly origin?: unknown
  readonly path?: string
}

/** Notices calls that are made and that no span tells of. */
export class Unseen {
  readonly #hosts: Hosts
  readonly #tell: (line: string) => void
  readonly #made = { http: 0, undici: 0 }
  readonly #seen = { http: 0, undici: 0 }
  readonly #listeners = new Map<Family, (message: unknown) => void>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param tell - is told in one line for each of the two */
  constructor(hosts: Hosts, tell: (line: string) => void) {
    this.#hosts = hosts
    this.#tell = tell
    for (const family of ['http', 'undici'] as const) {
      const listener = (message: unknown) => this.#published(family, (message as { request: object }).request)
      this.#listeners.set(family, listener)
      subscribe(CHANNELS[family], listener)
    }
  }

  /**
   * The span of a call has started.
   *
   * @param isAll - whether there is a span of every call, so that nobody needs to look any longer
   */
  started(span: SpanView, isAll: boolean): void {
    if (this.#listeners.size === 0) return
    const scope = scopeOf(span)
    // Others, as those of frameworks, may tell of either.
    const families: Family[] = scope.includes('undici')
      ? ['undici']
      : scope.includes('-http')
        ? ['http']
        : ['http', 'undici']
    for (const family of families) {
      this.#seen[family]++
      if (isAll) this.#stop(family)
    }
  }

  /** Looks no longer. */
  stop(): void {
    clearTimeout(this.#timer)
    for (const family of this.#listeners.keys()) this.#stop(family)
  }

  #stop(family: Family): void {
    const listener = this.#listeners.get(family)
    if (listener !== undefined) unsubscribe(CHANNELS[family], listener)
    this.#listeners.delete(family)
  }

  #published(family: Family, request: object): void {
    try {
      if (!this.#isOurs(family, request)) return
      this.#made[family]++
      if (this.#timer !== undefined) return
      this.#timer = setTimeout(() => this.#look(), WAIT_MILLISECONDS)
      this.#timer.unref?.()
    } catch {
      // What cannot be read is not ours.
    }
  }

  #isOurs(family: Family, request: object): boolean {
    if (family === 'http') {
      const { protocol, path, getHeader } = request as HttpRequest
      const host = getHeader?.call(request, 'host')
      return typeof host === 'string' && this.#hosts.findRequest(host, protocol === 'http:', path ?? '') !== undefined
    }
    const { origin, path } = request as UndiciRequest
    const [scheme, host] = String(origin).split('://')
    return host !== undefined && this.#hosts.findRequest(host, scheme === 'http', path ?? '') !== undefined
  }

  #look(): void {
    this.#timer = undefined
    for (const family of [...this.#listeners.keys()]) {
      const [made, seen] = [this.#made[family], this.#seen[family]]
      if (made <= seen) continue
      this.#stop(family)
      const by = family === 'http' ? 'node:http (axios and the official SDK use it)' : 'fetch or undici'
      const other = this.#seen[family === 'http' ? 'undici' : 'http'] > 0
      const some = `of ${made} calls to Mangopay by ${by} spans have told of ${seen}: the others are not counted. `
      this.#tell(some + (seen > 0 ? SOME : family === 'http' && other ? LATE : NONE))
    }
  }
}

const SOME = 'Give the SDK mangopay.sampler(…) as its outermost sampler'
const LATE =
  'Was http loaded before its instrumentation, or bundled? Load the telemetry first, by --import, and leave bundled packages external'
const NONE =
  'Start an SDK with this processor and with the http and undici instrumentations before anything else is loaded'
