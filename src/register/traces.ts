import { choicesFrom, type Env, positiveFrom } from './env.ts'
import { type Find, otlpExporter } from './otlp.ts'
import type { SamplerClasses } from './sampler.ts'
import type { Say } from './say.ts'

/** A span processor, as far as `register` handles one. */
export interface SpanProcessorLike {
  onStart(span: unknown, context: unknown): void
  onEnd(span: unknown): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** What `register` uses of the tracing SDK. */
export interface TracingSdk extends SamplerClasses {
  readonly BatchSpanProcessor: new (first: unknown, second?: object) => SpanProcessorLike
  readonly SimpleSpanProcessor: new (first: unknown) => SpanProcessorLike
  readonly ConsoleSpanExporter: new () => unknown
}

/** The tracing SDK of an app. */
export interface Tracing {
  readonly sdk: TracingSdk
  /** Whether processors take `{ exporter, … }` (sdk-trace, since 2.9) or the exporter first (sdk-trace-base). */
  readonly takesOptions: boolean
}

/** The processors that export what OTEL_TRACES_EXPORTER asks for; the SDK ignores it once it is given processors. */
export function spanExportFrom(env: Env, tracing: Tracing, find: Find, say: Say): SpanProcessorLike[] {
  const { sdk, takesOptions } = tracing
  const processors: SpanProcessorLike[] = []
  for (const name of choicesFrom(env, 'OTEL_TRACES_EXPORTER', ['otlp', 'console', 'none'], 'otlp', say)) {
    if (name === 'console') {
      const exporter = new sdk.ConsoleSpanExporter()
      processors.push(new sdk.SimpleSpanProcessor(takesOptions ? { exporter } : exporter))
      continue
    }
    const exporter = otlpExporter('trace', env, find, say)
    if (exporter === undefined) continue
    const limits = batchLimitsFrom(env, say)
    processors.push(
      takesOptions ? new sdk.BatchSpanProcessor({ exporter, ...limits }) : new sdk.BatchSpanProcessor(exporter, limits),
    )
  }
  return processors
}

/** With what the specification has as their defaults. */
const BATCH_LIMITS = {
  maxQueueSize: ['OTEL_BSP_MAX_QUEUE_SIZE', 2_048],
  maxExportBatchSize: ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512],
  scheduledDelayMillis: ['OTEL_BSP_SCHEDULE_DELAY', 5_000],
  exportTimeoutMillis: ['OTEL_BSP_EXPORT_TIMEOUT', 30_000],
} as const

/** sdk-trace leaves these variables to whoever constructs the processor, sdk-trace-base reads what is not given. */
function batchLimitsFrom(env: Env, say: Say): Record<string, number> {
  const limits: Record<string, number> = {}
  for (const [option, [variable, fallback]] of Object.entries(BATCH_LIMITS)) {
    limits[option] = positiveFrom(env, variable, fallback, say)
  }
  return limits
}
