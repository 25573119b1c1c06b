/** How is it set up without code? First: the OpenTelemetry SDK that the app has installed. */
import type { MeterProvider } from '@opentelemetry/api'
import { packagesToInstall } from './instrumentations.ts'
import type { MetricsSdk } from './metrics.ts'
import type { Find } from './otlp.ts'
import { type AppPackage, findPackage } from './packages.ts'
import type { ApiLike, DiagApi } from './registered.ts'
import type { Say } from './say.ts'
import type { Tracing, TracingSdk } from './traces.ts'

/** A started `NodeSDK`. Its logger provider is private, and the only one that can be asked to flush logs. */
interface NodeSdkLike {
  start(): void
  readonly _loggerProvider?: { forceFlush?(): Promise<void> }
}

/** A copy of `@opentelemetry/api`. */
interface Api extends ApiLike, DiagApi {
  readonly metrics: ApiLike['metrics'] & { getMeterProvider(): MeterProvider }
}

/** The app's OpenTelemetry SDK: everything in the copies that its sdk-node itself uses. */
export interface AppSdk {
  readonly NodeSDK: new (options: object) => NodeSdkLike
  readonly version: string
  readonly tracing: Tracing
  readonly metrics: MetricsSdk
  /** The API copy of the SDK. */
  readonly api: Api
  /** Where that copy is. */
  readonly apiFile: string
  /** That of the app; the same object unless something is installed twice. */
  readonly apiOfApp: Api
  readonly hasJaeger: boolean
  readonly find: Find
}

/** Finds and loads the SDK; says what is missing. Throws when a package is there but broken. */
export function loadAppSdk(folders: readonly string[], say: Say): AppSdk | undefined {
  const sdkNode = findPackage('@opentelemetry/sdk-node', folders)
  if (!sdkNode) {
    say(`OpenTelemetry is not set up, npm install ${packagesToInstall()} (looked from ${folders.join(', ')})`)
    return undefined
  }
  const find: Find = (name) => sdkNode.dependency(name) ?? findPackage(name, folders)
  // sdk-node moved from sdk-trace-base to sdk-trace in 0.220 and declares both for a while; it then uses the new one.
  const options = sdkNode.dependency('@opentelemetry/sdk-trace')
  const tracing = options ?? sdkNode.dependency('@opentelemetry/sdk-trace-base')
  const metrics = sdkNode.dependency('@opentelemetry/sdk-metrics')
  const api = find('@opentelemetry/api')
  if (!tracing || !metrics || !api) {
    say(`OpenTelemetry is not set up: @opentelemetry/sdk-node ${sdkNode.version} is not fully installed`)
    return undefined
  }
  const { NodeSDK } = sdkNode.load() as { NodeSDK: AppSdk['NodeSDK'] }
  const sdkApi = api.load() as Api
  return {
    NodeSDK,
    version: sdkNode.version,
    tracing: { sdk: tracing.load() as TracingSdk, takesOptions: options !== undefined },
    metrics: metrics.load() as MetricsSdk,
    api: sdkApi,
    apiFile: api.file,
    apiOfApp: loadedOr(sdkApi, findPackage('@opentelemetry/api', folders)),
    hasJaeger: sdkNode.dependency('@opentelemetry/sdk-trace-node') !== undefined, // went with it in 3.0
    find,
  }
}

function loadedOr(fallback: Api, found: AppPackage | undefined): Api {
  return (found?.load() as Api | undefined) ?? fallback
}
