import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Stack } from './servers.ts'
import { have, pathOf } from './tools.ts'

const file = fileURLToPath(new URL('../../alerts/alertmanager.example.yml', import.meta.url))
const config = parse(readFileSync(file, 'utf8')) as { inhibit_rules: unknown[] }

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
  })
})
