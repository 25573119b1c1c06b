import { execFileSync } from 'node:child_process'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { INHIBIT_RULES } from '../../alerts/inhibition.ts'
import { ALERT_NAMES } from '../../alerts/model.ts'
import { Stack } from './servers.ts'
import { have, pathOf } from './tools.ts'

/** A small team's Alertmanager: critical wakes somebody, the rest is read in the morning. */
const config = {
  route: {
    receiver: 'chat',
    group_by: ['alertname', 'mangopay_environment'],
    routes: [{ matchers: ['severity = critical'], receiver: 'pager' }],
  },
  receivers: [{ name: 'chat' }, { name: 'pager' }],
  inhibit_rules: INHIBIT_RULES,
}

describe.each([
  ['0.25', 'distro-alertmanager', 'distro-amtool'],
  ['0.3', 'alertmanager', 'amtool'],
] as const)('the inhibitions on Alertmanager %s', (version, server, amtool) => {
  describe.skipIf(!have(server, amtool))('', () => {
    const stack = new Stack()
    afterAll(() => stack.stop())
    const run = (...args: string[]) => execFileSync(pathOf(amtool), args, { encoding: 'utf8' })

    it('are accepted by amtool, and leave routes alone', async () => {
      expect(run('--version')).toContain(`version ${version}`)
      const folder = await stack.folder({ 'alertmanager.yml': stringify(config) })
      expect(run('check-config', `${folder}/alertmanager.yml`)).toMatch(/2 inhibit rules/)
      const route = (...labels: string[]) =>
        run('config', 'routes', 'test', `--config.file=${folder}/alertmanager.yml`, ...labels).trim()
      expect(route('alertname=MangopayRateLimited', 'severity=critical')).toBe('pager')
      expect(route('alertname=MangopayRateLimitHeadroomLow', 'severity=warning')).toBe('chat')
    })

    it('are loaded by the server', async () => {
      const { url } = await stack.alertmanager(config, server)
      const status = (await (await fetch(`${url}/api/v2/status`)).json()) as { config: { original: string } }
      expect(status.config.original).toContain('inhibit_rules')
    })
  })
})

it('no alert mutes itself or the one that mutes it', () => {
  for (const { source_matchers, target_matchers } of INHIBIT_RULES) {
    const source = source_matchers.join()
    const targets = ALERT_NAMES.filter((name) => new RegExp(`["|]${name}["|]`).test(target_matchers.join()))
    expect(targets.length).toBeGreaterThan(2)
    expect(targets.filter((name) => source.endsWith(` ${name}`))).toEqual([])
  }
})
