import { MANGOPAY_RESULT_CODE_VALUE_OTHER, MANGOPAY_RESULT_STATUS_VALUE_OTHER } from '../names.ts'
import { categoryOf, isFailure, isResultCode, type ResultCategory } from './codes.ts'
import type { ResourceKind } from './resources.ts'

/** What an object of Mangopay's says of itself, as it was answered: nothing is checked yet, and nothing of it is kept. */
export interface Told {
  readonly status: string
  /** Undefined when it has none, or null. */
  readonly code: unknown
  readonly id: unknown
  /** When the object was made, unix seconds. */
  readonly created: unknown
}

/** The result of a payment, or of what it needs: only words of closed sets, and a code of six digits. */
export interface Result {
  readonly kind: ResourceKind
  /** As Mangopay spells it, or `_OTHER`. */
  readonly status: string
  /** Six digits, or `_OTHER`; undefined when the object has none. */
  readonly code: string | undefined
  /** Undefined when it has not failed. */
  readonly category: ResultCategory | undefined
  /** Whether the status is one that lasts. */
  readonly isFinal: boolean
}

/** Reads the four fields of an object; undefined for what has no status. Only fields of its own: no prototype speaks. */
export function readObject(value: unknown): Told | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const own = (key: string): unknown =>
    Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
  const status = own('Status')
  if (typeof status !== 'string' || status === '') return undefined
  return { status, code: own('ResultCode') ?? undefined, id: own('Id'), created: own('CreationDate') }
}

/** Says what an object's status means. */
export function judgeResult(kind: ResourceKind, { status, code: given }: Told): Result {
  const isCode = typeof given === 'string' && isResultCode(given)
  const code = given === undefined ? undefined : isCode ? given : MANGOPAY_RESULT_CODE_VALUE_OTHER
  const isKnown = kind.all.includes(status)
  // Of a status that nobody knows the code says whether it is a failure.
  const hasFailed = isKnown ? kind.failed.includes(status) : isCode && isFailure(given)
  return {
    kind,
    status: isKnown ? status : MANGOPAY_RESULT_STATUS_VALUE_OTHER,
    code,
    category: hasFailed ? (given === undefined ? (kind.category ?? 'unknown') : categoryOf(code)) : undefined,
    isFinal: isKnown && !kind.open.includes(status),
  }
}
