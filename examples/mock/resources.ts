import { seededRandom } from '../chance.ts'
import type { RouteMatch } from './routes.ts'

/** Placeholders whose values are no secret: a currency or a year is nobody's data. */
const OPEN_PARAMETERS = new Set(['apiVersion', 'fundsType', 'currency', 'countryCode', 'year', 'month'])
const CONVERTED = ['debitedCurrency', 'creditedCurrency']

/** Id prefixes by collection, in the shapes the real API hands out; other collections get digits. */
const ID_PREFIXES: Record<string, string> = {
  users: 'user_m_',
  natural: 'user_m_',
  legal: 'user_m_',
  wallets: 'wlt_m_',
  payins: 'payin_m_',
  direct: 'payin_m_',
  web: 'payin_m_',
  payouts: 'po_b_',
  bankwire: 'po_b_',
  transfers: 'xfer_c_',
  refunds: 'xfer_refund_c_',
  recipients: 'rec_',
  validation: 'cvr_',
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Reads whose last segment is a literal and that still answer with one object. */
const SINGLE_READS = /\/(clients|events\/schema|schema|payout-methods|sca-status|blockstatus|regulatory|availability)$/i

/**
 * Hands out ids, tokens and resources, and remembers each value that belongs to a person or opens a door: what a leak
 * test must not find anywhere.
 */
export class Resources {
  readonly secrets = new Set<string>()
  readonly #random: () => number
  readonly #maximum: number

  constructor(seed: number, maximumSecrets: number) {
    this.#random = seededRandom(seed)
    this.#maximum = maximumSecrets
  }

  /** Remembers a secret; beyond the maximum the oldest is forgotten, so that long runs stay small. */
  keep(secret: string): string {
    this.secrets.add(secret)
    if (this.secrets.size > this.#maximum) {
      const [oldest] = this.secrets
      if (oldest !== undefined) this.secrets.delete(oldest)
    }
    return secret
  }

  /** A random text of this alphabet. */
  text(length: number, alphabet = LETTERS): string {
    return Array.from({ length }, () => alphabet[Math.floor(this.#random() * alphabet.length)] ?? '').join('')
  }

  /** A GUID. */
  guid(): string {
    const hex = (length: number) => this.text(length, '0123456789abcdef')
    return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
  }

  /** A link of one end user's SCA session. */
  scaUrl(): string {
    return `https://sca.sandbox.mangopay.com/?token=${this.keep(this.text(32))}`
  }

  /** Remembers the ids in a request's path. */
  keepParams(params: RouteMatch['params']): void {
    for (const [name, value] of Object.entries(params)) {
      if (!OPEN_PARAMETERS.has(name) && !CONVERTED.includes(name) && value.length >= 6) this.keep(value)
    }
  }

  /** A new id as that collection's look. */
  id(collection: string): string {
    const prefix = ID_PREFIXES[collection]
    if (collection === 'cards') return this.keep(`card_m_${this.text(16)}`)
    if (collection === 'intents') return this.keep(`int_${this.guid()}`)
    return this.keep(prefix ? `${prefix}01${this.text(24, CROCKFORD)}` : `46${this.text(8, '0123456789')}`)
  }

  /** The body of a good answer: a list for reads that end in a collection, else one resource. */
  answer(method: string, template: string, route: RouteMatch, sent: unknown, now: number): unknown {
    const segments = template.split('/').filter(Boolean)
    const literals = segments.filter((segment) => !segment.startsWith('{'))
    const collection = literals.at(-1) ?? ''
    if (method === 'GET' && !template.endsWith('}') && !SINGLE_READS.test(template)) {
      return Array.from({ length: 2 }, () => this.#resource(this.id(collection), {}, now))
    }
    const last = segments.at(-1) ?? ''
    const given = last.startsWith('{') ? route.params[last.slice(1, -1)] : undefined
    // A write to an action of a resource (`…/{id}/close`) answers with that resource.
    const owner = method === 'PUT' ? Object.values(route.params).at(-1) : undefined
    return this.#resource(given ?? owner ?? this.id(collection), sent, now)
  }

  #resource(id: string, sent: unknown, now: number): Record<string, unknown> {
    const fields = typeof sent === 'object' && sent !== null && !Array.isArray(sent) ? sent : {}
    return {
      Tag: null,
      ...fields,
      Id: id,
      CreationDate: Math.floor(now / 1_000),
    }
  }
}
