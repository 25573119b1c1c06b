/** What the chain tests and {@link ./app.ts} say to each other: JSON, one object a line. */

/** How the service runs; its only argument. */
export interface AppConfig {
  /** `service.name`, which Prometheus shows as `job`. */
  service: string
  /** `service.instance.id`, which Prometheus shows as `instance`. */
  instance: string
  /** As the library's option: `host:port` → environment. */
  hosts: Record<string, string>
  /** Base URL of the collector; without it nothing is pushed. */
  otlp?: string
  exportMilliseconds: number
  /** Where to offer metrics for scraping; without it nowhere. */
  pullPort?: number
}

/** What the service is told. */
export type AppCommand =
  | {
      do: 'calls'
      id: string
      client: 'fetch' | 'axios'
      method: 'GET' | 'POST' | 'PUT'
      url: string
      perSecond: number
      seconds: number
      timeoutMilliseconds?: number
    }
  | { do: 'shutdown' }

/** What the service tells. */
export type AppEvent =
  | { event: 'ready' }
  /** All calls of a command have ended. */
  | { event: 'done'; id: string }
  /** An export begins: so many calls were counted in it, at this time (epoch milliseconds). */
  | { event: 'exporting'; calls: number; collected: number }
  /** That export was acknowledged. */
  | { event: 'exported'; calls: number; collected: number }
