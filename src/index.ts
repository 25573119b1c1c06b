/**
 * OpenTelemetry for the Mangopay API: a span processor that tags, counts and watches every outgoing call.
 *
 * @packageDocumentation
 */
export type { MangopaySpanProcessorOptions, QuotaOptions, SpikeOptions } from './options.ts'
export type { ErrorCategory, Outcome } from './outcome/outcome.ts'
export { MangopaySpanProcessor } from './processor.ts'
export type { QuotaLowEvent } from './quota/low.ts'
export type { SpikeEvent } from './rates/spikes.ts'
export type {
  EnvironmentSnapshot,
  ErrorKind,
  OperationSnapshot,
  QuotaSnapshot,
  RatesSnapshot,
  Snapshot,
  SpikeSnapshot,
} from './snapshot.ts'
export type { LiveSpan, Sampler, SamplingResult, SpanView } from './span/otel.ts'
