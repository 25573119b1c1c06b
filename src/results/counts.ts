import type { Attributes } from '@opentelemetry/api'
import { Counter } from '../metrics/counter.ts'
import * as names from '../names.ts'
import { isDocumented, RESULT_CATEGORIES, type ResultCategory } from './codes.ts'
import type { ResourceKind } from './resources.ts'
import type { Result } from './result.ts'

/** Whose result it is: which Mangopay, and which account of it where the user gave names to them. */
export interface ResultScope {
  readonly environment: string
  readonly account?: string | undefined
}

/** Most codes that are shown although nobody has documented them. */
const MOST_NEW_CODES = 50

const SCOPE = [names.ATTR_MANGOPAY_ENVIRONMENT, names.ATTR_MANGOPAY_ACCOUNT, names.ATTR_MANGOPAY_RESOURCE]

/** Counts results. */
export class ResultCounts {
  readonly results = new Counter({
    name: names.METRIC_MANGOPAY_CLIENT_RESULTS,
    description: 'Payments and what they need, by the status that Mangopay answered with.',
    unit: '{result}',
    folded: [names.ATTR_MANGOPAY_OPERATION, ...SCOPE],
  })
  readonly failures = new Counter({
    name: names.METRIC_MANGOPAY_CLIENT_RESULT_FAILURES,
    description: 'Payments and what they need that failed, by result code.',
    unit: '{result}',
    folded: [names.ATTR_MANGOPAY_RESULT_CODE, ...SCOPE],
  })
  readonly #primed = new Set<string>()
  readonly #newCodes = new Set<string>()

  /** Has every result that an operation can come to exist at 0. */
  prime(scope: ResultScope, operation: string, kind: ResourceKind): void {
    const key = `${operation} ${scope.environment} ${scope.account}`
    if (this.#primed.has(key)) return
    this.#primed.add(key)
    const categories = kind.category === undefined ? RESULT_CATEGORIES : [kind.category]
    for (const status of kind.all) {
      for (const category of kind.failed.includes(status) ? categories : [undefined]) {
        this.results.prime(resultAttributes(scope, operation, kind.name, status, category))
      }
    }
  }

  /** Counts a result. */
  count(scope: ResultScope, operation: string, { kind, status, code, category }: Result): void {
    this.results.add(resultAttributes(scope, operation, kind.name, status, category))
    if (category === undefined) return
    this.failures.add({
      ...scopeAttributes(scope, kind.name),
      [names.ATTR_MANGOPAY_RESULT_CODE]: code ?? names.MANGOPAY_RESULT_CODE_VALUE_OTHER,
    })
  }

  /** The code as it may be shown: one that is new only while there is room for new ones. */
  shown(code: string | undefined): string | undefined {
    const other = names.MANGOPAY_RESULT_CODE_VALUE_OTHER
    if (code === undefined || code === other || isDocumented(code)) return code
    if (this.#newCodes.size < MOST_NEW_CODES) this.#newCodes.add(code)
    return this.#newCodes.has(code) ? code : other
  }
}

const scopeAttributes = ({ environment, account }: ResultScope, resource: string): Attributes => ({
  [names.ATTR_MANGOPAY_ENVIRONMENT]: environment,
  ...(account === undefined ? {} : { [names.ATTR_MANGOPAY_ACCOUNT]: account }),
  [names.ATTR_MANGOPAY_RESOURCE]: resource,
})

const resultAttributes = (
  scope: ResultScope,
  operation: string,
  resource: string,
  status: string,
  category: ResultCategory | undefined,
): Attributes => ({
  ...scopeAttributes(scope, resource),
  [names.ATTR_MANGOPAY_OPERATION]: operation,
  [names.ATTR_MANGOPAY_RESULT_STATUS]: status,
  ...(category === undefined ? {} : { [names.ATTR_MANGOPAY_RESULT_CATEGORY]: category }),
})
