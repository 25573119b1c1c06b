import type { FateShare, FaultShare } from '../scenarios.ts'
import type { HookOptions } from './hooks.ts'
import { DEFAULT_QUOTA, type QuotaWindow } from './quota.ts'

/** Which answers take part in something that is established for good answers only. */
interface Reach {
  /** 429s. */
  refused: boolean
  /** Other errors of the API. */
  errors: boolean
  /** Token calls. */
  tokens: boolean
}

/** How the mock behaves. Every option has a default. */
export interface MockOptions {
  /** Port of the API. Default: a free one. */
  port?: number
  /** Address to listen on. Default `127.0.0.1`; a container needs `0.0.0.0`. */
  host?: string
  /** Port of the HTTP control server; 0 takes a free one. Default: no control server. */
  controlPort?: number
  /** API key by client id. Default: one client, `demo-platform`. */
  clients?: Record<string, string>
  /** Whether API calls need a token. Default true. */
  requireToken?: boolean
  /** Life of a token. Default 1,200, as in the real sandbox. */
  tokenSeconds?: number
  /** Quota windows of every client. Default: Mangopay's documented four. */
  quota?: readonly QuotaWindow[]
  /** Which answers carry the quota headers. Not established for the real API. Default: 429s and errors, not tokens. */
  quotaHeadersOn?: Partial<Reach>
  /** Which calls use quota. Not established for the real API. Default: errors, neither 429s nor tokens. */
  quotaUsedBy?: Partial<Reach>
  /** Last word on an answer's headers, for odd ones: joined values, missing lines, nonsense. */
  alterHeaders?: (headers: Record<string, string | string[]>) => Record<string, string | string[]>
  /** Epoch milliseconds. Default `Date.now`. */
  clock?: () => number
  /** How far the server's clock is ahead of {@link MockOptions.clock}. Default 0. */
  skewMilliseconds?: number
  /** What goes wrong from the start. Default nothing. */
  faults?: readonly FaultShare[]
  /** What becomes of payments from the start. Default as usual: nothing fails. */
  fates?: readonly FateShare[]
  /** Where to send notifications. Default nowhere. */
  hooks?: HookOptions
  /** Seed of faults and ids. Default 1. */
  seed?: number
  /** Time every good answer takes. Default 0. */
  latency?: (random: () => number) => number
  /** How many requests the log keeps; its totals always stay exact. Default 100,000. */
  keepLog?: number
  /** Largest request body in bytes; beyond it 413. Default 14 MB: a file of 10 MB in base64. */
  maximumBody?: number
}

/** The client of the examples. */
export const DEMO_CLIENT = { clientId: 'demo-platform', apiKey: 'demo-0c2b6a9e4f7d4c1f' } as const

/** Options with their defaults filled in. */
export const withDefaults = (options: MockOptions) => ({
  port: options.port ?? 0,
  host: options.host ?? '127.0.0.1',
  clients: options.clients ?? { [DEMO_CLIENT.clientId]: DEMO_CLIENT.apiKey },
  requireToken: options.requireToken ?? true,
  tokenSeconds: options.tokenSeconds ?? 1_200,
  quota: options.quota ?? DEFAULT_QUOTA,
  quotaHeadersOn: { refused: true, errors: true, tokens: false, ...options.quotaHeadersOn },
  quotaUsedBy: { refused: false, errors: true, tokens: false, ...options.quotaUsedBy },
  alterHeaders: options.alterHeaders ?? ((headers) => headers),
  clock: options.clock ?? Date.now,
  skewMilliseconds: options.skewMilliseconds ?? 0,
  faults: options.faults ?? [],
  fates: options.fates ?? [],
  hooks: options.hooks,
  seed: options.seed ?? 1,
  latency: options.latency ?? (() => 0),
  keepLog: options.keepLog ?? 100_000,
  maximumBody: options.maximumBody ?? 14 * 1_048_576,
})

/** Options with their defaults filled in. */
export type Settings = ReturnType<typeof withDefaults>
