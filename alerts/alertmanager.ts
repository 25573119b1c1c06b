/** An example configuration of Alertmanager: who is woken, what waits until morning, what mutes what. */

import { stringify } from 'yaml'
import { INHIBIT_RULES } from './inhibition.ts'
import { ALERT_NAMES } from './model.ts'
import { LABEL } from './spelling.ts'

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
