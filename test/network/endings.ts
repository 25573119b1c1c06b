/** Every way for a call to end without a whole answer, and what is to be said of it, as data. */
import type { Fault } from '../../examples/scenarios.ts'
import type { ClientName } from './instrumented.ts'

/** What the caller does meanwhile. */
export type Act =
  /** Waits for ever. */
  | 'wait'
  /** Has a time limit, in the way usual with the client. */
  | 'limit'
  /** Has `AbortSignal.timeout()`. */
  | 'signal'
  /** Gives up: `AbortController.abort()`. */
  | 'abort'

/** What is expected. */
export interface Ending {
  name: string
  clients: readonly ClientName[]
  /** What the mock does, or where there is no mock. */
  fault: Fault | 'refused' | 'no TLS'
  act: Act
  /** Of a GET. The contract's safe reading where two causes cannot be told apart. */
  category: string | undefined
  /** Without `responseHook`, where that differs. `success` is the blind spot that the docs list. */
  withoutHook?: string | 'success'
  /** Whether a status came. */
  status?: number
  /** Set when no byte of the request can have arrived. */
  neverSent?: true
  /** Set when the span does not prove that. */
  unproved?: true
}

const all = ['axios', 'fetch', 'undici'] as const
const undiciBased = ['fetch', 'undici'] as const

/** The table. */
export const ENDINGS: readonly Ending[] = [
  { name: 'reset', clients: all, fault: { kind: 'reset' }, act: 'wait', category: 'network' },
  { name: 'hang, time limit', clients: [...all, 'sdk'], fault: { kind: 'hang' }, act: 'limit', category: 'timeout' },
  {
    name: 'hang, signal',
    clients: ['axios', 'undici'],
    fault: { kind: 'hang' },
    act: 'signal',
    category: 'timeout',
  },
  { name: 'hang, abort', clients: all, fault: { kind: 'hang' }, act: 'abort', category: 'cancelled' },
  {
    name: 'stall, time limit',
    clients: undiciBased,
    fault: { kind: 'stall' },
    act: 'limit',
    category: 'timeout',
    status: 200,
  },
  {
    name: 'stall, time limit',
    clients: ['sdk'],
    fault: { kind: 'stall' },
    act: 'limit',
    category: 'timeout',
    status: 200,
  },
  {
    name: 'stall, signal',
    clients: ['undici'],
    // It destroys the body on a signal as on an abort, and the reason is lost.
    fault: { kind: 'stall' },
    act: 'signal',
    category: 'cancelled',
    withoutHook: 'success',
    status: 200,
  },
  {
    name: 'stall, time limit',
    clients: ['axios'],
    fault: { kind: 'stall' },
    act: 'limit',
    category: 'timeout',
    withoutHook: 'success',
    status: 200,
  },
  {
    name: 'stall, abort',
    clients: undiciBased,
    fault: { kind: 'stall' },
    act: 'abort',
    category: 'cancelled',
    withoutHook: 'success',
    status: 200,
  },
  {
    name: 'stall, abort',
    clients: ['axios'],
    fault: { kind: 'stall' },
    act: 'abort',
    category: 'timeout',
    status: 200,
  },
  {
    name: 'cut (FIN)',
    clients: undiciBased,
    fault: { kind: 'cut', how: 'fin' },
    act: 'wait',
    category: 'network',
    status: 200,
  },
  {
    name: 'cut (FIN)',
    clients: ['axios'],
    fault: { kind: 'cut', how: 'fin' },
    act: 'wait',
    category: 'network',
    withoutHook: 'success',
    status: 200,
  },
  {
    name: 'cut (RST)',
    clients: all,
    fault: { kind: 'cut', how: 'reset' },
    act: 'wait',
    category: 'network',
    status: 200,
  },
  { name: 'refused', clients: all, fault: 'refused', act: 'wait', category: 'network', neverSent: true },
  { name: 'no TLS', clients: ['axios'], fault: 'no TLS', act: 'wait', category: 'network', neverSent: true },
  {
    name: 'no TLS',
    clients: ['fetch', 'undici'],
    fault: 'no TLS',
    act: 'wait',
    category: 'network',
    neverSent: true,
    unproved: true,
  },
]
