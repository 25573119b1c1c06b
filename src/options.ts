import type { MeterProvider } from '@opentelemetry/api'
import { MANGOPAY_ACCOUNT_VALUE_OTHER } from './names.ts'
import type { QuotaLowEvent, QuotaOptions } from './quota/low.ts'
import type { SpikeEvent, SpikeOptions } from './rates/spikes.ts'
import { ERROR_KINDS, type ErrorKind } from './rates/window.ts'
import { Hosts } from './request/hosts.ts'
import { HOOK_PATH, type HookPaths, isHookPath } from './webhooks/path.ts'
import { nearest, show, wrongOption } from './wrong-option.ts'

/** What calls are counted from. */
export type CountFrom = 'spans' | 'requests'

/** Options of `MangopaySpanProcessor`; every one may be left out. */
export interface MangopaySpanProcessorOptions {
  /**
   * Hosts besides Mangopay's own four, such as a gateway, an egress proxy or a mock: `host`, `host:port` or
   * `host/prefix` (also `host:port/prefix`) → name of the environment. Without a port every port matches; a path
   * prefix is cut before the route is looked up, and other paths of that host are foreign. At most 20 different names,
   * `production` and `sandbox` included.
   *
   * @example `hosts: { 'mangopay-proxy.internal:8443': 'production' }`
   */
  hosts?: Readonly<Record<string, string>>

  /**
   * What calls are counted from. `'spans'`: from the spans that reach this processor. `'requests'`: from the process's
   * own requests, as Node publishes them, whatever becomes of their spans; the processor then only tags. Exact in every
   * set-up, but it does not see requests that are mocked below `node:http` and undici, nor those by `node:http2` before
   * Node 22.17. See docs/requests.md.
   *
   * @defaultValue 'spans'
   */
  countFrom?: CountFrom

  /**
   * Whether a span whose route is known is renamed from `GET` to `GET /v2.01/{clientId}/users/{userId}`, as the HTTP
   * conventions ask.
   *
   * @defaultValue true
   */
  renameSpans?: boolean

  /**
   * Where the metrics go.
   *
   * @defaultValue the global one, looked up at each call, so that it may be set later than this processor
   */
  meterProvider?: MeterProvider

  /**
   * Epoch milliseconds that never go back. For tests.
   *
   * @defaultValue performance.timeOrigin + performance.now()
   */
  clock?: () => number

  /**
   * Mangopay client id → alias, for platforms with several client ids: every metric and event says of which one it is,
   * by the alias as label `mangopay.account`, and `snapshot()` has the same apart. Other client ids, and calls that name
   * none, are `_OTHER`. The client id itself is never recorded. At most 100, each with an alias of its own.
   *
   * @defaultValue one account for each environment
   */
  accounts?: Readonly<Record<string, string>>

  /**
   * Whether the bodies of answers are looked at, for what became of payments: Mangopay answers a refused one with 200 and
   * `Status: "FAILED"`. Only of the operations that answer with one object with a status, up to 64 kB, and nothing
   * but `Status` and `ResultCode` leaves the process. Needs the `responseHook`. See docs/payment-results.md.
   *
   * @defaultValue false
   */
  results?: boolean

  /**
   * Path or paths, as this app's server sees them, that Mangopay sends its notifications to, such as `/hooks/mangopay`.
   * Needs SERVER spans: the http instrumentation makes them. A notification does not tell whether it is of the sandbox:
   * name the environment of each path, as `{ '/hooks/mangopay': 'production' }`, and the counts carry it.
   *
   * @defaultValue none: notifications are not counted
   */
  webhooks?: string | readonly string[] | Readonly<Record<string, string | undefined>>

  /** When failures count as a spike, and the length of the sliding window that rates are taken over. */
  spike?: Partial<SpikeOptions>

  /** Called when failures become frequent and again when that is over; started and ended always come in pairs. */
  onSpike?: (event: SpikeEvent) => void

  /** When a quota counts as low. */
  quota?: Partial<QuotaOptions>

  /** Called when a quota window is nearly spent and again when that is over; started and ended always come in pairs. */
  onQuotaLow?: (event: QuotaLowEvent) => void
}

