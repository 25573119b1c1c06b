/**
 * OpenTelemetry for the Mangopay API: a span processor that tags, counts and watches every outgoing call.
 *
 * @packageDocumentation
 */
export { MangopayClientMonitor, type MangopayClientMonitorOptions } from './client-monitor.ts'
export type { CountFrom, MangopaySpanProcessorOptions } from './options.ts'
export type { ErrorCategory, Outcome } from './outcome/outcome.ts'
export { MangopaySpanProcessor } from './processor.ts'
export type { QuotaSnapshot } from './quota/accounts.ts'
export type { QuotaLowEvent, QuotaOptions } from './quota/low.ts'
export type { SpikeEvent, SpikeOptions, SpikeSnapshot } from './rates/spikes.ts'
export type { ErrorKind, RatesSnapshot } from './rates/window.ts'
export type { ResultCategory } from './results/codes.ts'
export type { Resource } from './results/resources.ts'
export type { ResultSource } from './results/results.ts'
export type { AccountSnapshot, EnvironmentSnapshot, OperationSnapshot, ResultSnapshot, Snapshot } from './snapshot.ts'
export type { LiveSpan, Sampler, SamplingResult, SpanView } from './span/otel.ts'
export type { HealthProblem } from './warnings.ts'
export type { WebhookDelivery } from './webhooks/webhooks.ts'
