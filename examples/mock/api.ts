import { seededRandom } from '../chance.ts'
import type { Fault } from '../scenarios.ts'
import { type Answer, type AnswerContext, apiError, faultAnswer, json, unknownRoute } from './answers.ts'
import { Faults, isTokenPath } from './faults.ts'
import { Idempotency } from './idempotency.ts'
import type { Settings } from './options.ts'
import { quotaHeaders, SlidingQuota } from './quota.ts'
import { Resources } from './resources.ts'
import { type MockResult, MockResults, REFUSAL } from './results.ts'
import { matchRoute, type RouteMatch } from './routes.ts'
import { Tokens, wrongForm } from './tokens.ts'

/** A request that was received whole. */
export interface Received {
  method: string
  /** Request target, query included. */
  target: string
  header: (name: string) => string | undefined
  body: Buffer
}

/** What to do with a request. */
export interface Verdict {
  answer: Answer
  /** What spoils the delivery of the answer, if anything does. */
  fault?: Fault
  /** Whose credentials came with it, when they were good. */
  clientId?: string
  quota: Record<string, string[]>
  /** What a good answer tells of an object with a status. */
  result?: MockResult
}

/** A request on its way through {@link MangopayApi.handle}. */
interface Pending extends Received {
  route: RouteMatch | undefined
  context: AnswerContext
  fault: Fault | undefined
  result?: MockResult
}

/** How Mangopay decides, without a socket: credentials, quota, idempotency, routes, faults. */
export class MangopayApi {
  readonly resources: Resources
  readonly tokens: Tokens
  readonly faults: Faults
  readonly results: MockResults
  readonly #settings: Settings
  readonly #idempotency = new Idempotency()
  readonly #quotas = new Map<string, SlidingQuota>()

  constructor(settings: Settings) {
    this.#settings = settings
    this.faults = new Faults(settings.faults, settings.seed + 1)
    this.results = new MockResults(seededRandom(settings.seed + 3))
    this.results.byChance = settings.fates
    this.resources = new Resources(settings.seed, 200_000)
    this.resources.keep(REFUSAL)
    this.tokens = new Tokens(settings.clients, settings.tokenSeconds, this.resources)
  }

  /** The server's time, epoch milliseconds. */
  now(): number {
    return this.#settings.clock() + this.#settings.skewMilliseconds
  }

  /** The quota of one client. */
  quotaOf(clientId: string): SlidingQuota {
    const quota = this.#quotas.get(clientId) ?? new SlidingQuota(this.#settings.quota)
    this.#quotas.set(clientId, quota)
    return quota
  }

  /** Lets a client begin with an unused quota. */
  forgetQuota(clientId: string): void {
    this.#quotas.delete(clientId)
  }

  /** Decides on a request. */
  handle(received: Received): Verdict {
    const now = this.now()
    const route = matchRoute(received.target)
    const token = isTokenPath(received.target) && received.method === 'POST' && route !== undefined
    const context = {
      method: received.method,
      target: received.target,
      token,
      now,
      errorId: this.resources.guid(),
    }
    if (route) this.resources.keepParams(route.params)
    const fault = this.faults.choose(received.method, received.target)
    const pending = { ...received, route, context, fault }
    // The edge, and a gateway that knows no credentials any more, answer before anything is looked at.
    const early = fault && (fault.kind === 'edge' || fault.kind === 'credentials' || fault.kind === 'reset')
    if (early) return this.#verdict(pending, faultAnswer(fault, context, this.#scaUrl) ?? json(200, {}), undefined)
    return token ? this.#token(pending) : this.#call(pending)
  }

  readonly #scaUrl = () => this.resources.scaUrl()

