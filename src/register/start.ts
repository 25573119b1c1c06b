import { createRequire, syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import type { MeterProvider } from '@opentelemetry/api'
import type { MangopaySpanProcessor } from '../processor.ts'
import { accountsFrom } from './accounts.ts'
import { type AppSdk, loadAppSdk } from './app-sdk.ts'
import { booleanFrom, choiceFrom, type Env, sayUnknownVariables } from './env.ts'
import { hostsFrom } from './hosts.ts'
import { instrumentationsFrom } from './instrumentations.ts'
import { flushOnSignals, flushWhenIdle, SpanCount } from './lifecycle.ts'
import { metricReadersFrom } from './metrics.ts'
import { appFolders } from './packages.ts'
import type { Pm2 } from './pm2.ts'
import { alreadyRegistered, sayErrors, sayWhenRegisteredAgain } from './registered.ts'
import { resourceFrom } from './resource.ts'
import { messageOf, type Say } from './say.ts'
import { samplerFrom, sayUnknownPropagators, spanExportFrom } from './traces.ts'
import { webhooksFrom } from './webhooks.ts'

/** The library itself. */
export interface Library {
  readonly MangopaySpanProcessor: typeof MangopaySpanProcessor
  /** The copy of the API package that it uses. */
  readonly apiFile: string
}

/** Sets up the OpenTelemetry SDK of the app. Whatever is wrong becomes a line; the app starts in any case. */
export function start(env: Env, loadLibrary: () => Library, say: Say, { script, folder }: Pm2 = {}): void {
  try {
    if (booleanFrom(env, 'OTEL_SDK_DISABLED')) return
    sayUnknownVariables(env, say)
    const already = alreadyRegistered()
    if (already.traces || already.metrics) {
      say('an OpenTelemetry SDK is registered already and is left alone: add MangopaySpanProcessor to it, or drop it')
      return
    }
    const sdk = loadAppSdk(appFolders(script ?? process.argv[1], folder ?? process.cwd()), say)
    if (sdk) run(sdk, env, processorFrom(env, loadLibrary(), sdk, say), say)
  } catch (error) {
    say(`OpenTelemetry is not set up: ${messageOf(error)}`)
  }
}

function run(sdk: AppSdk, env: Env, mangopay: MangopaySpanProcessor, say: Say): void {
  const spans = new SpanCount()
  const spanProcessors = [mangopay, spans, ...spanExportFrom(env, sdk.tracing, sdk.find, say)]
  const readers = metricReadersFrom(env, sdk.metrics, sdk.find, say)
  let takesReaders = false
  const node = new sdk.NodeSDK({
    resource: resourceFrom(env, sdk.find),
    spanProcessors,
    sampler: mangopay.sampler(samplerFrom(env, sdk.tracing.sdk, say)),
    instrumentations: instrumentationsFrom(sdk.find, sdk.version, mangopay.responseHook, say),
    // The older option takes one reader. Whoever knows the newer one reads it here and ignores the older.
    metricReader: readers[0],
    get metricReaders() {
      takesReaders = true
      return readers
    },
  })
  if (!takesReaders && readers.length > 1) {
    say(`OTEL_METRICS_EXPORTER: @opentelemetry/sdk-node ${sdk.version} cannot have prometheus beside others; left out`)
    for (const unused of readers.splice(1)) void unused.shutdown()
  }
  sayUnknownPropagators(env, sdk.hasJaeger, say)
  node.start()
  patchHttpNow()
  sayErrors(sdk.api, sayWhenRegisteredAgain([sdk.api, sdk.apiOfApp], say), say)
  const flush = async () => {
    await mangopay.forceFlush() // first, since it may find the meter provider only now
    await flushAll([...spanProcessors, node._loggerProvider, ...readers], (reason) => sdk.api.diag.error(reason))
  }
  flushWhenIdle(flush, () => spans.ended, say)
  flushOnSignals(flush, say)
}

function processorFrom(env: Env, library: Library, { api, apiFile }: AppSdk, say: Say): MangopaySpanProcessor {
  // An API copy that is newer than the one an SDK registered with sees no SDK at all, so that ours may have to look
  // through the SDK's. It is asked at the first call, long after the start.
  const meterProvider: MeterProvider = { getMeter: (...which) => api.metrics.getMeterProvider().getMeter(...which) }
  const options = library.apiFile === apiFile ? {} : { meterProvider }
  const hosts = hostsFrom(env, say)
  return new library.MangopaySpanProcessor({
    ...options,
    countFrom: countFrom(env, say),
    hosts,
    accounts: accountsFrom(env, say),
    results: booleanFrom(env, 'MANGOPAY_TELEMETRY_RESULTS'),
    webhooks: webhooksFrom(env, say, hosts),
  })
}

function countFrom(env: Env, say: Say): 'spans' | 'requests' {
  return choiceFrom(env, ['MANGOPAY_TELEMETRY_COUNT_FROM'], ['spans', 'requests'], 'spans', say) as 'spans' | 'requests'
}

/**
 * The http instrumentation patches when http is next required. An ES module that imports it takes what is there at
 * that time, so requiring it here is what makes `import { request } from 'node:http'` work without a loader hook (and
 * without the doubled spans that hooks bring); the second line reaches modules that were imported before us.
 */
function patchHttpNow(): void {
  const require = createRequire(join(process.cwd(), 'noop.js'))
  for (const builtin of ['http', 'https']) require(builtin)
  syncBuiltinESMExports()
}

/** What holds something back. */
export type Flushable = { forceFlush?(): Promise<void> } | undefined

/** Side by side: a collector that is down costs one time-out, not one for each signal. */
export async function flushAll(parts: readonly Flushable[], failed: (reason: string) => void): Promise<void> {
  const results = await Promise.allSettled(parts.map(async (part) => part?.forceFlush?.()))
  for (const result of results) if (result.status === 'rejected') failed(messageOf(result.reason))
}
