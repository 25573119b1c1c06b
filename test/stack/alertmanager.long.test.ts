/** The example configuration on the oldest and the newest Alertmanager. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { LABEL } from '../../alerts/spelling.ts'
import { eventually } from './child.ts'
import { Stack } from './servers.ts'
import { have, pathOf } from './tools.ts'

const file = fileURLToPath(new URL('../../alerts/alertmanager.example.yml', import.meta.url))
const config = parse(readFileSync(file, 'utf8')) as { inhibit_rules: unknown[] }

interface Alert {
  labels: Record<string, string>
  status: { inhibitedBy: string[] }
}

/** Alerts that fire together in an environment; a service in brackets where they are about one service only. */
const STORIES: readonly { environment: string; loud: string[]; muted: string[] }[] = [
  {
    environment: 'outage',
    loud: ['MangopayNothingSucceeds', 'MangopayUnknownOutcomes'],
    muted: [
      'MangopayFailing',
      'MangopayFailing(shop)',
      'MangopayErrorBudgetBurn',
      'MangopayAccessRefused',
      'MangopayAccessRefused(batch)',
    ],
  },
  {
    environment: 'bad-release-and-outage',
    loud: [
      'MangopayNothingSucceeds(batch)',
      'MangopayFailing',
      'MangopayFailing(shop)',
      'MangopayErrorBudgetBurn',
      'MangopayErrorBudgetBurn(shop)',
      'MangopayAccessRefused',
      'MangopayAccessRefused(shop)',
    ],
    muted: ['MangopayFailing(batch)', 'MangopayErrorBudgetBurn(batch)', 'MangopayAccessRefused(batch)'],
  },
  {
    environment: 'limited-then-outage',
    loud: ['MangopayRateLimited', 'MangopayNothingSucceeds'],
    muted: [
      'MangopayFailing',
      'MangopayRateLimitExhaustionPredicted',
      'MangopayRateLimitHeadroomLow',
      'MangopayRateLimitNearlyEmpty',
    ],
  },
  { environment: 'another', loud: ['MangopayFailing', 'MangopayRateLimitNearlyEmpty'], muted: [] },
]

const labelsOf = (name: string, environment: string): Record<string, string> => {
  const [, alertname = '', job] = /^(\w+)(?:\((\w+)\))?$/.exec(name) ?? []
  return { alertname, [LABEL.environment]: environment, ...(job !== undefined && { [LABEL.job]: job }) }
}
const nameOf = ({ alertname, [LABEL.job]: job }: Record<string, string>): string =>
  job === undefined ? `${alertname}` : `${alertname}(${job})`

describe.each([
  ['0.25', 'distro-alertmanager', 'distro-amtool'],
  ['0.3', 'alertmanager', 'amtool'],
] as const)('the example configuration on Alertmanager %s', (version, server, amtool) => {
  describe.skipIf(!have(server, amtool))('', () => {
    const stack = new Stack()
    afterAll(() => stack.stop())
    const run = (...args: string[]) => execFileSync(pathOf(amtool), args, { encoding: 'utf8' })

    it('is accepted by its amtool, and routes by severity', () => {
      expect(run('--version')).toContain(`version ${version}`)
      expect(run('check-config', file)).toContain(`${config.inhibit_rules.length} inhibit rules`)
      const route = (...labels: string[]) => run('config', 'routes', 'test', `--config.file=${file}`, ...labels).trim()
      expect(route('alertname=MangopayRateLimited', 'severity=critical')).toBe('page')
      expect(route('alertname=MangopayRateLimited', 'severity=warning')).toBe('ticket')
      expect(route('alertname=SomebodyElses', 'severity=critical')).toBe('ticket')
    })

    it('is loaded by the server', async () => {
      const { url } = await stack.alertmanager(config, server)
      const status = (await (await fetch(`${url}/api/v2/status`)).json()) as { config: { original: string } }
      expect(parse(status.config.original)).toMatchObject({ route: { receiver: 'ticket' } })
    })

    it('mutes what the firing alerts explain, and nothing else', async () => {
      const { url } = await stack.alertmanager(config, server)
      const alerts = STORIES.flatMap(({ environment, loud, muted }) =>
        [...loud, ...muted].map((name) => labelsOf(name, environment)),
      )
      const body = JSON.stringify(alerts.map((labels) => ({ labels })))
      const headers = { 'Content-Type': 'application/json' }
      await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body })
      const expected = STORIES.flatMap(({ environment, muted }) =>
        muted.map((name) => `${environment}: ${name}`),
      ).sort()
      // Alerts are taken in one by one, and a muted one is seen as such only after what mutes it.
      const seen = await eventually(`${alerts.length} alerts, ${expected.length} muted`, 20, async () => {
        const all = (await (await fetch(`${url}/api/v2/alerts`)).json()) as Alert[]
        const muted = all.filter(({ status }) => status.inhibitedBy.length > 0)
        return all.length === alerts.length && muted.length >= expected.length ? muted : undefined
      })
      expect(seen.map(({ labels }) => `${labels[LABEL.environment]}: ${nameOf(labels)}`).sort()).toEqual(expected)
    })
  })
})
