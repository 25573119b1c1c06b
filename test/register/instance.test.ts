/** `service.instance.id`: without one, two processes of a service write one series, and its counts come out too high. */
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { read } from '../support/project-files.ts'
import { environment, REGISTER, run } from './fixtures/child.ts'
import { project, receiver } from './fixtures/lab.ts'
import { SDK_NODE_MINOR } from './fixtures/project.ts'

const WITH = ['--import', REGISTER]
const TRACES = '/v1/traces'
const METRICS = '/v1/metrics'

/** The ids that one run of an app exports: of its spans and of its metrics. */
async function idsOf(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [...WITH, 'one.cjs'],
): Promise<(string | undefined)[]> {
  receiver.reset()
  const ended = await run(args, project.folder, environment(receiver, env))
  expect(ended).toMatchObject({ code: 0, lines: [] })
  expect(receiver.requestCount).toBe(1)
  for (const signal of [TRACES, METRICS] as const) {
    expect(receiver.resource(signal, 'service.name')).toBe('checkout')
    expect(receiver.resource(signal, 'telemetry.sdk.language')).toBe('nodejs')
  }
  return ([TRACES, METRICS] as const).map((signal) => receiver.resource(signal, 'service.instance.id'))
}

const NAMED = { OTEL_SERVICE_NAME: 'checkout' }

describe('service.instance.id', () => {
  it('is another one in each process and in each thread, and the same for both signals', async () => {
    const all = [await idsOf(NAMED), await idsOf(NAMED), await idsOf(NAMED, [...WITH, 'worker.cjs'])]
    for (const [ofTraces, ofMetrics] of all) {
      expect(ofTraces).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
      expect(ofMetrics).toBe(ofTraces)
    }
    expect(new Set(all.flat()).size).toBe(3)
    // What the SDK detects by itself is still there.
    expect(receiver.resource(METRICS, 'process.pid')).toMatch(/^\d+$/)
    expect(receiver.resource(METRICS, 'host.name')).toBeDefined()
  })

  it('of the user is kept', async () => {
    const attributes = 'team=pay,service.instance.id=mine'
    expect(await idsOf({ ...NAMED, OTEL_RESOURCE_ATTRIBUTES: attributes })).toEqual(['mine', 'mine'])
    expect(receiver.resource(METRICS, 'team')).toBe('pay')
  })

  it('is left to the detectors when the user chooses them', async () => {
    expect(await idsOf({ ...NAMED, OTEL_NODE_RESOURCE_DETECTORS: 'env,host' })).toEqual([undefined, undefined])
  })
})

describe('the file of docs/setup.md', () => {
  // Of the packages that the pages name, which are those of this repository.
  it.skipIf(SDK_NODE_MINOR !== 223)('sets one too, and keeps that of the user', async () => {
    const [, text = ''] = /^```js\n(\/\/ telemetry\.mjs\n[\s\S]*?)^```/m.exec(read('docs/setup.md')) ?? []
    const ours = `{ hosts: { '${receiver.target}': 'sandbox' } }`
    writeFileSync(
      project.file('telemetry.mjs'),
      text
        .replace("'opentelemetry-mangopay'", "'./node_modules/opentelemetry-mangopay/dist/cjs/index.js'")
        .replace('MangopaySpanProcessor()', `MangopaySpanProcessor(${ours})`),
    )
    const env = { ...NAMED, OTEL_LOGS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
    const args = ['--import', './telemetry.mjs', 'one.cjs']
    const all = [await idsOf(env, args), await idsOf(env, args)]
    for (const [ofTraces, ofMetrics] of all) expect(ofMetrics).toBe(ofTraces)
    expect(new Set(all.flat()).size).toBe(2)
    expect(all.flat()).not.toContain(undefined)
    const mine = { ...env, OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=mine' }
    expect(await idsOf(mine, args)).toEqual(['mine', 'mine'])
  })
})
