/** The code of the README and of docs/setup.md, run as it is written: before real apps, against the mock and a receiver. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { type OtlpReceiver, startReceiver } from '../../examples/otlp-receiver.ts'
import { read, readme, root } from '../support/project-files.ts'
import { PATIENT } from '../support/run.ts'

const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, of, text]) => (of === language ? [text as string] : []))
const [firstCommands = ''] = blocks(readme, 'sh')
const [firstPrinted = ''] = blocks(readme, 'text')
const setup = read('docs/setup.md')
const [telemetry = '', sampling = '', autoInstrumentations = '', inProcess = '', ...moreOfSetup] = blocks(setup, 'js')

let mock: Mock
let receiver: OtlpReceiver
beforeAll(async () => {
  mock = await startMock()
})
afterAll(() => mock.close())

/** Writes files into a folder of this name inside of the repository, where its packages are found. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  const url = new URL(`build/readme/${name}/`, root)
  mkdirSync(url, { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(new URL(file, url), text)
  return fileURLToPath(url)
}

/** The file of docs/setup.md, for the mock's host. */
function telemetryFor(host: string): string {
  const text = telemetry.replace('Processor()', `Processor({ hosts: { '${host}': 'sandbox' } })`)
  expect(text.length).toBeGreaterThan(telemetry.length)
  return text
}

/** Runs node there until it ends; with a signal, that is sent as soon as it prints something. */
const run = (cwd: string, args: readonly string[], signal?: NodeJS.Signals) =>
  runProgram(process.execPath, cwd, args, signal)

async function runProgram(program: string, cwd: string, args: readonly string[], signal?: NodeJS.Signals) {
  const env = {
    ...process.env,
    PATH: dirname(process.execPath) + delimiter + process.env['PATH'],
    NODE_OPTIONS: PATIENT,
    MANGOPAY_TELEMETRY_HOSTS: `${mock.hostPort}=sandbox`,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver?.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_LOGS_EXPORTER: 'none',
    TARGET: `${mock.url}/v2.01/${DEMO_CLIENT.clientId}`,
    TOKEN: mock.issueToken(),
  }
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stderr.on('data', (text: Buffer) => {
    stderr += text
  })
  child.stdout.on('data', (text: Buffer) => {
    stdout += text
    if (signal) child.kill(signal)
  })
  const ended = await new Promise<{ code: unknown; by: unknown }>((resolve) =>
    child.on('close', (code, by) => resolve({ code, by })),
  )
  return { ...ended, stdout, stderr }
}

/** A receiver of its own for each run, which is asked what was counted and what was exported. */
async function exportsOf(use: () => Promise<void>): Promise<{ counted: number; operations: number }> {
  receiver = await startReceiver()
  try {
    await use()
    return {
      counted: receiver.points('mangopay.client.requests').reduce((sum, { value }) => sum + value, 0),
      operations: receiver.spans.filter(({ attributes }) => attributes['mangopay.operation'] === 'GET /users').length,
    }
  } finally {
    await receiver.close()
  }
}

const ES_MODULE = `import { request } from 'node:http'
import axios from 'axios'

const headers = { authorization: 'Bearer ' + process.env.TOKEN }
const url = process.env.TARGET + '/users'
const validateStatus = () => true
const statuses = [
  (await axios.get(url, { headers, validateStatus })).status,
  (await fetch(url, { headers })).status,
  await new Promise((done) => {
    request(url, { headers }, (answer) => answer.resume().on('end', () => done(answer.statusCode))).end()
  }),
]
console.log(statuses.join())
`
const COMMONJS = `const { request } = require('node:http')
const headers = { authorization: 'Bearer ' + process.env.TOKEN }
const ask = () => request(process.env.TARGET + '/users', { headers }, (answer) => {
  answer.resume().on('end', () => console.log(answer.statusCode))
})
ask().end()
`