  #token(pending: Pending): Verdict {
    const { context, header } = pending
    const credentials = this.tokens.credentials(header('authorization'))
    const spoiled = pending.fault && faultAnswer(pending.fault, context, this.#scaUrl)
    if (spoiled) return this.#verdict(pending, spoiled, credentials)
    if (credentials === undefined) return this.#verdict(pending, apiError(401, context), undefined)
    if (this.tokens.locked.has(credentials)) return this.#verdict(pending, apiError(400, context), credentials)
    // What the embedded tokens want in their body is not established.
    const embedded = pending.route?.methods.get('POST')?.includes('/embedded/') === true
    const wrong = embedded ? undefined : wrongForm(pending.body.toString('utf8'))
    if (wrong !== undefined) return this.#verdict(pending, json(400, { error: wrong }), credentials)
    if (this.#settings.quotaUsedBy.tokens && !this.quotaOf(credentials).allows(context.now)) {
      return this.#verdict(pending, apiError(429, context), credentials)
    }
    return this.#verdict(pending, json(200, this.tokens.issue(credentials, context.now)), credentials)
  }

  #call(pending: Pending): Verdict {
    const { context, fault } = pending
    const bearer = this.tokens.owner(pending.header('authorization'), context.now)
    const named = pending.route?.params['clientId']
    const clientId = bearer ?? (this.#settings.requireToken ? undefined : (named ?? 'anonymous'))
    if (clientId === undefined) return this.#verdict(pending, apiError(401, context), undefined)
    if (!this.quotaOf(clientId).allows(context.now)) return this.#verdict(pending, apiError(429, context), clientId)
    const spoiled = fault && faultAnswer(fault, context, this.#scaUrl)
    const answer = spoiled ?? this.#answer(pending, clientId, named)
    if (pending.method === 'POST')
      this.#idempotency.keep(pending.header('idempotency-key'), answer, pending, context.now)
    return this.#verdict(pending, answer, clientId)
  }

  #answer(pending: Pending, clientId: string, named: string | undefined): Answer {
    const { method, target, route, context, header, body } = pending
    if (!route) return unknownRoute(header('host') ?? 'api.sandbox.mangopay.com', target)
    const template = route.methods.get(method)
    if (template === undefined) return apiError(405, context)
    if (named !== undefined && named !== clientId) return apiError(403, context)
    const writes = method === 'POST' || method === 'PUT'
    if (writes && header('content-length') === undefined && header('transfer-encoding') === undefined) {
      return apiError(411, context)
    }
    if (body.length > this.#settings.maximumBody) return apiError(413, context)
    const type = header('content-type') ?? 'application/json'
    if (writes && body.length > 0 && !/^(application\/json|multipart\/form-data)/i.test(type)) {
      return apiError(415, context)
    }
    let sent: unknown = {}
    try {
      if (body.length > 0 && /json/i.test(type)) sent = JSON.parse(body.toString('utf8'))
    } catch {
      return apiError(400, context, 'The body is not valid JSON')
    }
    if (method === 'POST') {
      const refused = this.#idempotency.refuse(header('idempotency-key'), context)
      if (refused) return refused
      this.#remember(header('idempotency-key'))
    }
    if (template.includes('/responses/{'))
      return this.#idempotency.response(Object.values(route.params).at(-1), context)
    const good = this.resources.answer(method, template, route, sent, context.now)
    const result = Array.isArray(good)
      ? undefined
      : this.results.apply(method, template, good as Record<string, unknown>)
    if (result !== undefined) pending.result = { ...result }
    return json(200, good)
  }

  #remember(key: string | undefined): void {
    if (key !== undefined) this.resources.keep(key)
  }

  /** Adds quota headers and books the call. */
  #verdict(pending: Pending, answer: Answer, clientId: string | undefined): Verdict {
    const { context, fault } = pending
    const { result } = pending
    const verdict: Verdict = { answer, quota: {}, ...(fault ? { fault } : {}), ...(result ? { result } : {}) }
    if (clientId === undefined) return verdict
    verdict.clientId = clientId
    const applies = (reach: Settings['quotaUsedBy']) => {
      if (context.token) return reach.tokens
      if (answer.status === 429) return reach.refused
      return answer.status < 400 || reach.errors
    }
    const quota = this.quotaOf(clientId)
    if (applies(this.#settings.quotaUsedBy)) quota.add(context.now)
    if (applies(this.#settings.quotaHeadersOn)) verdict.quota = quotaHeaders(quota, context.now)
    return verdict
  }
}
