import type { Attributes } from '@opentelemetry/api'
import * as names from '../names.ts'
import { reportFailure, say } from '../warnings.ts'
import { type Observation, observeMessage, observeUndici } from './answers.ts'
import { loadUnpackers } from './body.ts'
import { ResultCounts, type ResultScope } from './counts.ts'
import { KINDS, type Resource, type ResourceKind, resultOperation } from './resources.ts'
import { judgeResult, type Result, readObject, type Told } from './result.ts'
import { Seen } from './seen.ts'

/** A read tells news only of objects younger than this: an old failure is looked at again and again. */
const NEWS_MILLISECONDS = 7 * 86_400_000

/** An answer as the instrumentations and Node's channels hand it out. */
export interface Answer {
  /** The `IncomingMessage` of `node:http`, or undici's request. */
  readonly carrier: object
  /** Of undici: names and values in turn. Undefined for `node:http`. */
  readonly undiciHeaders: readonly unknown[] | undefined
  readonly status: number | undefined
}

/** Which call an object came from, for `recordResult`. */
export interface ResultSource {
  /** As in `mangopay.operation`, such as `POST /payins/card/direct`: a write's answer counts whatever its status is. */
  readonly operation?: string
  /**
   * As in `mangopay.environment`.
   *
   * @defaultValue that of the last call, else `production`
   */
  readonly environment?: string
  /** Alias of the client id, as in option `accounts`; without that option it has no meaning. */
  readonly account?: string
}

const UNKNOWN_ENVIRONMENT =
  'recordResult() was given an environment that is neither production nor sandbox nor one of the hosts option; that of the last call is taken'

/** What a user said of a call, without an environment that does not exist: it would become a label. */
export function knownSource(
  about: ResultSource | null | undefined,
  { environments }: { readonly environments: ReadonlySet<string> },
): ResultSource {
  const { operation, environment, account } = about ?? {}
  const isKnown = environment !== undefined && environments.has(environment)
  if (environment !== undefined && !isKnown) say(UNKNOWN_ENVIRONMENT)
  return {
    ...(operation === undefined ? {} : { operation }),
    ...(isKnown ? { environment } : {}),
    ...(account === undefined ? {} : { account }),
  }
}

/** Transactions say themselves what they are. */
const KIND_OF_TYPE: Readonly<Record<string, Resource | undefined>> = {
  PAYIN: 'pay_in',
  PAYOUT: 'payout',
  TRANSFER: 'transfer',
  CONVERSION: 'conversion',
}
const KIND_OF_NATURE: Readonly<Record<string, Resource | undefined>> = {
  REFUND: 'refund',
  REPUDIATION: 'repudiation',
  SETTLEMENT: 'settlement',
}

function kindOf(object: object): ResourceKind | undefined {
  const { Type: type, Nature: nature } = object as { Type?: unknown; Nature?: unknown }
  const name = KIND_OF_NATURE[String(nature)] ?? KIND_OF_TYPE[String(type)]
  return KINDS.find((kind) => kind.name === name)
}

const UNKNOWN_KIND =
  'recordResult() was given an object that is no transaction and no operation that answers with one: name it, as in { operation: "PUT /users/{userId}/KYC/documents/{kycDocumentId}" }'

/** The results of the objects that Mangopay answers with: found in the bodies, and counted. */
export class Results {
  readonly counts = new ResultCounts()
  readonly #now: () => number
  /** What has been counted, so that nothing is counted a second time when it is read. */
  readonly #seen = new Seen()

  /** @param now - epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now
    loadUnpackers().catch((error: unknown) => reportFailure('loading node:zlib', error))
  }

  /**
   * The head of an answer has come: looks at its body if it is one object with a status, and counts what it tells.
   *
   * @param operation - as in `mangopay.operation`
   * @returns where the result will stand once the body is whole; undefined when there is none to come
   */
  observe(answer: Answer, scope: ResultScope, operation: string): Observation | undefined {
    const of = resultOperation(operation)
    if (of === undefined) return undefined
    const { carrier, undiciHeaders, status } = answer
    if (undiciHeaders === undefined) this.counts.prime(scope, operation, of.kind)
    if (status === undefined || status < 200 || status > 299) return undefined
    const judge = (value: unknown): Result | undefined => {
      this.counts.prime(scope, operation, of.kind)
      const told = readObject(value)
      return told && this.#take(scope, operation, this.#judge(of.kind, told), told, of.isWrite)
    }
    return undiciHeaders === undefined ? observeMessage(carrier, judge) : observeUndici(carrier, undiciHeaders, judge)
  }

  /**
   * Takes an object that the app got.
   *
   * @returns undefined for what is no object of Mangopay's with a status
   */
  record(object: unknown, scope: ResultScope, operation: string | undefined): Result | undefined {
    const told = readObject(object)
    if (told === undefined) return undefined
    const of = operation === undefined ? undefined : resultOperation(operation)
    const kind = of?.kind ?? kindOf(object as object)
    if (kind === undefined) {
      say(UNKNOWN_KIND)
      return undefined
    }
    const name = of?.operation ?? names.MANGOPAY_OPERATION_VALUE_OTHER
    this.counts.prime(scope, name, kind)
    return this.#take(scope, name, this.#judge(kind, told), told, of?.isWrite === true, true)
  }

  #judge(kind: Parameters<typeof judgeResult>[0], told: Told): Result {
    const result = judgeResult(kind, told)
    return { ...result, code: this.counts.shown(result.code) }
  }

  #take(scope: ResultScope, operation: string, result: Result, told: Told, isWrite: boolean, isTold = false): Result {
    const isRead = !isWrite
    if (isRead && !(result.isFinal && this.#isYoung(told))) return result
    const isNew = this.#remember(scope, result, told)
    // A write's answer is news whatever came before, unless the app tells of it once more than we have seen it.
    if (isNew || (isWrite && (!isTold || typeof told.id !== 'string'))) this.counts.count(scope, operation, result)
    return result
  }

  /** Whether this process has not counted the object with this status yet. One without an id cannot be told again. */
  #remember({ environment }: ResultScope, { kind, status }: Result, { id }: Told): boolean {
    return typeof id === 'string' && id !== '' && this.#seen.add(`${environment} ${kind.name} ${status} ${id}`)
  }

  #isYoung({ created }: Told): boolean {
    return typeof created === 'number' && this.#now() - created * 1000 < NEWS_MILLISECONDS
  }
}

/** What a span is tagged with. */
export function resultTags({ kind, status, code, category }: Result): Attributes {
  return {
    [names.ATTR_MANGOPAY_RESOURCE]: kind.name,
    [names.ATTR_MANGOPAY_RESULT_STATUS]: status,
    ...(code === undefined ? {} : { [names.ATTR_MANGOPAY_RESULT_CODE]: code }),
    ...(category === undefined ? {} : { [names.ATTR_MANGOPAY_RESULT_CATEGORY]: category }),
  }
}
