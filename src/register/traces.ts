import type { Sampler } from '../span/otel.ts'
import { choiceFrom, choicesFrom, type Env, positiveFrom, textFrom } from './env.ts'
import { type Find, otlpExporter } from './otlp.ts'
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

/**
 * The SDK reads OTEL_PROPAGATORS itself, but tells only its diagnostic logger of a value it does not know; a trace
 * that breaks at a typo deserves a line.
 */
export function sayUnknownPropagators(env: Env, hasJaeger: boolean, say: Say): void {
  const known = ['tracecontext', 'baggage', 'b3', 'b3multi', ...(hasJaeger ? ['jaeger'] : []), 'none']
  const asked = textFrom(env, 'OTEL_PROPAGATORS')?.split(',') ?? []
  const unknown = asked.map((name) => name.trim()).filter((name) => name !== '' && !known.includes(name))
  if (unknown.length === 0) return
  say(`OTEL_PROPAGATORS: ${unknown.join(', ')} is not supported by this SDK; use ${known.join(', ')}`)
}

/** The samplers of the SDK, which every line spells alike. */
export interface SamplerClasses {
  readonly AlwaysOnSampler: new () => Sampler
  readonly AlwaysOffSampler: new () => Sampler
  readonly TraceIdRatioBasedSampler: new (ratio: number) => Sampler
  readonly ParentBasedSampler: new (options: { root: Sampler }) => Sampler
}

/** The first is the default. */
export const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const

/**
 * The sampler that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG ask for. The SDK stops reading them once it is
 * given a sampler, and ours has to be outermost, so that its delegate is built here.
 */
export function samplerFrom(env: Env, sdk: SamplerClasses, say: Say): Sampler {
  const name = choiceFrom(env, ['OTEL_TRACES_SAMPLER'], SAMPLERS, SAMPLERS[0], say)
  const argument = textFrom(env, 'OTEL_TRACES_SAMPLER_ARG')
  if (argument !== undefined && !name.endsWith('traceidratio')) {
    say(
      `OTEL_TRACES_SAMPLER_ARG=${argument} has no effect, since ${name} takes no argument;` +
        ' OTEL_TRACES_SAMPLER=parentbased_traceidratio takes one',
    )
  }
  const root = rootSampler(name.replace('parentbased_', ''), env, sdk, say)
  return name.startsWith('parentbased_') ? new sdk.ParentBasedSampler({ root }) : root
}

function rootSampler(name: string, env: Env, sdk: SamplerClasses, say: Say): Sampler {
  if (name === 'always_on') return new sdk.AlwaysOnSampler()
  if (name === 'always_off') return new sdk.AlwaysOffSampler()
  return new sdk.TraceIdRatioBasedSampler(ratioFrom(env, say))
}

/** 1 when unset, and for what is no ratio, as the specification asks. */
function ratioFrom(env: Env, say: Say): number {
  const value = textFrom(env, 'OTEL_TRACES_SAMPLER_ARG')
  if (value === undefined) return 1
  const ratio = Number(value)
  if (ratio >= 0 && ratio <= 1) return ratio
  say(`OTEL_TRACES_SAMPLER_ARG=${value} is not a number from 0 to 1; 1 is used`)
  return 1
}
