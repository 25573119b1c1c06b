/** The shape of the recorded files. */
import type { Attributes, SpanStatus } from '@opentelemetry/api'

/** Categories of the telemetry contract. */
export type ErrorCategory =
  | 'invalid_request'
  | 'authentication'
  | 'sca_required'
  | 'authorization'
  | 'not_found'
  | 'idempotency_conflict'
  | 'rate_limit'
  | 'server_error'
  | 'timeout'
  | 'network'
  | 'cancelled'
  | 'unexpected_response'

/** Outcomes of the telemetry contract. */
export type Outcome = 'success' | 'failure' | 'unknown'

/** What is true of one request: what the server sent, what the client received, what the app did. */
export interface Truth {
  operation: string
  outcome: Outcome
  category?: ErrorCategory
  status?: number
}

/** A span as its instrumentation left it. */
export interface RecordedSpan {
  kind: number
  name: string
  /** Index into `scopes` of the file. */
  scope: number
  status: SpanStatus
  /** At the end, in the order they were set. */
  attributes: Attributes
  /** How many of them, from the first on, were there at the start with the same value. */
  initial: number
  events?: { name: string; attributes?: Attributes }[]
  /**
   * What a `responseHook` could see; absent when it was not called. `complete` is read when the span ends: of an
   * `IncomingMessage` its field of that name, of undici's request `completed`.
   */
  hook?: { client: 'http' | 'undici'; wwwAuthenticate?: string; complete?: boolean }
}

/** One case with one client. */
export interface Recorded {
  case: string
  client: string
  method: 'GET' | 'POST'
  /** One entry per request. */
  truth: Truth[]
  /** In the order they started. Fewer than `truth` when a span never ended. */
  spans: RecordedSpan[]
}

/** One file: an SDK line with one setting of the conventions. */
export interface Recording {
  line: string
  convention: 'old' | 'stable' | 'dup'
  node: string
  onEnding: boolean
  packages: Readonly<Record<string, string>>
  scopes: { name: string; version?: string }[]
  records: Recorded[]
}

/** One case with one client, counted from its requests. */
export interface CountedCase {
  case: string
  client: string
  method: 'GET' | 'POST'
  /** One entry per request. */
  truth: Truth[]
  /** One entry per call that was counted, in no order. */
  counted: Truth[]
}
