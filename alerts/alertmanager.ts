/** An example configuration of Alertmanager: who is woken, what waits until morning, and what mutes what: one cause, one page. */

import { stringify } from 'yaml'
import { ALERT_NAMES, type AlertName } from './model.ts'
import { LABEL } from './spelling.ts'

/** An inhibition as Alertmanager's `inhibit_rules` have it. */
export interface InhibitRule {
  source_matchers: string[]
  target_matchers: string[]
  equal: string[]
}

const mutes = (source_matchers: string[], target_matchers: string[], equal: string[]): InhibitRule => ({
  source_matchers,
  target_matchers,
  equal,
})
const anyOf = (...alerts: AlertName[]): string => `alertname =~ "${alerts.join('|')}"`
const named = (alert: AlertName): string => `alertname = ${alert}`

const ENV = LABEL.environment
const JOB = LABEL.job
const PART_OF_NOTHING = [anyOf('MangopayFailing', 'MangopayErrorBudgetBurn', 'MangopayAccessRefused')]

const LOW = 'traffic = "low"'

/**
 * For `inhibit_rules` of Alertmanager. Grafana has none; there each alert notifies. No target of one rule is the source
 * of another, but for an alert’s own form for low traffic: one that is muted still mutes, and then nobody would hear of it.
 */
export const INHIBIT_RULES: readonly InhibitRule[] = [
  // The quota is spent: that it soon will be is no news.
  mutes(
    [named('MangopayRateLimited')],
    [anyOf('MangopayRateLimitExhaustionPredicted', 'MangopayRateLimitHeadroomLow', 'MangopayRateLimitNearlyEmpty')],
    [ENV, LABEL.account],
  ),
  // The form for low traffic is the calmer one: where both fire, the other comes and goes.
  mutes([named('MangopayRateLimited'), LOW], [named('MangopayRateLimited'), 'traffic = ""'], [ENV, LABEL.account]),
  mutes([named('MangopayNothingSucceeds'), LOW], [named('MangopayNothingSucceeds'), 'traffic = ""'], [ENV]),
  // Nothing works: then some of it does not, the budget burns, and refusals are one way of not working.
  mutes([named('MangopayNothingSucceeds'), `${JOB} = ""`], PART_OF_NOTHING, [ENV]),
  // Nothing works for one service: that says nothing of the others, nor of the environment as a whole.
  mutes([named('MangopayNothingSucceeds'), `${JOB} != ""`], PART_OF_NOTHING, [ENV, JOB]),
]

const HEADER = `# An example for Alertmanager 0.22 and later: put your own receivers in. Generated from alerts/*.ts of the repository of
# opentelemetry-mangopay. One notification per alert and environment, whatever the number of services.
`

/** The example configuration. */
export const renderAlertmanager = (): string => {
  const ours = `alertname =~ "${ALERT_NAMES.join('|')}"`
  const config = {
    route: {
      receiver: 'ticket',
      group_by: ['alertname', LABEL.environment],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '4h',
      routes: [{ matchers: [ours, 'severity = "critical"'], receiver: 'page' }],
    },
    inhibit_rules: INHIBIT_RULES,
    receivers: [
      { name: 'page', webhook_configs: [{ url: 'http://127.0.0.1:9095/page' }] },
      { name: 'ticket', webhook_configs: [{ url: 'http://127.0.0.1:9095/ticket' }] },
    ],
  }
  return HEADER + stringify(config, { lineWidth: 0 })
}
