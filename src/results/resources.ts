import * as names from '../names.ts'
import type { ResultCategory } from './codes.ts'

/** Kind of object whose `Status` tells how a payment, or what it needs, went: a value of `mangopay.resource`. */
export type Resource =
  | 'pay_in'
  | 'payout'
  | 'transfer'
  | 'refund'
  | 'repudiation'
  | 'settlement'
  | 'conversion'
  | 'card_validation'
  | 'preauthorization'
  | 'deposit_preauthorization'
  | 'card_registration'
  | 'mandate'
  | 'kyc_document'
  | 'dispute_document'
  | 'ubo_declaration'
  | 'identity_verification'
  | 'dispute'
  | 'virtual_account'
  | 'recipient'
  | 'recurring_registration'

/** What the `Status` of a kind of object can be. */
interface Statuses {
  /** Not settled yet. */
  readonly open: readonly string[]
  /** Settled, and no failure. */
  readonly done: readonly string[]
  /** Settled as a failure. */
  readonly failed: readonly string[]
  /** Category of all its failures, where they come without a result code. */
  readonly category?: ResultCategory
}

const TRANSACTION: Statuses = { open: ['CREATED'], done: ['SUCCEEDED'], failed: ['FAILED'] }
const DOCUMENT: Statuses = {
  open: ['CREATED', 'VALIDATION_ASKED'],
  done: ['VALIDATED', 'OUT_OF_DATE'],
  failed: ['REFUSED'],
  category: 'verification',
}

/** The statuses of each kind of object. Source: Mangopay's documentation, "The … object" of each, November 2025. */
const STATUSES: Readonly<Record<Resource, Statuses>> = {
  pay_in: TRANSACTION,
  payout: TRANSACTION,
  transfer: TRANSACTION,
  refund: TRANSACTION,
  repudiation: TRANSACTION,
  settlement: TRANSACTION,
  conversion: TRANSACTION,
  card_validation: TRANSACTION,
  preauthorization: TRANSACTION,
  deposit_preauthorization: TRANSACTION,
  card_registration: { open: ['CREATED'], done: ['VALIDATED'], failed: ['ERROR'] },
  mandate: { open: ['CREATED', 'SUBMITTED'], done: ['ACTIVE', 'EXPIRED'], failed: ['FAILED'] },
  kyc_document: DOCUMENT,
  dispute_document: { ...DOCUMENT, category: 'unknown' },
  ubo_declaration: {
    open: ['CREATED', 'VALIDATION_ASKED', 'INCOMPLETE'],
    done: ['VALIDATED'],
    failed: ['REFUSED'],
    category: 'verification',
  },
  identity_verification: {
    open: ['PENDING', 'REVIEW'],
    done: ['VALIDATED', 'OUT_OF_DATE'],
    failed: ['REFUSED'],
    category: 'verification',
  },
  dispute: {
    open: ['CREATED', 'PENDING_CLIENT_ACTION', 'SUBMITTED', 'PENDING_BANK_ACTION', 'REOPENED_PENDING_CLIENT_ACTION'],
    done: ['CLOSED'],
    failed: [],
  },
  virtual_account: {
    open: ['PENDING', 'BLOCKED'],
    done: ['ACTIVE', 'CLOSED'],
    failed: ['FAILED'],
    category: 'unknown',
  },
  recipient: { open: ['PENDING'], done: ['ACTIVE', 'CANCELED', 'DEACTIVATED'], failed: [] },
  recurring_registration: { open: ['CREATED', 'AUTHENTICATION_NEEDED', 'IN_PROGRESS'], done: ['ENDED'], failed: [] },
}

/**
 * The operations whose answer is one object with such a status. Lists are not among them, and neither are objects whose
 * `Status` is about something else: a hook that is enabled, a quote that has expired, a report that is ready.
 */
