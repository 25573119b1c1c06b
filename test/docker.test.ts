import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { INHIBIT_RULES } from '../alerts/inhibition.ts'
import { LABEL } from '../alerts/spelling.ts'
import { programme } from '../examples/docker/programme.ts'
import { SCENARIOS } from '../examples/scenarios.ts'
import { COMPOSE_SCHEMA, type Compose, PROVIDERS_SCHEMA, type Service } from './docker/compose.ts'
import { answers, eventually, freePort, startChild } from './stack/child.ts'
import { loadedRules } from './stack/promql.ts'
import { Stack } from './stack/servers.ts'
import { have, pathOf } from './stack/tools.ts'

const folder = fileURLToPath(new URL('../docker', import.meta.url))
const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
const base = parse(read('compose.yaml')) as Compose
const overlay = parse(read('compose.alertmanager.yaml')) as Compose
const services = Object.entries({ ...overlay.services, ...base.services })
const mountsOf = ({ volumes = [] }: Service) =>
  volumes.map((volume) => {
    const [source = '', target = ''] = volume.split(':')
    return { source: resolve(folder, source), target }
  })
const lgtm = base.services['lgtm'] as Service
const mounts = mountsOf(lgtm)
const sourceOf = (target: string): string | undefined => mounts.find((mount) => mount.target === target)?.source

const problems = (schema: object, data: unknown): unknown => {
  const validate = new Ajv({ allErrors: true }).compile(schema)
  return validate(data) ? [] : validate.errors
}

describe('the compose files', () => {
  it.each([
    ['compose.yaml', base],
    ['compose.alertmanager.yaml', overlay],
  ])('%s is well formed', (_file, compose) => {
    expect(problems(COMPOSE_SCHEMA, compose)).toEqual([])
  })

  it('are refused with a misspelt key, a port for everybody or a writable mount', () => {
    const spoilt = (change: Partial<Service> & Record<string, unknown>) => ({
      services: { lgtm: { ...lgtm, ...change } },
    })
    expect(problems(COMPOSE_SCHEMA, spoilt({}))).toEqual([])
    expect(problems(COMPOSE_SCHEMA, spoilt({ stop_grace: '5s' }))).not.toEqual([])
    expect(problems(COMPOSE_SCHEMA, spoilt({ ports: ['3000:3000'] }))).not.toEqual([])
    expect(problems(COMPOSE_SCHEMA, spoilt({ volumes: ['./x.yaml:/x.yaml'] }))).not.toEqual([])
  })

  it('run exactly one stack image, and pin every image that is not built here', () => {
    const images = services.filter(([, { build }]) => build === undefined).map(([, { image = '' }]) => image)
    expect(images.filter((image) => image.includes('otel-lgtm'))).toEqual(['grafana/otel-lgtm:0.33.0'])
    for (const image of images) expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/)
  })

  it('mount files that exist, each to a place of its own', () => {
    const targets = new Set<string>()
    for (const [name, service] of [...Object.entries(base.services), ...Object.entries(overlay.services)]) {
      for (const { source, target } of mountsOf(service)) {
        // A missing source would silently become an empty folder.
        expect(existsSync(source), `${name} mounts ${source}`).toBe(true)
        expect(targets.has(`${name} ${target}`), target).toBe(false)
        targets.add(`${name} ${target}`)
      }
    }
  })

  it('ask every service for its health, stop it with patience, and wait only for services that exist', () => {
    const names = services.map(([name]) => name)
    for (const [name, service] of services) {
      // The demo's is in its Dockerfile.
      const dockerfile = service.build === undefined ? '' : read('Dockerfile')
      expect(service.healthcheck !== undefined || dockerfile.includes('\nHEALTHCHECK '), name).toBe(true)
      expect(service.stop_grace_period, name).toBeDefined()
      for (const other of Object.keys(service.depends_on ?? {})) expect(names).toContain(other)
      if (service.build !== undefined) {
        expect(existsSync(resolve(folder, service.build.context, service.build.dockerfile ?? ''))).toBe(true)
      }
    }
  })

  it('send the demo’s telemetry to the stack', () => {
    expect(base.services['demo']?.environment?.['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://lgtm:4318')
  })
})

describe('what the stack is given', () => {
  it('a dashboard that its provider finds and that is the home page', () => {
    const path = sourceOf('/otel-lgtm/grafana/conf/provisioning/dashboards/mangopay.yaml')
    const provided = parse(readFileSync(path ?? '', 'utf8')) as { providers: { options: { path: string } }[] }
    expect(problems(PROVIDERS_SCHEMA, provided)).toEqual([])
    const home = lgtm.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? ''
    expect(home.startsWith(`${provided.providers[0]?.options.path}/`)).toBe(true)
    expect(JSON.parse(readFileSync(sourceOf(home) ?? '', 'utf8'))).toMatchObject({ uid: 'mangopay-api-client' })
  })

  it('alerts of Grafana, where it looks for them', () => {
    expect(sourceOf('/otel-lgtm/grafana/conf/provisioning/alerting/mangopay.yaml')).toMatch(
      /alerts\/grafana-alerting\.yaml$/,
    )
  })

  it('an Alertmanager that Prometheus finds with the overlay only', () => {
    const { alerting } = parse(read('prometheus.yaml')) as {
      alerting: { alertmanagers: { file_sd_configs: { files: string[] }[] }[] }
    }
    const [pattern = ''] = alerting.alertmanagers[0]?.file_sd_configs[0]?.files ?? []
    const inFolder = ({ target }: { target: string }) => target.startsWith(pattern.replace('*.yaml', ''))
    expect(mounts.filter(inFolder)).toEqual([])
    const [added] = mountsOf(overlay.services['lgtm'] as Service).filter(inFolder)
    const [group] = parse(readFileSync(added?.source ?? '', 'utf8')) as { targets: string[] }[]
    expect(group?.targets).toEqual(['alertmanager:9093'])
    expect(overlay.services['alertmanager']?.ports).toEqual(['127.0.0.1:9093:9093'])
  })

  it('inhibitions and grouping that are those of the alerts', () => {
    const { inhibit_rules, route } = parse(read('alertmanager.yaml')) as {
      inhibit_rules: unknown
      route: { group_by: string[] }
    }
    expect(inhibit_rules).toEqual(INHIBIT_RULES)
    expect(route.group_by).toContain(LABEL.environment)
  })

  it('a round of all stories but the proof, each with the time its alerts need', () => {
    const played = new Set(programme().map(({ scenario }) => scenario.name))
    expect([...played].sort()).toEqual(
      SCENARIOS.map(({ name }) => name)
        .filter((name) => name !== 'proof')
        .sort(),
    )
    for (const { scenario, minutes } of programme()) expect(minutes, scenario.name).toBeGreaterThanOrEqual(2)
    expect(programme('outage').map(({ scenario }) => scenario.name)).toEqual(['outage'])
    expect(() => programme('no-such')).toThrow('no-such')
  })
})

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
