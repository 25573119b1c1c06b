/** `node --import opentelemetry-mangopay/monitor app.mjs`, built, in processes of their own. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { Receiver } from '../support/receiver.ts'
import { PATIENT } from '../support/run.ts'

const entry = (name: string) => fileURLToPath(new URL(`../../dist/cjs/${name}.js`, import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

let mock: Mock
let collector: Receiver
let elsewhere: string
beforeAll(() => {
  elsewhere = mkdtempSync(join(tmpdir(), 'monitored-'))
})
afterAll(() => rmSync(elsewhere, { recursive: true }))
beforeEach(async () => {
  mock = await startMock()
  collector = await new Receiver().start()
})
afterEach(() => Promise.all([mock.close(), collector.stop()]))

/** An app that makes five calls by two clients. */
function run(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const app = join(elsewhere, 'app.mjs')
  writeFileSync(
    app,
    `import http from 'node:http'
     const url = process.argv[2]
     for (let i = 0; i < 3; i++) await (await fetch(url)).text()
     for (let i = 0; i < 2; i++) await new Promise((done) => http.get(url, (answer) => answer.resume().on('end', done)))
     console.log('done')`,
  )
  return new Promise<{ stdout: string; stderr: string }>((resolve) => {
    const options = {
      cwd,
      env: {
        ...process.env,
        NODE_OPTIONS: PATIENT,
        MANGOPAY_TELEMETRY_HOSTS: `${mock.hostPort}=lab`,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_SERVICE_NAME: 'shop',
        ...env,
      },
    }
    execFile(process.execPath, [...args, app, `${mock.url}/v2.01/acme/users`], options, (_, stdout, stderr) =>
      resolve({ stdout, stderr }),
    )
  })
}

it.each(['--import', '--require'])('%s: counts every call and exports it, without a tracer', async (flag) => {
  const file = entry('monitor')
  const { stdout, stderr } = await run(root, [flag, flag === '--import' ? pathToFileURL(file).href : file])
  expect({ stdout, stderr }).toEqual({ stdout: 'done\n', stderr: '' })
  expect(collector.requestCount).toBe(5)
  expect(collector.spans).toEqual([])
  expect(collector.resource('/v1/metrics', 'service.name')).toBe('shop')
})

it('says what is missing, and lets the app run', async () => {
  const { stdout, stderr } = await run(elsewhere, ['--require', entry('monitor')])
  expect(stdout).toBe('done\n')
  expect(stderr).toContain(
    'metrics are not exported, npm install @opentelemetry/sdk-metrics @opentelemetry/exporter-metrics-otlp-http',
  )
  expect(stderr.split('\n')).toHaveLength(2)
})

it('register: counts from requests when asked to, though no trace is sampled', async () => {
  const env = { MANGOPAY_TELEMETRY_COUNT_FROM: 'requests', OTEL_TRACES_SAMPLER: 'always_off' }
  const { stdout, stderr } = await run(root, ['--require', entry('register')], env)
  expect({ stdout, stderr }).toEqual({ stdout: 'done\n', stderr: '' })
  expect(collector.requestCount).toBe(5)
})