describe("the README's code", () => {
  it('is all run here', () => {
    expect([...blocks(readme, 'js'), ...moreOfSetup]).toEqual([])
  })

  it('begins with commands that print a tagged span, as it says', async () => {
    const [install, ...call] = firstCommands.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(install).toMatch(/^npm install opentelemetry-mangopay /)
    const command = call.join('\n').replace('https://api.sandbox.mangopay.com', mock.url)
    expect(command).toContain(mock.url)
    const { code, stdout, stderr } = await runProgram('sh', folder('first', {}), ['-c', command])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = firstPrinted.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(5)
    const printed = stdout.split('\n')
    for (const line of lines) expect(printed.map((it) => it.replace(/,$/, ''))).toContain(line.replace(/,$/, ''))
    expect(printed.filter((it) => it.includes('mangopay.')).length).toBe(
      lines.filter((it) => it.includes('mangopay.')).length,
    )
  })

  it('is loaded as the line below it says', () => {
    expect(telemetry.split('\n')[0]).toBe('// telemetry.mjs')
    expect(setup).toContain('node --import ./telemetry.mjs app.js')
  })

  it.each([
    { name: 'an ES module', app: 'app.mjs', text: ES_MODULE, stdout: '200,200,200\n', calls: 3 },
    { name: 'CommonJS', app: 'app.cjs', text: COMMONJS, stdout: '200\n', calls: 1 },
  ])('counts and exports every call of $name', async ({ app, text, stdout, calls }) => {
    const cwd = folder('import', { 'telemetry.mjs': telemetryFor(mock.hostPort), [app]: text })
    const before = mock.log.entries.length
    const exported = await exportsOf(async () => {
      const ended = await run(cwd, ['--import', './telemetry.mjs', app])
      expect(ended).toEqual({ code: 0, by: null, stdout, stderr: '' })
    })
    expect(mock.log.entries.length - before).toBe(calls)
    expect(exported).toEqual({ counted: calls, operations: calls })
  })

  it.each([
    { name: 'ends by it, with everything sent', handler: '', ends: { code: null, by: 'SIGTERM' } },
    {
      name: 'that the app handles is left to the app',
      handler: "process.once('SIGTERM', () => setTimeout(() => { process.exitCode = 3; clearInterval(stay) }, 300))",
      ends: { code: 3, by: null },
    },
  ])('SIGTERM $name', async ({ handler, ends }) => {
    const text = `${COMMONJS}const stay = setInterval(() => {}, 1_000)\n${handler}\n`
    const cwd = folder('signal', { 'telemetry.mjs': telemetryFor(mock.hostPort), 'app.cjs': text })
    const exported = await exportsOf(async () => {
      const ended = await run(cwd, ['--import', './telemetry.mjs', 'app.cjs'], 'SIGTERM')
      expect(ended).toMatchObject({ ...ends, stderr: '' })
    })
    expect(exported).toEqual({ counted: 1, operations: 1 })
  })

  it('keeps the counts exact when it samples', async () => {
    const none = sampling.replace('Sampler(0.1)', 'Sampler(0)')
    expect(none).not.toBe(sampling)
    const text = telemetryFor(mock.hostPort)
      .replace('const sdk =', `${none}\nconst sdk =`)
      .replace('sampler: mangopay.sampler(),', 'sampler,')
    const cwd = folder('sampling', { 'telemetry.mjs': text, 'app.mjs': ES_MODULE })
    const exported = await exportsOf(async () => {
      expect(await run(cwd, ['--import', './telemetry.mjs', 'app.mjs'])).toMatchObject({ code: 0, stderr: '' })
    })
    expect(exported).toEqual({ counted: 3, operations: 0 })
  })

  it('shows rates and quota in process, by a hook of the app around ours, with auto-instrumentations', async () => {
    // The package is not here; what it does with the options is to hand them on by name.
    const fake = `const getNodeAutoInstrumentations = (options) => [
  new HttpInstrumentation(options['@opentelemetry/instrumentation-http']),
  new UndiciInstrumentation(options['@opentelemetry/instrumentation-undici']),
]`
    const text = telemetryFor(mock.hostPort)
      .replace('const sdk =', `${fake}\n${autoInstrumentations}\nconst sdk =`)
      .replace(/instrumentations: \[[\s\S]*?\],/, 'instrumentations,')
    expect(text).toContain('  instrumentations,\n')
    const app = `${ES_MODULE}
${inProcess.replaceAll('.production', '.sandbox')}
const { rates, quota } = mangopay.snapshot().environments.sandbox
console.log(JSON.stringify([rates.kinds['429'], quota.map(({ window, used }) => [window, used > 0])]))
`
    const cwd = folder('in-process', { 'telemetry.mjs': text, 'app.mjs': app })
    await exportsOf(async () => {
      const { stdout } = await run(cwd, ['--import', './telemetry.mjs', 'app.mjs'])
      const [kind, quota] = JSON.parse(stdout.split('\n')[1] ?? '') as [object, unknown[]]
      expect(kind).toEqual({ count: 0, ratio: 0 })
      expect(quota[0]).toEqual(['15m', true])
    })
  })
})
