/** Which alert is silent while another one fires for the same environment: one cause, one page. */

import type { AlertName } from './model.ts'
import { LABEL } from './spelling.ts'

/** An inhibition as Alertmanager's `inhibit_rules` have it. */
export interface InhibitRule {
  source_matchers: string[]
  target_matchers: string[]
  equal: string[]
}

const mutes = (sourceMatchers: string[], targets: AlertName[], equal: string[]): InhibitRule => ({
  source_matchers: sourceMatchers,
  target_matchers: [`alertname =~ "${targets.join('|')}"`],
  equal,
})
const named = (alert: AlertName): string => `alertname = ${alert}`

const ENV = LABEL.environment
const JOB = LABEL.job
const PART_OF_NOTHING: AlertName[] = ['MangopayFailing', 'MangopayErrorBudgetBurn', 'MangopayAccessRefused']

/**
 * For `inhibit_rules` of Alertmanager. Grafana has none; there each alert notifies. No target of one rule is the source
 * of another: an alert that is muted still mutes, and then nobody would hear of anything.
 */
export const INHIBIT_RULES: readonly InhibitRule[] = [
  // The quota is spent: that it soon will be is no news.
  mutes(
    [named('MangopayRateLimited')],
    ['MangopayRateLimitExhaustionPredicted', 'MangopayRateLimitHeadroomLow', 'MangopayRateLimitNearlyEmpty'],
    [ENV],
  ),
  // Nothing works: then some of it does not, the budget burns, and refusals are one way of not working.
  mutes([named('MangopayNothingSucceeds'), `${JOB} = ""`], PART_OF_NOTHING, [ENV]),
  // Nothing works for one service: that says nothing of the others, nor of the environment as a whole.
  mutes([named('MangopayNothingSucceeds'), `${JOB} != ""`], PART_OF_NOTHING, [ENV, JOB]),
]
