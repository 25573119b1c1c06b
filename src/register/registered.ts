import type { Say } from './say.ts'

/** The part of an `@opentelemetry/api` copy through which an SDK is put in place. */
export interface ApiLike {
  readonly trace: { setGlobalTracerProvider(provider: unknown): boolean }
  readonly metrics: { setGlobalMeterProvider(provider: unknown): boolean }
}

/** Where every copy of the API, whatever its minor version, keeps what is registered. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1')

/** Which parts of OpenTelemetry somebody has put in place already. */
export function alreadyRegistered(): { traces: boolean; metrics: boolean; logger: boolean } {
  const registry = (globalThis as { [REGISTRY]?: { trace?: unknown; metrics?: unknown; diag?: unknown } })[REGISTRY]
  return {
    traces: registry?.trace !== undefined,
    metrics: registry?.metrics !== undefined,
    logger: registry?.diag !== undefined,
  }
}

/**
 * Says when the app puts an SDK of its own in place after ours. The API refuses the second one and tells nobody
 * but its diagnostic logger, so that people see half of their telemetry and do not know why. Returns what to call when
 * it is noticed by other means: an API copy that cannot be watched, such as the ES module one of API 1.10.
 */
export function sayWhenRegisteredAgain(apis: Iterable<ApiLike>, say: Say): () => void {
  const noticed = (accepted: boolean) => {
    say(accepted ? REPLACED : REFUSED)
    return accepted
  }
  for (const { trace, metrics } of new Set(apis)) {
    const setTracerProvider = trace.setGlobalTracerProvider
    trace.setGlobalTracerProvider = (provider) => noticed(setTracerProvider.call(trace, provider))
    const setMeterProvider = metrics.setGlobalMeterProvider
    metrics.setGlobalMeterProvider = (provider) => noticed(setMeterProvider.call(metrics, provider))
  }
  return () => void noticed(false)
}

const REPLACED =
  'the app has replaced the OpenTelemetry SDK that register set up: add MangopaySpanProcessor to its own one'

const REFUSED =
  'the app sets up an OpenTelemetry SDK of its own, and the API keeps the first one, which is that of register.' +
  ' Drop one of the two: either your own, or register (then add MangopaySpanProcessor to your own)'
