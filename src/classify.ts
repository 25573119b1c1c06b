/**
 * The verdict that this library counts and tags by, on what your own code got from a client: for retry rules, queues
 * and logs. Pure, and without OpenTelemetry.
 *
 * @packageDocumentation
 */
import { readError } from './outcome/error-object.ts'
import type { Failure } from './outcome/failure.ts'
import { type ErrorCategory, isHttpStatus, judge, type Outcome } from './outcome/outcome.ts'
import { statusText } from './outcome/status.ts'
import { asksForSca, readResponseHeaders } from './quota/headers.ts'
import { isWrite, knownMethod } from './request/method.ts'
import { findRoute, type Operation, OTHER_OPERATION } from './request/route.ts'
import { pathOf } from './request/url.ts'

/** What is known of the request besides what the client gave. */
export interface About {
  /** `GET`, `post`; without one, and none to be seen, the call is taken for a write. */
  method?: string
  /** Whole URL, or its path from the version on. */
  url?: string
}

/** What a call came to, in the words of `mangopay.*`. */
export interface Classified {
  /** Why it failed; absent on success, and when that cannot be told. */
  category?: ErrorCategory
  /** What is known of its effect. `unknown` also when nothing can be told. */
  outcome: Outcome
  /** Whether sending the same request again can succeed and cannot do the thing twice. */
  retryable: boolean
  /** Status of the answer; absent without one. */
  status?: number
  /** The text of that status, Mangopay's own for its codes. */
  statusText?: string
  /** Method and route, such as `POST /payins/card/direct`; `_OTHER` when that is not known. */
  operation: string
}

/**
 * Says what a call came to. It never throws.
 *
 * @param given - what a client gave you: a `Response`, axios' response or error, what `fetch` or undici threw, undici's
 * response, or what Mangopay's SDK rejected with
 * @param about - what you know of the request and the client does not say
 */
export function classify(given: unknown, about: About = {}): Classified {
  try {
    return classified(look(given), about)
  } catch {
    return { outcome: 'unknown', retryable: false, operation: OTHER_OPERATION.name } // a getter that throws
  }
}

/** What was found in what a client gave. */
interface Found {
  readonly status?: number | undefined
  readonly failure?: Failure | undefined
  readonly sca?: boolean
  readonly method?: unknown
  readonly url?: unknown
}

function classified({ status, failure, sca = false, method, url }: Found, about: About): Classified {
  const spelled = about.method ?? method
  const known = typeof spelled === 'string' ? knownMethod(spelled) : undefined
  const operation = operationOf(known, about.url ?? url)
  if (status === undefined && failure === undefined) {
    return { outcome: 'unknown', retryable: false, operation: operation.name }
  }
  const write = isWrite(known) && !operation.token
  const { category, outcome, retryable } = judge({ write, operation, status, failure, sca })
  const text = status === undefined ? undefined : statusText(status)
  return {
    ...(category === undefined ? {} : { category }),
    outcome,
    retryable,
    ...(status === undefined ? {} : { status }),
    ...(text === undefined ? {} : { statusText: text }),
    operation: operation.name,
  }
}

function operationOf(method: string | undefined, url: unknown): Operation {
  const path = typeof url === 'string' ? pathOf(url, 0) : undefined
  const route = path === undefined ? undefined : findRoute(path)
  return route?.operations.find((one) => one.method === method) ?? OTHER_OPERATION
}

/** The shapes of all clients, as far as they are looked at. */
interface Given {
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly url?: unknown
  readonly response?: unknown
  readonly config?: { readonly method?: unknown; readonly url?: unknown; readonly baseURL?: unknown }
  readonly Type?: unknown
  readonly Code?: unknown
  readonly error?: unknown
}

function look(given: unknown): Found {
  if (typeof given !== 'object' || given === null) return {}
  const one = given as Given
  const asked = askedOf(one)
  const response = typeof one.response === 'object' && one.response !== null ? (one.response as Given) : one
  const status = response.status ?? response.statusCode
  const isAnswer = typeof status === 'number' && response.headers !== undefined
  if (isAnswer) {
    const sca = scaOf(response.headers)
    // axios has errors of a whole answer too, by its status: its failure is the status then.
    const failure = one === response || status >= 400 ? undefined : failureOf(one)
    return { ...asked, status, sca, failure }
  }
  if (isError(given)) return { ...asked, failure: failureOf(given) }
  return { ...asked, ...ofSdk(one) }
}

const isError = (given: object) => given instanceof Error || 'stack' in given || 'cause' in given

/** Of an error that no client, Node or network makes nothing can be told. */
function failureOf(error: object): Failure | undefined {
  const read = (isOurDoing: boolean) => readError(error, { isOurDoing, isTimedOut: false, neverSent: false })
  const failure = read(false)
  // What is a fault of the network only for want of a better word would be our doing as well.
  return failure.kind === 'network' && read(true).kind !== 'network' && !isHangUp(error) ? undefined : failure
}

/** Node's words for a connection that somebody closed: without the connection it is taken for the server's doing. */
function isHangUp(error: object): boolean {
  for (let one: unknown = error, depth = 0; typeof one === 'object' && one !== null && depth < 6; depth++) {
    if ((one as { code?: unknown }).code === 'ECONNRESET') return true
    one = (one as { cause?: unknown }).cause
  }
  return false
}

function askedOf({ config, url }: Given): Pick<Found, 'method' | 'url'> {
  if (config === undefined || config === null) return { url }
  const { method, url: asked, baseURL } = config
  const isWhole = typeof asked === 'string' && asked.includes('://')
  return { method, url: isWhole || typeof baseURL !== 'string' ? asked : `${baseURL}${asked}` }
}

/** A `Headers`, axios' headers, a plain object or a list of names and values in turn. */
function scaOf(headers: unknown): boolean {
  const { get } = headers as { get?: unknown }
  const challenge = typeof get === 'function' ? (get.call(headers, 'www-authenticate') as unknown) : undefined
  const read = typeof challenge === 'string' ? { headers: { 'www-authenticate': challenge } } : { headers }
  const found = readResponseHeaders(read)
  return found !== undefined && asksForSca(found)
}

/** Which status the `Type` of Mangopay's error bodies stands for; of other types nothing is known. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  param_error: 400,
  mandate_cannot_be_cancelled: 400,
  correlationid_not_found: 400,
  invalid_credentials: 401,
  not_authorized: 401,
  forbidden_ressource: 403,
  ressource_not_found: 404,
  idempotent_creation_conflict: 409,
  rate_limit: 429,
  other: 500,
}

/** The same of the token call, which answers as OAuth has it. */
const STATUS_OF_OAUTH: Readonly<Record<string, number>> = { invalid_client: 401, unauthorized_client: 400 }

/** What Mangopay's SDKs reject with: the body of the answer, without its status, or this for a time limit of their own. */
function ofSdk({ Type: type, Code: code, error }: Given): Found {
  if (code === 408) return { failure: { kind: 'timeout', neverSent: false } }
  const table = typeof type === 'string' ? STATUS_OF_TYPE : STATUS_OF_OAUTH
  const key = typeof type === 'string' ? type : error
  if (typeof key !== 'string' || !Object.hasOwn(table, key)) return {}
  const status = table[key] as number
  return isHttpStatus(status) ? { status } : {}
}
