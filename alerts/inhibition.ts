/** Which alert is silent while another one fires for the same environment: one cause, one page. */

import type { AlertName } from './model.ts'
import { LABEL } from './spelling.ts'

/** An inhibition as Alertmanager's `inhibit_rules` have it. */
export interface InhibitRule {
  source_matchers: string[]
  target_matchers: string[]
  equal: string[]
}

const mutes = (source: AlertName, targets: AlertName[]): InhibitRule => ({
  source_matchers: [`alertname = ${source}`],
  target_matchers: [`alertname =~ "${targets.join('|')}"`],
  equal: [LABEL.environment],
})

/** For `inhibit_rules` of Alertmanager. Grafana has none; there each alert notifies. */
export const INHIBIT_RULES: readonly InhibitRule[] = [
  // The quota is spent: that it soon will be is no news, and neither is that calls fail.
  mutes('MangopayRateLimited', [
    'MangopayRateLimitExhaustionPredicted',
    'MangopayRateLimitHeadroomLow',
    'MangopayRateLimitNearlyEmpty',
    'MangopayNothingSucceeds',
  ]),
  // Nothing works: then some of it does not, the budget burns, and refusals are one way of not working.
  mutes('MangopayNothingSucceeds', ['MangopayFailing', 'MangopayErrorBudgetBurn', 'MangopayAccessRefused']),
]
