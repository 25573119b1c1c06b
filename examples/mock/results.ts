import { chooseByShare } from '../chance.ts'
import type { Fate, FateShare } from '../scenarios.ts'
import { operationShape } from './routes.ts'

/** An object with a status, as an answer tells of it. */
export interface MockResult {
  /** Kind of object, as in the attribute `mangopay.resource`. */
  resource: string
  status: string
  code: string | null
  /** Whether the request brought it about: reads only look, and some updates change something else. */
  isMade: boolean
}

/** Which objects have a status, by the end of the template of an operation. The first that fits. */
const KINDS: readonly [end: RegExp, resource: string | undefined][] = [
  [/\/(intents|conversions\/quote|conversions\/rate)(\/|$)|data-collection|\/extended$|reachability$/i, undefined],
  [/\/(disputes|pages|consult|documents\/\{\w+\}\/(pages|consult)|ubos(\/\{\w+\})?)$/i, undefined],
  [/\/refunds(\/\{\w+\})?$/i, 'refund'],
  [/\/payins\/(.*\/)?(web|direct|full-capture|capture-with-complement|complement|trackings|\{\w+\})$/i, 'pay_in'],
  [/\/payins\/payment-methods\/[a-z]+(\/recurring)?$/i, 'pay_in'],
  [/\/payouts(\/bankwire)?(\/\{\w+\})?$/i, 'payout'],
  [/\/(settlementtransfer|settlements\/\{\w+\})$/i, 'settlement'],
  [/\/transfers(\/\{\w+\})?$/i, 'transfer'],
  [/\/repudiations\/\{\w+\}$/i, 'repudiation'],
  [/\/conversions\/(\w+-conversion|\{\w+\})$/i, 'conversion'],
  [/\/cards\/\{\w+\}\/validation(\/\{\w+\})?$/i, 'card_validation'],
  [/\/deposit-preauthorizations\/(card\/direct|\{\w+\})$/i, 'deposit_preauthorization'],
  [/\/preauthorizations\/(card\/direct|\{\w+\})$/i, 'preauthorization'],
  [/\/cardregistrations(\/\{\w+\})?$/i, 'card_registration'],
  [/\/mandates\/(directdebit\/web|\{\w+\}(\/cancel)?)$/i, 'mandate'],
  [/\/(dispute-documents\/\{\w+\}|disputes\/\{\w+\}\/documents(\/\{\w+\})?)$/i, 'dispute_document'],
  [/\/kyc\/documents(\/\{\w+\})?$/i, 'kyc_document'],
  [/\/kyc\/ubodeclarations(\/\{\w+\})?$/i, 'ubo_declaration'],
  [/\/identity-verifications(\/\{\w+\})?$/i, 'identity_verification'],
  [/\/disputes\/\{\w+\}(\/(submit|close))?$/i, 'dispute'],
  [/\/virtual-accounts(\/\{\w+\})?$/i, 'virtual_account'],
  [/\/recipients(\/\{\w+\})?$/i, 'recipient'],
  [/\/recurringpayinregistrations(\/\{\w+\})?$/i, 'recurring_registration'],
]

/** The status that a write usually answers with, and the one an old object has. Without a code where there are none. */
const USUAL: Readonly<Record<string, { made: string; old: string; hasNoCode?: boolean }>> = {
  pay_in: { made: 'SUCCEEDED', old: 'SUCCEEDED' },
  payout: { made: 'CREATED', old: 'SUCCEEDED' },
  card_registration: { made: 'CREATED', old: 'VALIDATED' },
  mandate: { made: 'CREATED', old: 'ACTIVE' },
  kyc_document: { made: 'CREATED', old: 'VALIDATED', hasNoCode: true },
  dispute_document: { made: 'CREATED', old: 'VALIDATED', hasNoCode: true },
  ubo_declaration: { made: 'CREATED', old: 'VALIDATED', hasNoCode: true },
  identity_verification: { made: 'PENDING', old: 'VALIDATED', hasNoCode: true },
  dispute: { made: 'SUBMITTED', old: 'CLOSED', hasNoCode: true },
  virtual_account: { made: 'PENDING', old: 'ACTIVE', hasNoCode: true },
  recipient: { made: 'PENDING', old: 'ACTIVE', hasNoCode: true },
  recurring_registration: { made: 'CREATED', old: 'IN_PROGRESS', hasNoCode: true },
}
const TRANSACTION = { made: 'SUCCEEDED', old: 'SUCCEEDED', hasNoCode: false }

/** Payments that the end user finishes elsewhere, and bank wires: they answer CREATED. */
const UNFINISHED = /\/(web|bankwire\/direct|directdebit\/direct|payment-methods\/[a-z]+)$/

/** The kind of object that an operation answers with one of; undefined for a list and for what has no such status. */
export const resourceOf = (method: string, template: string): string | undefined => {
  // A read that does not end in an id is a list.
  if (method === 'GET' && !template.endsWith('}')) return undefined
  return KINDS.find(([end]) => end.test(template))?.[1]
}

