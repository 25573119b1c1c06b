import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Hosts } from '../request/hosts.ts'
import type { Client } from './evidence.ts'

/** After so many calls that all had spans, those to come will have them too. */
const ENOUGH = 100

/** Long enough for an SDK that starts a little late. */
const WAIT_MILLISECONDS = 5000

const CHANNELS: Readonly<Record<Client, string>> = {
  http: 'http.client.request.start',
  undici: 'undici:request:create',
}

/** What is read of `node:http`'s request and of undici's. */
interface HttpRequest {
  readonly method?: string
  readonly protocol?: string
  readonly path?: string
  getHeader?(name: string): unknown
}
interface UndiciRequest {
  readonly method?: string
  readonly origin?: unknown
  readonly path?: string
}

/** Notices calls that are made and that no span tells of. */
export class Unseen {
  readonly #hosts: Hosts
  readonly #tell: (line: string) => void
  readonly #made = { http: 0, undici: 0 }
  readonly #seen = { http: 0, undici: 0 }
  #isAll = false
  readonly #listeners = new Map<Client, (message: unknown) => void>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param tell - is told in one line for each of the two */
  constructor(hosts: Hosts, tell: (line: string) => void) {
    this.#hosts = hosts
    this.#tell = tell
    for (const client of ['http', 'undici'] as const) {
      const listener = (message: unknown) => this.#published(client, (message as { request: object }).request)
      this.#listeners.set(client, listener)
      subscribe(CHANNELS[client], listener)
    }
  }

  /**
   * The span of a call has started.
   *
   * @param client - whose it is; undefined when that cannot be told
   * @param isAll - whether no sampler drops any
   */
  started(client: Client | undefined, isAll: boolean): void {
    if (this.#listeners.size === 0) return
    this.#isAll = isAll
    if (client !== 'undici') this.#saw('http')
    if (client !== 'http') this.#saw('undici')
  }

  #saw(client: Client): void {
    const seen = ++this.#seen[client]
    if (this.#isAll && seen >= ENOUGH && this.#made[client] <= seen) this.#stop(client)
  }

  /** Looks no longer. */
  stop(): void {
    this.look()
    for (const client of this.#listeners.keys()) this.#stop(client)
  }

  #stop(client: Client): void {
    const listener = this.#listeners.get(client)
    if (listener !== undefined) unsubscribe(CHANNELS[client], listener)
    this.#listeners.delete(client)
  }

  #published(client: Client, request: object): void {
    try {
      if (!this.#isOurs(client, request)) return
      this.#made[client]++
      if (this.#timer !== undefined) return
      this.#timer = setTimeout(() => this.look(), WAIT_MILLISECONDS)
      this.#timer.unref?.()
    } catch {
      // What cannot be read is not ours.
    }
  }

  #isOurs(client: Client, request: HttpRequest | UndiciRequest): boolean {
    if (request.method === 'CONNECT') return false // asks a proxy for a tunnel, and nothing of the API
    if (client === 'http') {
      const { protocol, path, getHeader } = request as HttpRequest
      const host = getHeader?.call(request, 'host')
      return typeof host === 'string' && this.#hosts.findRequest(host, protocol === 'http:', path ?? '') !== undefined
    }
    const { origin, path } = request as UndiciRequest
    const [scheme, host] = String(origin).split('://')
    return host !== undefined && this.#hosts.findRequest(host, scheme === 'http', path ?? '') !== undefined
  }

  /** Tells of what it has noticed so far. */
  look(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const client of [...this.#listeners.keys()]) {
      const [made, seen] = [this.#made[client], this.#seen[client]]
      if (made <= seen) continue
      this.#stop(client)
      const by = client === 'http' ? 'node:http (axios and the official SDK use it)' : 'fetch or undici'
      const isLate = client === 'http' && this.#seen.undici > 0
      const remedy = seen > 0 && !this.#isAll ? SOME : seen > 0 || isLate ? LATE : NONE
      const some = `of ${made} calls to Mangopay by ${by} spans have told of ${seen}: the others are not counted. `
      this.#tell(`${some}${remedy}, or set countFrom: 'requests'`)
    }
  }
}

const SOME = 'Give the SDK mangopay.sampler(…) as its outermost sampler'
const LATE =
  'Was http loaded before its instrumentation, or bundled? Load the telemetry first, by --import, and leave bundled packages external'
const NONE =
  'Start an SDK with this processor and with the http and undici instrumentations before anything else is loaded'