/** The options with their defaults. */
export interface ResolvedOptions {
  readonly hosts: Readonly<Record<string, string>>
  readonly countFrom: CountFrom
  readonly renameSpans: boolean
  readonly meterProvider: MeterProvider | undefined
  readonly clock: () => number
  readonly accounts: Readonly<Record<string, string>>
  readonly results: boolean
  readonly webhooks: HookPaths
  readonly spike: SpikeOptions
  readonly onSpike: ((event: SpikeEvent) => void) | undefined
  readonly quota: QuotaOptions
  readonly onQuotaLow: ((event: QuotaLowEvent) => void) | undefined
}

/** Those of the span processor. */
const OPTIONS = [
  'hosts',
  'countFrom',
  'renameSpans',
  'meterProvider',
  'clock',
  'accounts',
  'results',
  'webhooks',
  'spike',
  'onSpike',
  'quota',
  'onQuotaLow',
] as const

/**
 * Checks the options and fills in the defaults.
 *
 * @param without - options that whoever asks does not have
 * @throws TypeError or RangeError naming the option and its value
 */
export function resolveOptions(
  options: MangopaySpanProcessorOptions = {},
  without: readonly (typeof OPTIONS)[number][] = [],
): ResolvedOptions {
  const given = record(
    '',
    options,
    OPTIONS.filter((option) => !without.includes(option)),
  )
  const spike = record('spike', options.spike, [
    'windowSeconds',
    'minimumCount',
    'ratio',
    'clearRatio',
    'minimumSeconds',
    'kinds',
  ])
  const quota = record('quota', options.quota, ['lowShare', 'emptyWithinSeconds'])
  const inSpike = numbersOf('spike', spike)
  const inQuota = numbersOf('quota', quota)
  const ratio = inSpike('ratio', 0.05, Number.MIN_VALUE, 1)
  return {
    hosts: (record('hosts', options.hosts) as Record<string, string>) ?? {},
    countFrom: countFrom(given['countFrom']),
    renameSpans: ofType('renameSpans', given['renameSpans'], 'boolean') ?? true,
    meterProvider: withMethod('meterProvider', given['meterProvider'], 'getMeter'),
    clock: ofType('clock', given['clock'], 'function') ?? monotonicEpoch,
    accounts: aliases(record('accounts', options.accounts)),
    results: ofType('results', given['results'], 'boolean') ?? false,
    webhooks: paths(given['webhooks'], options.hosts ?? {}),
    spike: {
      windowSeconds: inSpike('windowSeconds', 300, 10, 3600),
      minimumCount: inSpike('minimumCount', 5, 1),
      ratio,
      clearRatio: inSpike('clearRatio', ratio / 2, Number.MIN_VALUE, ratio),
      minimumSeconds: inSpike('minimumSeconds', 60, 0),
      kinds: kinds(spike['kinds']),
    },
    onSpike: ofType('onSpike', given['onSpike'], 'function'),
    quota: {
      lowShare: inQuota('lowShare', 0.1, 0, 1),
      emptyWithinSeconds: inQuota('emptyWithinSeconds', 600, 0),
    },
    onQuotaLow: ofType('onQuotaLow', given['onQuotaLow'], 'function'),
  }
}

/** Read once: the getters, of the global as well, cost as much as the clock. */
const { performance: timer } = globalThis
const { timeOrigin } = timer

const monotonicEpoch = () => timeOrigin + timer.now()

function record(option: string, value: unknown, keys?: readonly string[]): Record<string, unknown> {
  if (value === undefined) return {}
  // A Map and a Promise look like objects without entries, and would be taken for empty ones.
  if (typeof value !== 'object' || value === null || Symbol.iterator in value || value instanceof Promise) {
    throw option === ''
      ? new TypeError(`opentelemetry-mangopay: options must be an object, not ${show(value)}`)
      : wrongOption(option, value, 'an object')
  }
  const unknown = keys === undefined ? undefined : Object.keys(value).find((key) => !keys.includes(key))
  if (unknown !== undefined) {
    const within = option === '' ? '' : `${option}.`
    const meant = nearest(unknown, keys ?? [])
    const instead = meant === undefined ? `there are ${keys?.join(', ')}` : `did you mean ${within}${meant}?`
    const its = show((value as Record<string, unknown>)[unknown])
    throw new TypeError(`opentelemetry-mangopay: there is no option ${within}${unknown}; ${instead} Its value: ${its}`)
  }
  return value as Record<string, unknown>
}

