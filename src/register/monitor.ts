import type { MeterProvider } from '@opentelemetry/api'
import type { MangopayClientMonitor } from '../client-monitor.ts'
import { accountsFrom } from './accounts.ts'
import { booleanFrom, type Env, sayUnknownVariables, textFrom } from './env.ts'
import { hostsFrom } from './hosts.ts'
import { flushOnSignals, flushWhenIdle } from './lifecycle.ts'
import { type MetricReaderLike, type MetricsSdk, metricReadersFrom } from './metrics.ts'
import { appFolders, findPackage } from './packages.ts'
import { detected, resourceFrom } from './resource.ts'
import { messageOf, type Say } from './say.ts'
import { flushAll } from './start.ts'

/** The library itself. */
export interface MonitorLibrary {
  readonly MangopayClientMonitor: typeof MangopayClientMonitor
}

/** The metrics SDK of the app, as far as it is used here. */
interface MeterSdk extends MetricsSdk {
  readonly MeterProvider: new (options: object) => MeterProvider
}

const SDK = '@opentelemetry/sdk-metrics'
const EXPORTER = '@opentelemetry/exporter-metrics-otlp-http'

/**
 * Counts the process's Mangopay calls without tracing, and exports them when the packages for it are there. Whatever is
 * wrong becomes a line; the app starts in any case.
 */
export function startMonitor(env: Env, loadLibrary: () => MonitorLibrary, say: Say): void {
  try {
    if (booleanFrom(env, 'OTEL_SDK_DISABLED')) return
    sayUnknownVariables(env, say)
    const { MangopayClientMonitor } = loadLibrary()
    const { provider, readers } = meterFrom(env, say)
    const monitor = new MangopayClientMonitor({
      ...(provider && { meterProvider: provider }),
      hosts: hostsFrom(env, say),
      accounts: accountsFrom(env, say),
      results: booleanFrom(env, 'MANGOPAY_TELEMETRY_RESULTS'),
    })
    if (readers.length === 0) return
    const calls = () =>
      Object.values(monitor.snapshot().environments).reduce((sum, environment) => sum + environment.calls, 0)
    const flush = () => flushAll([monitor, ...readers], (reason) => say(`metrics could not be sent: ${reason}`))
    flushWhenIdle(flush, calls, say)
    flushOnSignals(flush, say)
  } catch (error) {
    say(`Mangopay calls are not counted: ${messageOf(error)}`)
  }
}

/** A MeterProvider of our own, which leaves the app's alone; without the SDK the global one is used, once there is one. */
function meterFrom(env: Env, say: Say): { provider?: MeterProvider; readers: MetricReaderLike[] } {
  const folders = appFolders(process.argv[1], process.cwd())
  const sdk = findPackage(SDK, folders)
  if (sdk === undefined) {
    say(
      `metrics are not exported, npm install ${SDK} ${EXPORTER} (looked from ${folders.join(', ')}),` +
        ' unless the app sets up a global MeterProvider',
    )
    return { readers: [] }
  }
  const find = (name: string) => sdk.dependency(name) ?? findPackage(name, folders)
  const { MeterProvider: Provider, ...rest } = sdk.load() as MeterSdk
  const readers = metricReadersFrom(env, rest, find, say)
  const resource =
    textFrom(env, 'OTEL_NODE_RESOURCE_DETECTORS') === 'none' ? undefined : detected(resourceFrom(env, find), find)
  return { provider: new Provider({ ...(resource !== undefined && { resource }), readers }), readers }
}
