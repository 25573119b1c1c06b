/** `opentelemetry-mangopay/register` in real processes: calls by every client, however the app is started. */
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { environment, REGISTER, run } from './fixtures/child.ts'
import { project, receiver } from './fixtures/lab.ts'
import { SDK_NODE_MINOR } from './fixtures/project.ts'

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