const OPERATIONS: Readonly<Record<Resource, readonly string[]>> = {
  pay_in: [
    'POST /payins/card/web',
    'POST /payins/card/direct',
    'POST /payins/preauthorized/direct',
    'POST /payins/bankwire/direct',
    'POST /payins/directdebit/web',
    'POST /payins/directdebit/direct',
    'POST /payins/paypal/web',
    'POST /payins/applepay/direct',
    'POST /payins/googlepay/direct',
    'POST /payins/recurring/card/direct',
    'POST /payins/deposit-preauthorized/direct/full-capture',
    'POST /payins/deposit-preauthorized/direct/capture-with-complement',
    'POST /payins/deposit-preauthorized/direct/complement',
    'POST /payins/payment-methods/paypal',
    'POST /payins/payment-methods/paypal/recurring',
    'POST /payins/payment-methods/googlepay',
    'POST /payins/payment-methods/mbway',
    'POST /payins/payment-methods/multibanco',
    'POST /payins/payment-methods/satispay',
    'POST /payins/payment-methods/blik',
    'POST /payins/payment-methods/klarna',
    'POST /payins/payment-methods/ideal',
    'POST /payins/payment-methods/giropay',
    'POST /payins/payment-methods/bancontact',
    'POST /payins/payment-methods/bizum',
    'POST /payins/payment-methods/swish',
    'POST /payins/payment-methods/twint',
    'POST /payins/payment-methods/openbanking',
    'POST /payins/payconiq/web',
    'POST /payins/payment-methods/payconiq',
    'POST /clients/payins/bankwire/direct',
    'POST /acquiring/payins/card/direct',
    'POST /acquiring/payins/payment-methods/ideal',
    'POST /acquiring/payins/payment-methods/applepay',
    'POST /acquiring/payins/payment-methods/googlepay',
    'POST /acquiring/payins/payment-methods/paypal',
    'GET /payins/{payInId}',
    'PUT /payins/{payInId}/trackings',
  ],
  payout: [
    'POST /payouts/bankwire',
    'POST /clients/payouts',
    'GET /payouts/{payoutId}',
    'GET /payouts/bankwire/{payoutId}',
  ],
  transfer: ['POST /transfers', 'GET /transfers/{transferId}'],
  refund: [
    'POST /payins/{payInId}/refunds',
    'POST /transfers/{transferId}/refunds',
    'POST /acquiring/payins/{payInId}/refunds',
    'GET /refunds/{refundId}',
  ],
  repudiation: ['GET /repudiations/{repudiationId}'],
  settlement: ['POST /repudiations/{repudiationId}/settlementtransfer', 'GET /settlements/{settlementTransferId}'],
  conversion: [
    'POST /conversions/instant-conversion',
    'POST /conversions/quoted-conversion',
    'POST /clients/conversions/instant-conversion',
    'POST /clients/conversions/quoted-conversion',
    'GET /conversions/{conversionId}',
  ],
  card_validation: [
    'POST /cards/{cardId}/validation',
    'POST /acquiring/cards/{cardId}/validation',
    'GET /cards/{cardId}/validation/{cardValidationId}',
  ],
  preauthorization: [
    'POST /preauthorizations/card/direct',
    'GET /preauthorizations/{preauthorizationId}',
    'PUT /preauthorizations/{preauthorizationId}',
  ],
  deposit_preauthorization: [
    'POST /deposit-preauthorizations/card/direct',
    'GET /deposit-preauthorizations/{depositId}',
    'PUT /deposit-preauthorizations/{depositId}',
  ],
  card_registration: [
    'POST /cardregistrations',
    'GET /cardregistrations/{cardRegistrationId}',
    'PUT /cardregistrations/{cardRegistrationId}',
  ],
  mandate: ['POST /mandates/directdebit/web', 'GET /mandates/{mandateId}', 'PUT /mandates/{mandateId}/cancel'],
  kyc_document: [
    'POST /users/{userId}/KYC/documents',
    'GET /users/{userId}/KYC/documents/{kycDocumentId}',
    'PUT /users/{userId}/KYC/documents/{kycDocumentId}',
    'GET /KYC/documents/{kycDocumentId}',
  ],
  dispute_document: [
    'POST /disputes/{disputeId}/documents',
    'PUT /disputes/{disputeId}/documents/{disputeDocumentId}',
    'GET /dispute-documents/{disputeDocumentId}',
  ],
  ubo_declaration: [
    'POST /users/{userId}/kyc/ubodeclarations',
    'PUT /users/{userId}/kyc/ubodeclarations/{uboDeclarationId}',
    'GET /users/{userId}/kyc/ubodeclarations/{uboDeclarationId}',
    'GET /kyc/ubodeclarations/{uboDeclarationId}',
  ],
  identity_verification: [
    'POST /users/{userId}/identity-verifications',
    'GET /identity-verifications/{identityVerificationId}',
  ],
  dispute: [
    'GET /disputes/{disputeId}',
    'PUT /disputes/{disputeId}',
    'PUT /disputes/{disputeId}/submit',
    'PUT /disputes/{disputeId}/close',
  ],
  virtual_account: [
    'POST /wallets/{walletId}/virtual-accounts',
    'GET /wallets/{walletId}/virtual-accounts/{virtualAccountId}',
    'PUT /wallets/{walletId}/virtual-accounts/{virtualAccountId}',
  ],
  recipient: ['POST /users/{userId}/recipients', 'GET /recipients/{recipientId}', 'PUT /recipients/{recipientId}'],
  recurring_registration: [
    'POST /recurringpayinregistrations',
    'GET /recurringpayinregistrations/{recurringPayInRegistrationId}',
    'PUT /recurringpayinregistrations/{recurringPayInRegistrationId}',
  ],
}

/** Writes that change something else than the status: what they answer is news only to who has not seen it yet. */
const EDITS: ReadonlySet<string> = new Set([
  'PUT /payins/{payInId}/trackings',
  'PUT /preauthorizations/{preauthorizationId}',
  'PUT /deposit-preauthorizations/{depositId}',
  'PUT /disputes/{disputeId}',
])

/** A kind of object, and what its status says. */
export interface ResourceKind extends Statuses {
  readonly name: Resource
  /** Every status it can have. */
  readonly all: readonly string[]
}

/** An operation that answers with one object of a kind. */
export interface ResultOperation {
  /** As in `mangopay.operation`. */
  readonly operation: string
  readonly kind: ResourceKind
  /** Whether the status in its answer is this call's own doing, so that it counts whatever it is. */
  readonly isWrite: boolean
}

/** Every kind of object. */
export const KINDS: readonly ResourceKind[] = (Object.keys(STATUSES) as Resource[]).map((name) => {
  const { open, done, failed } = STATUSES[name]
  return { ...STATUSES[name], name, all: [...open, ...done, ...failed] }
})

const BY_OPERATION = new Map<string, ResultOperation>(
  KINDS.flatMap((kind) =>
    OPERATIONS[kind.name].map((operation) => {
      const isWrite = !operation.startsWith('GET ') && !EDITS.has(operation)
      return [operation, { operation, kind, isWrite }] as const
    }),
  ),
)

/** Every operation that answers with one object with a status. */
export const RESULT_OPERATIONS: readonly ResultOperation[] = [...BY_OPERATION.values()]

/** The operation of that name, if its answer is one object with a status. */
export const resultOperation = (operation: string) => BY_OPERATION.get(operation)

/** Every status of every kind, and `_OTHER`: what `mangopay.result.status` can be. */
export const RESULT_STATUSES: readonly string[] = [
  ...new Set([...KINDS.flatMap(({ all }) => all), names.MANGOPAY_RESULT_STATUS_VALUE_OTHER]),
]
