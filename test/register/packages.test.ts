/** Where `register` finds the packages it needs, and what it says when one is missing. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { environment, REGISTER, run } from './fixtures/child.ts'
import { project, receiver } from './fixtures/lab.ts'
import { Project } from './fixtures/project.ts'

const CORE = ['api', 'sdk-node']
const HTTP = 'instrumentation-http'
const UNDICI = 'instrumentation-undici'

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

  it('in the working directory, when there is no main script but an argument', () =>
    works(['--require', REGISTER, '--eval', "require('./one.cjs')", 'start'], project.folder))

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

describe('a missing package is one line, another tells of the calls that were missed, and the app runs', () => {
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
      /not set up, npm install (?:@opentelemetry\/api@1\.9 )?@opentelemetry\/sdk-node\S* @opentelemetry\/instrumentation-http\S* @/,
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
    const isMissed = packages.includes('sdk-node') && packages.includes('api') && !packages.includes(HTTP)
    const lines = [line, ...(isMissed ? [/of 1 calls to Mangopay by node:http .* told of 0/] : [])]
    expect(ended).toMatchObject({
      ...{ code: 0, signal: null, stdout: 'done\n' },
      lines: lines.map((one) => expect.stringMatching(one)),
    })
    expect(ended.stderr.trim().split('\n')).toHaveLength(lines.length)
  })

  it('a broken one is named', async () => {
    const ended = await runsWith(['api', HTTP, UNDICI], (other) => {
      other.fake('@opentelemetry/sdk-node', '9.9.9', 'throw new Error("out of order")')
    })
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n', lines: [expect.stringContaining('sdk-node 9.9.9')] })
  })
})