/** How event types are spelled, before the status. */
const EVENT_PREFIXES: Readonly<Record<string, string>> = {
  pay_in: 'PAYIN_NORMAL',
  payout: 'PAYOUT_NORMAL',
  transfer: 'TRANSFER_NORMAL',
  refund: 'PAYIN_REFUND',
  preauthorization: 'PREAUTHORIZATION',
  deposit_preauthorization: 'DEPOSIT_PREAUTHORIZATION',
  card_validation: 'CARD_VALIDATION',
  kyc_document: 'KYC',
}
/** Where an event has another word than the status. */
const EVENT_WORDS: Readonly<Record<string, string>> = { VALIDATED: 'SUCCEEDED', REFUSED: 'FAILED' }

/** The event type of an object that comes to a status; undefined for kinds whose changes the mock does not notify. */
export const eventTypeOf = ({ resource, status }: MockResult): string | undefined => {
  const prefix = EVENT_PREFIXES[resource]
  return prefix && `${prefix}_${EVENT_WORDS[status] ?? status}`
}

/** An object that was made here, and what it stands at. */
interface Kept {
  result: MockResult
  /** What it was answered with first. */
  body: Record<string, unknown>
}

/** A name in it: exactly what telemetry must never carry. */
export const REFUSAL = 'Refused by the bank of Ada Invented'

/** Most objects that are remembered. */
const MOST_KEPT = 20_000

/** Updates of something else than the status, unlike those of a card's registration or of a document. */
const EDITS = /\/(trackings|(deposit-)?preauthorizations\/\{\w+\}|disputes\/\{\w+\})$/

/** Says what becomes of payments: by order for the next ones, else by chance, else as usual. */
export class MockResults {
  /** What becomes of objects by chance. */
  byChance: readonly FateShare[] = []
  /** Told of every status that an object comes to. */
  onChange: (result: MockResult, id: string) => void = () => {}
  readonly #random: () => number
  readonly #ordered: { fate: Fate; only: readonly string[]; left: number }[] = []
  readonly #kept = new Map<string, Kept>()
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(random: () => number) {
    this.#random = random
  }

  /** Lets the next writes of these operations come to this. */
  next(fate: Fate, times: number, only: readonly string[]): void {
    this.#ordered.push({ fate, only, left: times })
  }

  /** Puts status and code into the body of a good answer; returns them, or undefined for what has none. */
  apply(method: string, template: string, body: Record<string, unknown>): MockResult | undefined {
    const resource = resourceOf(method, template)
    if (resource === undefined) return undefined
    const id = String(body['Id'])
    const kept = this.#kept.get(id)
    const isMade = method !== 'GET' && !EDITS.test(template)
    if (!isMade && kept !== undefined) {
      Object.assign(body, kept.body, { Status: kept.result.status, ResultCode: kept.result.code })
      return { ...kept.result, isMade }
    }
    const usual = USUAL[resource] ?? TRANSACTION
    if (!isMade) {
      // Nobody made it here, so it is an old one.
      body['CreationDate'] = Number(body['CreationDate']) - 30 * 86_400
      return this.#put(body, { resource, status: usual.old, code: usual.hasNoCode === true ? null : '000000', isMade })
    }
    const fate = this.#choose(method, template) ?? usualFate(method, template, usual.made, body['Status'])
    const code = fate.code ?? (fate.status === 'SUCCEEDED' || fate.status === 'VALIDATED' ? '000000' : null)
    const result = this.#put(body, {
      resource,
      status: fate.status,
      code: usual.hasNoCode === true ? null : code,
      isMade,
    })
    this.#keep(id, { result, body })
    this.onChange(result, id)
    if (fate.later !== undefined) this.#schedule(id, fate.later)
    return result
  }

  /** Nothing changes any more. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #put(body: Record<string, unknown>, result: MockResult): MockResult {
    body['Status'] = result.status
    body['ResultCode'] = result.code
    if (result.code !== null && result.code !== '000000') body['ResultMessage'] = REFUSAL
    return result
  }

  #choose(method: string, template: string): Fate | undefined {
    const shape = operationShape(`${method} ${template}`)
    const hits = (only: readonly string[]) => only.some((operation) => operationShape(operation) === shape)
    const ordered = this.#ordered.find(({ only }) => hits(only))
    if (ordered === undefined) return chooseByShare(this.byChance, hits, this.#random)?.fate
    ordered.left--
    if (ordered.left <= 0) this.#ordered.splice(this.#ordered.indexOf(ordered), 1)
    return ordered.fate
  }

  #keep(id: string, kept: Kept): void {
    this.#kept.set(id, kept)
    if (this.#kept.size <= MOST_KEPT) return
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined) this.#kept.delete(oldest)
  }

  #schedule(id: string, later: NonNullable<Fate['later']>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      const kept = this.#kept.get(id)
      if (kept === undefined) return
      const code = later.code ?? (later.status === 'SUCCEEDED' ? '000000' : null)
      kept.result = { ...kept.result, status: later.status, code }
      this.onChange(kept.result, id)
    }, later.milliseconds)
    timer.unref()
    this.#timers.add(timer)
  }
}

/** An update may say which status it wants (`VALIDATION_ASKED`); the last step of a card's registration validates it. */
const usualFate = (method: string, template: string, made: string, wanted: unknown): Fate => {
  if (method === 'POST') return { status: UNFINISHED.test(template) && made === 'SUCCEEDED' ? 'CREATED' : made }
  if (/cardregistrations/.test(template)) return { status: 'VALIDATED' }
  return { status: typeof wanted === 'string' ? wanted : made }
}
