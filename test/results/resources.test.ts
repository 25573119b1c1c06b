/** Which operations answer with one object with a status: our table against the official SDK's own code. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { operationShape } from '../../examples/mock/routes.ts'
import * as names from '../../src/names.ts'
import { allOperations } from '../../src/request/route.ts'
import { KINDS, RESULT_OPERATIONS, RESULT_STATUSES } from '../../src/results/resources.ts'

const require = createRequire(import.meta.url)
const sdk = dirname(require.resolve('mangopay4-nodejs-sdk/package.json'))
const routes: Record<string, [template: string, method: string]> = require(join(sdk, 'lib/apiMethods.js'))

/** Which model each operation of the SDK makes of its answer, read in the code of its services. */
const models = new Map<string, string>()
for (const file of readdirSync(join(sdk, 'lib/services'))) {
  let model: string | undefined
  const source = readFileSync(join(sdk, 'lib/services', file), 'utf8')
  for (const [, declared, called, method] of source.matchAll(
    /dataClass: (\w+)|_api\.method\(([^,]+),|^ {4}(\w+): ?(?:async )?function/gm,
  )) {
    if (method !== undefined) model = undefined
    model = declared ?? model
    if (called === undefined || model === undefined) continue
    // `'payins_' + paymentKey + '-' + executionKey + '_create'` is any key of that look.
    const parts = called.split('+').map((part) => /^\s*['"](.*)['"]\s*$/.exec(part)?.[1] ?? '[a-z]+')
    const pattern = new RegExp(`^${parts.join('')}$`)
    for (const key of Object.keys(routes)) if (pattern.test(key)) models.set(key, model)
  }
}

const hasStatus = (model: string) => {
  try {
    const Model = require(join(sdk, 'lib/models', `${model}.js`))
    return 'Status' in (new Model({}).defaults ?? {})
  } catch {
    return false // a variable, not a model
  }
}

const shapeOf = (key: string) => {
  const [template, method] = routes[key] as [string, string]
  return operationShape(`${method} ${template.replaceAll('${', '{')}`)
}

describe('the operations that answer with a result', () => {
  const ours = new Set(RESULT_OPERATIONS.map(({ operation }) => operationShape(operation)))

  it('are operations of the route table, each once', () => {
    const known = allOperations().map(({ name }) => name)
    expect(RESULT_OPERATIONS.map(({ operation }) => operation).filter((name) => !known.includes(name))).toEqual([])
    expect(ours.size).toBe(RESULT_OPERATIONS.length)
  })

  it('are those that the official SDK makes an object with a Status of, but for these', () => {
    const theirs = [...models].filter(([, model]) => hasStatus(model)).map(([key]) => key)
    expect(theirs.length).toBeGreaterThan(90)
    expect(theirs.filter((key) => !ours.has(shapeOf(key))).sort()).toEqual(
      [
        // Lists.
        'card_get_preauthorizations',
        'client_wallets_transactions',
        // A status about something else: whether a quote still holds, whether a hook is on.
        'create_quote',
        'disputes_all',
        'disputes_get_for_payin',
        'disputes_get_for_user',
        'disputes_get_for_wallet',
        'disputes_get_transactions',
        'disputes_pending_settlement',
        'get_quote',
        'hooks_all',
        'hooks_create',
        'hooks_get',
        'hooks_save',
        'mandates_all',
        'mandates_get_for_bank_account',
        'mandates_get_for_user',
        // Intents record what another processor did: no payment of Mangopay's.
        ...['cancel', 'capture_create', 'create_dispute', 'create_refund', 'execute_split', 'get', 'get_split'].map(
          (name) => `payins_intent_${name}`,
        ),
        ...['authorization_create', 'reverse_refund', 'reverse_split', 'update_dispute_outcome', 'update_split'].map(
          (name) => `payins_intent_${name}`,
        ),
        // It answers whether a payout could be instant, with no payout.
        'payouts_check_eligibility',
        ...['for_payin', 'for_payout', 'for_repudiation', 'for_transfer'].map((name) => `refunds_get_${name}`),
        // Reports and files.
        'reports_create',
        'reports_get_v2',
        ...['cancel', 'generate_new_upload_url', 'generate_upload_url', 'get'].map((name) => `settlement_${name}`),
        'transactions_get_for_bank_account',
        'transactions_get_for_card',
        'transactions_get_for_mandate',
        'users_alltransactions',
        'wallets_alltransactions',
      ].sort(),
    )
  })

  it('and those whose model the SDK does not say, or makes without it', () => {
    const theirs = new Set([...models].filter(([, model]) => hasStatus(model)).map(([key]) => shapeOf(key)))
    expect([...ours].filter((shape) => !theirs.has(shape)).sort()).toEqual([
      'get /dispute-documents/{}',
      'get /kyc/documents/{}',
      'get /kyc/ubodeclarations/{}',
      'get /users/{}/kyc/documents/{}',
      'get /users/{}/kyc/ubodeclarations/{}',
      'post /disputes/{}/documents',
      'post /payins/deposit-preauthorized/direct/capture-with-complement',
      'post /payins/deposit-preauthorized/direct/complement',
      'post /payins/payconiq/web',
      'post /payins/payment-methods/payconiq',
      'post /users/{}/kyc/documents',
      'post /users/{}/kyc/ubodeclarations',
      'put /disputes/{}/documents/{}',
      'put /mandates/{}/cancel',
      'put /users/{}/kyc/documents/{}',
      'put /users/{}/kyc/ubodeclarations/{}',
    ])
  })

  it('have kinds and statuses with the names of the contract', () => {
    const values = (prefix: string) =>
      Object.entries(names)
        .filter(([name]) => name.startsWith(prefix))
        .map(([, value]) => value)
    expect([...KINDS.map(({ name }) => name), '_OTHER'].sort()).toEqual(values('MANGOPAY_RESOURCE_VALUE_').sort())
    expect(RESULT_STATUSES).toContain('_OTHER')
    for (const { name, all } of KINDS) expect(new Set(all).size, name).toBe(all.length)
  })
})
