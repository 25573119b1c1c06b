import { seededRandom } from '../chance.ts'
import { KEYED_WRITES } from '../scenarios.ts'

/** One call that is about to be made. */
export interface PlannedCall {
  operation: string
  method: string
  /** Path below the client id, ids filled in. */
  path: string
  /** Id in the path, when there is one. */
  id?: string
  body?: Record<string, unknown>
  /** For writes that must not happen twice. */
  idempotencyKey?: string
}

const PREFIXES: Record<string, string> = {
  userId: 'user_m_01',
  walletId: 'wlt_m_01',
  payInId: 'payin_m_01',
  payoutId: 'po_b_01',
}
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Bodies of writes. Names and IBAN are invented, and exactly what telemetry must never carry. */
const BODIES: Record<string, (id: (name: string) => string) => Record<string, unknown>> = {
  'POST /payins/card/direct': (id) => ({
    PaymentType: 'CARD',
    ExecutionType: 'DIRECT',
    AuthorId: id('userId'),
    CreditedWalletId: id('walletId'),
    DebitedFunds: { Currency: 'EUR', Amount: 4_200 },
    Fees: { Currency: 'EUR', Amount: 42 },
    CardId: 'card_m_vHrtUIVelDzkPmdL',
    SecureModeReturnURL: 'https://shop.example/return',
  }),
  'POST /transfers': (id) => ({
    AuthorId: id('userId'),
    DebitedFunds: { Currency: 'EUR', Amount: 1_000 },
    Fees: { Currency: 'EUR', Amount: 0 },
    DebitedWalletId: id('walletId'),
    CreditedWalletId: id('walletId'),
  }),
  'POST /payouts/bankwire': (id) => ({
    PaymentType: 'BANK_WIRE',
    AuthorId: id('userId'),
    DebitedFunds: { Currency: 'EUR', Amount: 9_900 },
    Fees: { Currency: 'EUR', Amount: 0 },
    DebitedWalletId: id('walletId'),
    BankAccountId: '4659626451',
  }),
  'POST /users/natural': () => ({
    PersonType: 'NATURAL',
    FirstName: 'Ada',
    LastName: 'Invented',
    Email: 'ada.invented@shop.example',
    Birthday: -4_852_800,
    Nationality: 'FR',
    CountryOfResidence: 'FR',
  }),
  'POST /wallets': (id) => ({ Owners: [id('userId')], Description: 'Savings of Ada', Currency: 'EUR' }),
  'POST /cardregistrations': (id) => ({ UserId: id('userId'), Currency: 'EUR', CardType: 'CB_VISA_MASTERCARD' }),
  'PUT /users/natural/{userId}': () => ({ PersonType: 'NATURAL', FirstName: 'Ada', LastName: 'Renamed' }),
}

/** Makes calls out of operations: the same seed plans the same calls. */
export class Planner {
  readonly #random: () => number
  readonly #keys: string[] = []

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  /** A call of this operation with invented ids; with a key that was used before when `reuseKey`. */
  plan(operation: string, reuseKey = false): PlannedCall {
    const [method = '', template = ''] = operation.split(' ')
    const ids: string[] = []
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const id = this.#id(name)
      ids.push(id)
      return id
    })
    const id = ids.at(-1)
    const body =
      method === 'POST' || method === 'PUT' ? (BODIES[operation]?.((name) => this.#id(name)) ?? {}) : undefined
    const call = { operation, method, path, ...(id === undefined ? {} : { id }), ...(body ? { body } : {}) }
    return KEYED_WRITES.includes(operation) ? { ...call, idempotencyKey: this.#key(reuseKey) } : call
  }

  #text(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet[Math.floor(this.#random() * alphabet.length)] ?? '').join('')
  }

  #id(name: string): string {
    const prefix = PREFIXES[name]
    return prefix ? `${prefix}${this.#text(24, CROCKFORD)}` : `46${this.#text(8, '0123456789')}`
  }

  #key(reuse: boolean): string {
    const old = reuse ? this.#keys[Math.floor(this.#random() * this.#keys.length)] : undefined
    if (old !== undefined) return old
    const key = `order-${this.#text(24, '0123456789abcdef')}`
    this.#keys.push(key)
    if (this.#keys.length > 50) this.#keys.shift()
    return key
  }
}
