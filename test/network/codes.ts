/** Every status a test answers with and what the telemetry contract says about it, as data. */

/** What is expected of calls answered with a status. */
export interface CodeCase {
  status: number
  /** Text of Mangopay's table, or the standard phrase; undefined for a code that has none. */
  text?: string
  /** Absent when the call did not fail. */
  category?: string
  /** Whether the failure is transient. */
  transient?: true
  /** Whether a write may have been done. */
  unsettled?: true
  /** Whether the mock answers this in HTML, as the edge does. */
  edge?: true
  /** Whether there is no body. */
  empty?: true
}

/** The 14 codes that Mangopay documents. */
export const DOCUMENTED: readonly CodeCase[] = [
  { status: 200, text: 'OK' },
  { status: 204, text: 'No content', empty: true },
  { status: 400, text: 'Bad request', category: 'invalid_request' },
  { status: 401, text: 'Unauthorized', category: 'authentication' },
  { status: 403, text: 'Forbidden', category: 'authorization' },
  { status: 404, text: 'Not Found', category: 'not_found' },
  { status: 405, text: 'Method Not Allowed', category: 'invalid_request' },
  { status: 409, text: 'Conflict', category: 'idempotency_conflict', unsettled: true },
  { status: 411, text: 'Length Required', category: 'invalid_request' },
  { status: 413, text: 'Payload Too Large', category: 'invalid_request' },
  { status: 415, text: 'Unsupported Media Type', category: 'invalid_request' },
  { status: 422, text: 'Unprocessable Entity', category: 'invalid_request' },
  { status: 429, text: 'Too Many Requests', category: 'rate_limit', transient: true },
  { status: 500, text: 'Internal Server Error', category: 'server_error', transient: true, unsettled: true },
]

/** Others that occur, and some that nobody has seen. */
export const OTHERS: readonly CodeCase[] = [
  { status: 201, text: 'Created' },
  { status: 202, text: 'Accepted' },
  { status: 200, text: 'OK', empty: true },
  { status: 402, text: 'Payment Required', category: 'invalid_request' },
  { status: 408, text: 'Request Timeout', category: 'timeout', transient: true, unsettled: true },
  { status: 410, text: 'Gone', category: 'invalid_request' },
  { status: 418, text: "I'm a Teapot", category: 'invalid_request' },
  { status: 499, category: 'invalid_request' },
  { status: 403, text: 'Forbidden', category: 'authorization', edge: true },
  { status: 501, text: 'Not Implemented', category: 'server_error', transient: true, unsettled: true },
  { status: 502, text: 'Bad Gateway', category: 'server_error', transient: true, unsettled: true, edge: true },
  { status: 503, text: 'Service Unavailable', category: 'server_error', transient: true, unsettled: true, edge: true },
  { status: 504, text: 'Gateway Timeout', category: 'server_error', transient: true, unsettled: true, edge: true },
  { status: 520, category: 'server_error', transient: true, unsettled: true, edge: true },
  { status: 599, category: 'server_error', transient: true, unsettled: true },
]
