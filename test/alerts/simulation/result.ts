/** What becomes of one call, as the library reports it. */

import type { Fault } from '../../../examples/scenarios.ts'
import { judge } from '../../../src/outcome/outcome.ts'

/** What became of one call. */
export interface Result {
  status: number | undefined
  category: string | undefined
  outcome: string
  seconds: number
}

const isToken = (operation: string): boolean => operation.includes('/oauth/token')
/** Whether an operation changes something. */
export const isWrite = (operation: string): boolean => /^(POST|PUT|DELETE) /.test(operation) && !isToken(operation)

/** Time-out of the client, in seconds. */
const PATIENCE = 30

/** How the library reports a call with this fault: judged by its own code. */
export const resultOf = (fault: Fault | undefined, operation: string, seconds: number): Result => {
  const end = (
    status: number | undefined,
    more: { failure?: 'timeout' | 'network'; sca?: boolean; seconds?: number } = {},
  ): Result => {
    const failure = more.failure && { kind: more.failure, neverSent: false }
    const { category, outcome } = judge({
      write: isWrite(operation),
      operation: { token: isToken(operation) },
      status,
      failure,
      sca: more.sca ?? false,
    })
    return { status, category, outcome, seconds: more.seconds ?? seconds }
  }
  switch (fault?.kind) {
    case undefined:
      return end(200)
    case 'status':
    case 'edge':
    case 'empty':
      return end(fault.status)
    case 'credentials':
      return end(401)
    case 'sca':
      return end(401, { sca: true })
    case 'slow':
      return end(200, { seconds: fault.milliseconds / 1_000 })
    case 'hang':
      return end(undefined, { failure: 'timeout', seconds: PATIENCE })
    case 'stall':
      return end(200, { failure: 'timeout', seconds: PATIENCE })
    case 'cut':
      return end(200, { failure: 'network' })
    case 'reset':
      return end(undefined, { failure: 'network' })
    case 'redirect':
      return end(fault.status ?? 307)
    case 'reused_key':
      return end(409)
  }
}
