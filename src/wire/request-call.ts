/** What did the request itself show? First: what is remembered of a call while its request is under way. */
import type { Attributes } from '@opentelemetry/api'
import type { Failure } from '../outcome/failure.ts'
import type { Evidence } from '../outcome/outcome.ts'
import { Call } from '../request/call.ts'
import type { HostRule } from '../request/hosts.ts'
import { knownMethod } from '../request/method.ts'
import { pathOf } from '../request/url.ts'
import type { Observation } from '../results/answers.ts'

/** A socket, as far as it is looked at. */
export interface SocketLike {
  readonly connecting?: boolean
  readonly destroyed?: boolean
  readonly readableEnded?: boolean
  removeListener(event: 'timeout', listener: () => void): unknown
}

/** A call and the request that it is. */
export class RequestCall extends Call implements Evidence {
  /** Who counts it: of several that see the same request, the first. */
  readonly owner: object
  /** What was asked for, as the request has it; for finding its span. */
  readonly target: string
  /** Milliseconds of the monotonic clock; undefined when it had begun before anybody looked. */
  readonly startedAt: number | undefined
  /** When its answer came: by the same clock, and in epoch milliseconds of the `clock` option. */
  answeredAt = 0
  since = 0
  /** Status of the answer. */
  status: number | undefined
  sca = false
  failure: Failure | undefined
  /** Quota windows with nothing left. */
  exhausted: readonly string[] | undefined
  /** Whether a part of it may have left. */
  isSent = false
  /** Whether head and body have been handed to the connection. */
  isWhole = false
  /** Whether there is a connection, and TLS on it. */
  isConnected = false
  /** Whether our own side ended it. */
  isOurDoing = false
  /** Whether a time limit on its socket ran out. */
  isTimedOut = false
  /** What its answer tells of a payment; undefined when its body is not looked at. */
  observation: Observation | undefined
  error: unknown
  response:
    | {
        readonly complete?: boolean
        readonly destroyed?: boolean
        readonly errored?: unknown
        readonly readableFlowing?: boolean | null
      }
    | undefined
  socket: SocketLike | undefined
  onTimeout: (() => void) | undefined
  ended = false
  /** What its span is to be tagged with, once it is counted. */
  tags: Readonly<Attributes> | undefined

  constructor(owner: object, rule: HostRule, method: string, target: string, startedAt: number | undefined) {
    super(rule)
    this.owner = owner
    this.target = target
    this.startedAt = startedAt
    this.locate(knownMethod(method), pathOf(target, rule.prefix.length))
  }
}

/** On the request object, for every copy of this package: so that one of them counts it. */
const KEY = Symbol.for('opentelemetry-mangopay.request')

/** The call of a request; undefined for a foreign one. */
export const callOf = (request: object): RequestCall | undefined =>
  (request as Record<symbol, RequestCall | undefined>)[KEY]

/** Remembers it. Nobody who logs or copies a request sees it. */
export function keep(request: object, call: RequestCall): void {
  Object.defineProperty(request, KEY, { value: call, enumerable: false, writable: true, configurable: true })
}
