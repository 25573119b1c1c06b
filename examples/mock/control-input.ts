import type { Fault } from '../scenarios.ts'
import { operationShape, ROUTE_LINES } from './routes.ts'

/** Lets a value pass or throws; `name` says where in the input it stands. */
export type Check = (value: unknown, name: string) => void

const refuse = (name: string, value: unknown, wanted: string): never => {
  const given = value === undefined ? 'it is missing' : `not ${JSON.stringify(value)}`
  throw new TypeError(`${name === '' ? 'the input' : `"${name}"`} must be ${wanted}: ${given}`)
}

/** What this predicate takes, told in words. */
const check =
  (wanted: string, takes: (value: unknown) => boolean): Check =>
  (value, name) => {
    if (!takes(value)) refuse(name, value, wanted)
  }

const within = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most

/** A number from `least` to `most`. */
export const number = (least: number, most: number): Check =>
  check(`a number from ${least} to ${most}`, (value) => within(value, least, most))

/** A whole number from `least` to `most`. */
export const whole = (least: number, most: number): Check =>
  check(`a whole number from ${least} to ${most}`, (value) => within(value, least, most) && Number.isInteger(value))

/** One of these values. */
export const oneOf = (values: readonly unknown[]): Check =>
  check(`one of ${values.map((value) => JSON.stringify(value)).join(', ')}`, (value) => values.includes(value))

/** Nothing, or what the check lets pass. */
export const optional =
  (inner: Check): Check =>
  (value, name) => {
    if (value !== undefined) inner(value, name)
  }

/** A list, each entry of which the check lets pass. */
export const list =
  (entry: Check): Check =>
  (value, name) => {
    if (!Array.isArray(value)) return refuse(name, value, 'a list')
    for (const [i, each] of value.entries()) entry(each, `${name}[${i}]`)
  }

const object = (value: unknown, name: string): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse(name, value, 'an object')

/** An object of these fields and no others: a field in the wrong spelling would change nothing, and nobody would know. */
export const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, name) => {
    const input = object(value, name)
    const at = (field: string) => (name === '' ? field : `${name}.${field}`)
    for (const [field, inner] of Object.entries(checks)) inner(input[field], at(field))
    for (const field of Object.keys(input)) {
      if (!Object.hasOwn(checks, field))
        throw new TypeError(`"${at(field)}" is no field here: ${JSON.stringify(input[field])}`)
    }
  }

/** What a timer of Node can wait, in milliseconds; beyond it, it would not wait at all. */
const LONGEST_WAIT = 2_147_483_647

/** The fields of each kind of fault. */
const FAULTS: Record<Fault['kind'], Record<string, Check>> = {
  // Below 200 no status ends a call, above 599 HTTP has none.
  status: { status: whole(200, 599) },
  edge: { status: oneOf([403, 502, 503, 504, 520]) },
  credentials: {},
  sca: {},
  slow: { milliseconds: number(0, LONGEST_WAIT) },
  hang: {},
  stall: {},
  cut: { how: oneOf(['fin', 'reset']) },
  reset: {},
  redirect: { status: optional(oneOf([301, 302, 303, 307, 308])) },
  empty: { status: oneOf([200, 204]) },
  reused_key: {},
}

const KINDS = Object.keys(FAULTS) as Fault['kind'][]

/** A fault of one of these kinds, all of them when not told. */
export const fault =
  (kinds: readonly Fault['kind'][] = KINDS): Check =>
  (value, name) => {
    const { kind } = object(value, name)
    oneOf(kinds)(kind, `${name}.kind`)
    fields({ kind: () => {}, ...FAULTS[kind as Fault['kind']] })(value, name)
  }

/** Faults for a call that arrives. A reused key is nothing that happens to a call: the app does it, by chance. */
export const faultOfCall: Check = fault(KINDS.filter((kind) => kind !== 'reused_key'))

const shapes = new Set(ROUTE_LINES.map(operationShape))
const operation = check(
  'an operation of the API, such as "GET /users/{userId}"',
  (value) => typeof value === 'string' && shapes.has(operationShape(value)),
)

/** Which operations: all when absent, else at least one, since none would never be hit. */
export const operations: Check = optional((value, name) => {
  list(operation)(value, name)
  if ((value as unknown[]).length === 0) refuse(name, value, 'a list of at least one operation')
})
