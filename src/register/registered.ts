import { messageOf, type Say } from './say.ts'

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

/** How lines of this package begin. */
const OURS = 'opentelemetry-mangopay: '

/** The part of an `@opentelemetry/api` copy that takes a logger. */
export interface DiagApi {
  readonly DiagLogLevel: { readonly WARN: number }
  readonly diag: { setLogger(logger: object, options: object): boolean; error(message: string): void }
}

/** A collector that is down says the same thing for hours, and a broken one many things: enough is enough. */
const MOST_LINES = 5

/**
 * What the SDK reports although it is no news: its Prometheus exporter provokes the first by itself, and older lines
 * read the sampler's variables once more, which have had their line.
 */
const NOT_NEWS = ['Accessing resource attributes before async attributes settled', 'OTEL_TRACES_SAMPLER']

/** A reason not to reach the collector, as Node words it, such as `connect ECONNREFUSED 127.0.0.1:4318`. */
const CONNECTION = /\b(?:connect|getaddrinfo) E[A-Z_]+ [^\s)]+/

/**
 * Passes on what goes wrong inside the SDK, each thing once: without a logger it drops spans and says nothing, and
 * whoever sets this up for the first time sees an empty backend. A logger that is in place (OTEL_LOG_LEVEL asks the SDK
 * for one) is left alone.
 */
export function sayErrors(api: DiagApi, registeredAgain: () => void, say: Say): void {
  if (alreadyRegistered().logger) return
  const told: string[] = []
  const error = (...message: unknown[]) => {
    const line = readable(message)
    if (line.includes('duplicate registration')) {
      registeredAgain()
      return
    }
    if (told.length >= MOST_LINES || NOT_NEWS.some((text) => line.includes(text))) return
    // Traces and metrics fail for the same reason, one of them with words around it: whichever comes second is no news.
    const reason = CONNECTION.exec(line)?.[0] ?? line
    if (told.some((earlier) => earlier.includes(reason))) return
    const isFirst = CONNECTION.test(line) && !told.some((earlier) => CONNECTION.test(earlier))
    told.push(line)
    const hint = isFirst ? '; OTEL_EXPORTER_OTLP_ENDPOINT says where to send' : ''
    say(`OpenTelemetry reports: ${line}${hint}`)
  }
  const nothing = () => {}
  // Ours go the same way, and have been said once by whoever says them.
  const warn = (line: unknown) => {
    if (typeof line === 'string' && line.startsWith(OURS)) say(line.slice(OURS.length))
  }
  const logger = { error, warn, info: nothing, debug: nothing, verbose: nothing }
  api.diag.setLogger(logger, { logLevel: api.DiagLogLevel.WARN })
}

/** The SDK's error handler turns an error into JSON with its stack; its message, or else its code, is what people need. */
function readable(parts: readonly unknown[]): string {
  const texts = parts.map((part) => {
    if (typeof part !== 'string' || !part.startsWith('{')) return messageOf(part)
    try {
      const { message, code } = JSON.parse(part) as Readonly<Record<string, unknown>>
      return [message, code].find((text) => typeof text === 'string' && text !== '') ?? part
    } catch {
      return part
    }
  })
  return texts.join(' ')
}
