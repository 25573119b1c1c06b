/** The compose files: well formed, pinned, each mount and each service one that exists. */
import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMPOSE_SCHEMA, type Service } from './compose.ts'
import { base, collector, folder, lgtm, mountsOf, overlay, problems, read } from './files.ts'

const services = Object.entries({ ...overlay.services, ...base.services })

describe('the compose files', () => {
  it.each([
    ['compose.yaml', base],
    ['compose.alertmanager.yaml', overlay],
    ['compose.collector.yaml', collector],
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

  it('of the Collector mounts what is there, pins its images, and sends the shop’s telemetry to it', () => {
    for (const [name, service] of Object.entries(collector.services)) {
      for (const { source } of mountsOf(service)) expect(existsSync(source), `${name} mounts ${source}`).toBe(true)
      if (service.build === undefined) expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+(-slim)?$/)
    }
    const { shop, mock, lgtm: stack, collector: itself } = collector.services
    expect(stack?.image).toBe(lgtm.image)
    expect(shop?.environment?.['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://collector:4318')
    expect(shop?.environment?.['MANGOPAY_URL']).toBe('http://mock:4010')
    expect(mock?.command?.slice(0, 2)).toEqual(['node', 'build/examples/mock/main.js'])
    expect(itself?.environment?.['METRICS_ENDPOINT']).toBe('http://lgtm:9090/api/v1/otlp')
    expect(read('collector.yaml')).toContain('"4010"')
  })

  it('let anybody follow a link into Explore and to the runbook', () => {
    for (const stack of [lgtm, collector.services['lgtm']]) {
      expect(stack?.environment?.['GF_USERS_VIEWERS_CAN_EDIT']).toBe('true')
      const targets = stack === undefined ? [] : mountsOf(stack).map(({ source }) => basename(source))
      expect(targets).toEqual(expect.arrayContaining(['mangopay.rules.yml', 'runbook.html']))
    }
    expect(read('mangopay.rules.yml')).toContain('http://localhost:3000/public/mangopay-runbook.html#')
  })

  it('send the demo’s telemetry to the stack', () => {
    expect(base.services['demo']?.environment?.['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://lgtm:4318')
  })
})
