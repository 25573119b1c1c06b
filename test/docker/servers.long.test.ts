/** The configurations of docker/ in the servers they are for. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { answers, eventually, freePort, startChild } from '../stack/child.ts'
import { loadedRules } from '../stack/promql.ts'
import { Stack } from '../stack/servers.ts'
import { have, pathOf } from '../stack/tools.ts'
import { folder, read, sourceOf } from './files.ts'

describe.skipIf(!have('prometheus', 'promtool', 'amtool'))('on the real parts', () => {
  const stack = new Stack()
  afterAll(() => stack.stop())

  it('promtool accepts the configuration of Prometheus', () => {
    const said = execFileSync(pathOf('promtool'), ['check', 'config', join(folder, 'prometheus.yaml')], {
      encoding: 'utf8',
    })
    expect(said).toContain('SUCCESS')
  })

  it('Prometheus starts with it and loads the rules from where they are mounted', async () => {
    const rules = sourceOf('/otel-lgtm/rules/mangopay.rules.yml') ?? ''
    // The same file, the paths of the container replaced by those of this machine.
    const configuration = read('prometheus.yaml')
      .replace('/otel-lgtm/rules/*.yml', rules)
      .replace('/otel-lgtm/alertmanagers/*.yaml', join(folder, 'alertmanagers.yaml'))
    expect(configuration).not.toContain('/otel-lgtm/')
    const data = await stack.folder({ 'prometheus.yml': configuration })
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    // With the flags that the image gives.
    const child = startChild(pathOf('prometheus'), [
      '--web.enable-remote-write-receiver',
      '--web.enable-otlp-receiver',
      '--enable-feature=exemplar-storage',
      `--storage.tsdb.path=${data}/data`,
      `--config.file=${data}/prometheus.yml`,
      `--web.listen-address=127.0.0.1:${port}`,
    ])
    stack.keep(child)
    await answers(child, `${url}/-/ready`)
    const text = readFileSync(rules, 'utf8')
    const expected = [...text.matchAll(/^\s+- (?:alert|record):/gm)].length
    expect(expected).toBeGreaterThan(15)
    expect((await loadedRules(url)).length).toBe(expected)
    // Found by service discovery, which may take a few seconds more than the rest of the start.
    const alertmanagers = await eventually('the Alertmanager of the configuration', 30, async () => {
      const found = (await (await fetch(`${url}/api/v1/alertmanagers`)).json()) as {
        data: { activeAlertmanagers: { url: string }[] }
      }
      return found.data.activeAlertmanagers.length > 0 ? found.data.activeAlertmanagers : undefined
    })
    expect(alertmanagers.map((one) => one.url)).toEqual(['http://alertmanager:9093/api/v2/alerts'])
  })

  it('amtool accepts the configuration of Alertmanager, and routes by severity', () => {
    const file = join(folder, 'alertmanager.yaml')
    expect(execFileSync(pathOf('amtool'), ['check-config', file], { encoding: 'utf8' })).toContain('SUCCESS')
    const routed = (severity: string) =>
      execFileSync(
        pathOf('amtool'),
        ['config', 'routes', 'test', `--config.file=${file}`, 'alertname=X', `severity=${severity}`],
        { encoding: 'utf8' },
      ).trim()
    expect(routed('critical')).toBe('page')
    expect(routed('warning')).toBe('chat')
  })
})
