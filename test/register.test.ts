/** `opentelemetry-mangopay/register` in real processes: what it sets up, where it finds packages, what it says. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { environment, REGISTER, run } from './fixtures/register/child.ts'
import { Project, SDK_NODE_MINOR } from './fixtures/register/project.ts'
import { Receiver } from './fixtures/register/receiver.ts'

const CORE = ['api', 'sdk-node']
const HTTP = 'instrumentation-http'
const UNDICI = 'instrumentation-undici'

let project: Project
let receiver: Receiver

beforeAll(async () => {
  receiver = await new Receiver().start()
  project = new Project()
})
beforeEach(() => receiver.reset())
afterAll(async () => {
  project?.remove()
  await receiver?.stop()
})

const IN_COMMONJS = ['GET /cards/{cardId}', 'GET /events', 'GET /users/{userId}', 'GET /wallets/{walletId}']
const IN_ES_MODULE = [
  'GET /cards/{cardId}',
  'GET /disputes',
  'GET /events',
  'GET /hooks',
  'GET /users/{userId}',
  'GET /wallets/{walletId}',
]
const doublesSpans = SDK_NODE_MINOR <= 200
const HOOK = '--experimental-loader=@opentelemetry/instrumentation/hook.mjs'

describe('an app by every client', () => {
  it.each([
    ['--import', ['--import', REGISTER, 'calls.cjs'], IN_COMMONJS],
    ['--require', ['--require', REGISTER, 'calls.cjs'], IN_COMMONJS],
    ['--import, ES module', ['--import', REGISTER, 'calls.mjs'], IN_ES_MODULE],
    ['--require, ES module', ['--require', REGISTER, 'calls.mjs'], IN_ES_MODULE],
    ['both options', ['--require', REGISTER, '--import', REGISTER, 'calls.mjs'], IN_ES_MODULE],
    ['with the ESM hook that other instrumentations need', [HOOK, '--import', REGISTER, 'calls.mjs'], IN_ES_MODULE],
    [
      'after a preload that imports http',
      ['--import', './imports-http.mjs', '--import', REGISTER, 'calls.mjs'],
      IN_ES_MODULE,
    ],
    ['as a folder', ['--import', REGISTER, '.'], IN_COMMONJS],
  ])('%s: each call is one tagged span, and counted once', async (_, args, operations) => {
    writeFileSync(join(project.folder, 'index.js'), "require('./calls.cjs')\n")
    const ended = await run(args, project.folder, environment(receiver))
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n', lines: [] })
    expect(receiver.requestCount).toBe(operations.length)
    // With its hook, the http instrumentation of SDK 2.0 and before makes two spans of each call, with us or without.
    if (!doublesSpans || !args.includes(HOOK)) expect(receiver.operations).toEqual(operations)
    expect(receiver.metricNames).toContain('mangopay.client.request.duration')
    expect(receiver.metricNames).toContainEqual(expect.stringMatching(/^http\.client\.(request\.)?duration$/))
  })

  it('two installed copies set up once, and none takes the other for an SDK of the app', async () => {
    cpSync(project.file('node_modules/opentelemetry-mangopay'), project.file('copy'), { recursive: true })
    const args = ['--require', './copy/dist/cjs/register.js', '--import', REGISTER, 'one.cjs']
    const ended = await run(args, project.folder, environment(receiver))
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n', lines: [] })
    expect(receiver.operations).toEqual(['GET /users/{userId}'])
    expect(receiver.requestCount).toBe(1)
  })

  it.each(['commonjs', 'nodenext'] as const)('TypeScript compiled to %s', async (module) => {
    writeFileSync(
      join(project.folder, 'package.json'),
      JSON.stringify({ type: module === 'commonjs' ? module : 'module' }),
    )
    try {
      project.compileApp('app.ts', module)
      const ended = await run(['--import', REGISTER, 'app.js'], project.folder, environment(receiver))
      expect(ended).toMatchObject({ code: 0, stdout: 'done\n', lines: [] })
      expect(receiver.operations).toEqual(['GET /events'])
    } finally {
      writeFileSync(join(project.folder, 'package.json'), '{}')
    }
  })

  it('calls from a worker thread, which has an SDK of its own', async () => {
    const ended = await run(['--import', REGISTER, 'worker.cjs'], project.folder, environment(receiver))
    expect(ended).toMatchObject({ code: 0, stdout: 'done\nworker ended 0\n', lines: [] })
    expect(receiver.operations).toEqual(['GET /users/{userId}'])
  })

  it('has the response hook in both instrumentations', async () => {
    await run(['--import', REGISTER, 'sca.cjs'], project.folder, environment(receiver))
    expect(receiver.values('mangopay.error.category')).toEqual(['sca_required', 'sca_required'])
  })

  it('counts what a sampler drops, and does not export it', async () => {
    const env = environment(receiver, { OTEL_TRACES_SAMPLER: 'always_off' })
    await run(['--import', REGISTER, 'calls.cjs'], project.folder, env)
    expect(receiver.spans).toEqual([])
    expect(receiver.requestCount).toBe(4)
  })
})

describe('where packages are found', () => {
  const withProjects = async (
    lists: readonly (readonly string[])[],
    use: (...projects: Project[]) => Promise<void>,
  ) => {
    const projects = lists.map((list) => new Project(list))
    try {
      await use(...projects)
    } finally {
      for (const one of projects) one.remove()
    }
  }
  const entry = 'node_modules/opentelemetry-mangopay/dist/cjs/register.js'
  const works = async (args: readonly string[], cwd: string) => {
    const ended = await run(args, cwd, environment(receiver))
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n', lines: [] })
    expect(receiver.operations).toEqual(['GET /users/{userId}'])
  }

  it('beside the main script, when the working directory knows nothing of them', () =>
    withProjects([[]], async (bare) => {
      await works(['--import', project.file(entry), project.file('one.cjs')], bare?.folder ?? '')
    }))

  it('in the working directory, when a launcher elsewhere is the main script', () =>
    withProjects([[]], async (bare) => {
      await works(['--require', REGISTER, bare?.file('one.cjs') ?? ''], project.folder)
    }))

  it('some here and some there', () =>
    withProjects([CORE, [HTTP, UNDICI, 'api']], async (app, launched) => {
      await works(['--require', REGISTER, app?.file('one.cjs') ?? ''], launched?.folder ?? '')
    }))

  it('those of sdk-node itself, not others of the same name beside it', () =>
    withProjects([[...CORE, HTTP, UNDICI]], async (app) => {
      for (const name of ['sdk-trace', 'sdk-trace-base', 'sdk-metrics', 'exporter-trace-otlp-http']) {
        app?.fake(`@opentelemetry/${name}`, '9.9.9', 'throw new Error("of another release")')
      }
      await works(['--import', REGISTER, 'one.cjs'], app?.folder ?? '')
    }))

  it('an API copy of its own that is newer than that of the SDK sees the calls all the same', () =>
    withProjects([[...CORE, HTTP, UNDICI]], async (app) => {
      const newer = app?.file('node_modules/opentelemetry-mangopay/node_modules/@opentelemetry/api') ?? ''
      cpSync(project.file('node_modules/@opentelemetry/api'), newer, { recursive: true, dereference: true })
      const version =
        ['build/src/version.js', 'dist/version.cjs'].map((file) => join(newer, file)).find(existsSync) ?? ''
      writeFileSync(version, readFileSync(version, 'utf8').replace(/1\.\d+\.\d+/, '1.99.0'))
      await works(['--import', REGISTER, 'one.cjs'], app?.folder ?? '')
      expect(receiver.requestCount).toBe(1)
    }))
})

describe('a missing package is one line, and the app runs', () => {
  const runsWith = async (packages: readonly string[], change: (other: Project) => void = () => {}) => {
    const other = new Project(packages)
    try {
      change(other)
      return await run(['--import', REGISTER, 'one.cjs'], other.folder, environment(receiver))
    } finally {
      other.remove()
    }
  }

  it.each([
    [
      'sdk-node',
      ['api', HTTP, UNDICI],
      /not set up, npm install @opentelemetry\/sdk-node\S* @opentelemetry\/instrumentation-http\S* @/,
    ],
    [
      'the http instrumentation',
      [...CORE, UNDICI],
      /calls by node:http, node:https, axios are not seen: npm install @opentelemetry\/instrumentation-http@\S+$/,
    ],
    [
      'the undici instrumentation',
      [...CORE, HTTP],
      /calls by fetch, undici are not seen: npm install @opentelemetry\/instrumentation-undici\S*$/,
    ],
    [
      'both instrumentations',
      CORE,
      /npm install @opentelemetry\/instrumentation-http@\S+ @opentelemetry\/instrumentation-undici\S*$/,
    ],
    ['the API', ['sdk-node', HTTP, UNDICI], /not set up: Cannot find module '@opentelemetry\/api'/],
  ])('%s', async (_, packages, line) => {
    const ended = await runsWith(packages)
    expect(ended).toMatchObject({ code: 0, signal: null, stdout: 'done\n', lines: [expect.stringMatching(line)] })
    expect(ended.stderr.trim().split('\n')).toHaveLength(1)
  })

  it('a broken one is named', async () => {
    const ended = await runsWith(['api', HTTP, UNDICI], (other) => {
      other.fake('@opentelemetry/sdk-node', '9.9.9', 'throw new Error("out of order")')
    })
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n', lines: [expect.stringContaining('sdk-node 9.9.9')] })
  })
})

describe('an SDK of the app', () => {
  const LEFT_ALONE = expect.stringContaining('registered already and is left alone')
  const SECOND = expect.stringContaining('the app sets up an OpenTelemetry SDK of its own')

  it('registered before: left alone', async () => {
    const args = ['--require', './own-sdk.cjs', '--require', REGISTER, 'one.cjs']
    const ended = await run(args, project.folder, environment(receiver))
    expect(ended).toMatchObject({ code: 0, stdout: 'own SDK\ndone\n', lines: [LEFT_ALONE] })
    expect(receiver.exports).toEqual([])
  })

  it.each([
    ['own-sdk.cjs', {}],
    ['own-sdk.mjs', {}],
    ['own-sdk.cjs', { OTEL_LOG_LEVEL: 'error' }],
  ])('registered later, %s, %o: said once', async (app, more) => {
    const ended = await run(['--import', REGISTER, app], project.folder, environment(receiver, more))
    expect(ended).toMatchObject({ code: 0, stdout: 'own SDK\n', lines: [SECOND] })
  })

  it('can be flushed by an app that calls process.exit()', async () => {
    const ended = await run(['--import', REGISTER, 'flushes.cjs'], project.folder, environment(receiver))
    expect(ended).toMatchObject({ code: 6, lines: [] })
    expect(receiver.operations).toEqual(['GET /users/{userId}'])
    expect(receiver.requestCount).toBe(1)
  })
})