interface Types {
  boolean: boolean
  // biome-ignore lint/suspicious/noExplicitAny: the one place where a function of unknown signature is taken as declared
  function: (...args: any[]) => any
}

function ofType<T extends keyof Types>(option: string, value: unknown, type: T): Types[T] | undefined {
  if (value === undefined) return undefined
  if (typeof value !== type) throw wrongOption(option, value, type === 'boolean' ? 'true or false' : 'a function')
  return value as Types[T]
}

function withMethod(option: string, value: unknown, method: string): MeterProvider | undefined {
  if (value === undefined) return undefined
  if (typeof (value as Record<string, unknown> | null)?.[method] !== 'function') {
    throw wrongOption(option, value, `an object with a method ${method}`)
  }
  return value as MeterProvider
}

/** Reads the numbers of a group of options: each has a default, the least it may be, and the most. */
function numbersOf(group: string, given: Record<string, unknown>) {
  return (key: string, standard: number, least: number, most = Number.MAX_VALUE): number => {
    const { [key]: value = standard } = given
    if (typeof value === 'number' && value >= least && value <= most) return value
    const low = least === Number.MIN_VALUE ? 'above 0' : `of at least ${least}`
    const high = most === Number.MAX_VALUE ? '' : ` and at most ${most}`
    throw new RangeError(
      `opentelemetry-mangopay: option ${group}.${key} must be a number ${low}${high}, not ${show(value)}`,
    )
  }
}

function countFrom(value: unknown): CountFrom {
  if (value === undefined || value === 'spans') return 'spans'
  if (value === 'requests') return value
  throw wrongOption('countFrom', value, '"spans" or "requests"')
}

function kinds(value: unknown): readonly ErrorKind[] {
  if (value === undefined) return ERROR_KINDS
  if (Array.isArray(value) && value.every((kind) => ERROR_KINDS.includes(kind))) return [...new Set(value)]
  throw wrongOption('spike.kinds', value, `a list of ${ERROR_KINDS.map(show).join(', ')}`)
}

/** Most accounts: each is watched by itself. */
export const MOST_ACCOUNTS = 100

function aliases(accounts: Record<string, unknown>): Readonly<Record<string, string>> {
  const seen = new Set<string>()
  for (const [clientId, alias] of Object.entries(accounts)) {
    const option = `accounts["${clientId}"]`
    if (typeof alias !== 'string' || alias.trim() === '') throw wrongOption(option, alias, 'a name')
    if (alias === MANGOPAY_ACCOUNT_VALUE_OTHER) {
      throw wrongOption(option, alias, 'another name: that one stands for the client ids that are not listed')
    }
    if (seen.has(alias)) throw wrongOption(option, alias, 'a name of its own: two accounts would be shown as one')
    seen.add(alias)
  }
  if (seen.size > MOST_ACCOUNTS) {
    throw new RangeError(
      `opentelemetry-mangopay: option accounts must be of at most ${MOST_ACCOUNTS} client ids, not ${seen.size}`,
    )
  }
  return accounts as Record<string, string>
}

function paths(value: unknown, hosts: Readonly<Record<string, string>>): HookPaths {
  if (value === undefined) return new Map()
  const isNamed = typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries: [path: unknown, environment: unknown][] = isNamed
    ? Object.entries(value)
    : (Array.isArray(value) ? value : [value]).map((path) => [path, undefined])
  const environments = isNamed ? [...new Hosts(hosts).environments] : []
  for (const [path, environment] of entries) {
    if (!isHookPath(path)) throw wrongOption('webhooks', path, HOOK_PATH)
    if (environment !== undefined && !environments.includes(environment as string)) {
      throw wrongOption(`webhooks["${path}"]`, environment, `one of ${environments.map(show).join(', ')}`)
    }
  }
  return new Map(entries as [string, string | undefined][])
}
