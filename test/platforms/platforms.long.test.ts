/** docs/platforms.md: its code with the real packages and the packed library, the counts beside the mock's own log. */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { listen, stop } from '../../examples/mock/listen.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { pack } from '../matrix/project.ts'
import { type Backend, startBackend } from './backend.ts'
import { command, end, newerNode, place, type Running, shown, start, variables, write } from './place.ts'

// Most of a test's time is npm's and the bundlers'.
vi.setConfig({ testTimeout: 600_000 })

const STATUSES = '200,200,200,200,401,200,200,200,200'

let tarball: string
let mock: Mock
let backend: Backend
const running: Running[] = []

beforeAll(() => {
  tarball = pack()
})
beforeEach(async () => {
  mock = await startMock()
  backend = await startBackend()
})
afterEach(async () => {
  for (const { child } of running.splice(0)) end(child)
  await Promise.all([mock.close(), backend.close()])
})

const run = (folder: string, words: readonly string[], env: Record<string, string | undefined> = {}): Running => {
  const program = start(folder, words, { mock, backend }, env)
  running.push(program)
  return program
}

/** What the server answered, in the words of the telemetry. */
function answered(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { method, path, status } of mock.log.entries) {
    const route = path.split('/demo-platform')[1] ?? path
    const operation = route.replace(/^\/users\/.+/, '/users/{userId}').replace(/^\/wallets\/.+/, '/wallets/{walletId}')
    const key = `${method} ${operation} ${status ?? 'none'}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** Of several programs. */
const times = (count: number) => {
  const one = {
    'GET /users 200': 4,
    'GET /users 401': 1,
    'GET /users/{userId} 200': 2,
    'GET /wallets/{walletId} 200': 2,
  }
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, value * count]))
}

/** Each on a connection of its own, so that those of a cluster take turns. */
const visit = async (url: string): Promise<string> => (await fetch(url, { headers: { connection: 'close' } })).text()

describe('in a process of its own', () => {
  it('Kubernetes: pods are told apart, probed, and stopped by SIGTERM with everything sent', async () => {
    const folder = place('plain', tarball)
    const { command: words, env } = parse(shown('Kubernetes').files['container.yaml'] ?? '') as {
      command: string[]
      env: { name: string; value?: string }[]
    }
    const pods = ['shop-1', 'shop-2'].map((pod) => {
      const given = env.map(({ name, value = pod }) => [name, value.replace('$(POD_NAME)', pod)])
      return run(folder, words, { ...Object.fromEntries(given), OTEL_EXPORTER_OTLP_ENDPOINT: backend.url })
    })
    for (const pod of pods) {
      const port = /port (\d+)/.exec(await pod.says(/port \d+\n/))?.[1]
      for (let probe = 0; probe < 5; probe++) expect(await visit(`http://127.0.0.1:${port}/healthz`)).toBe('ok')
      expect(await visit(`http://127.0.0.1:${port}/calls`)).toBe(STATUSES)
      pod.child.kill('SIGTERM')
      expect(await pod.ended).toMatchObject({ signal: 'SIGTERM', stderr: '' })
    }
    expect(answered()).toEqual(times(2))
    expect(backend.counted).toEqual(times(2))
    expect(backend.processes.map((it) => it['k8s.pod.name'])).toEqual(['shop-1', 'shop-2'])
    expect(new Set(backend.processes.map((it) => it['service.instance.id'])).size).toBe(2)
  })

  it('AWS Lambda: what was counted has left before the process is frozen', async () => {
    const folder = place('plain', tarball)
    write(folder, shown('AWS Lambda').files)
    const runtime = run(folder, ['node', 'runtime.mjs'], variables('AWS Lambda'))
    await runtime.says('ready')
    for (const event of [1, 2, 3]) {
      runtime.child.kill('SIGCONT')
      runtime.child.kill('SIGUSR2')
      await runtime.says(new RegExp(`(answer ${STATUSES}\n){${event}}`))
      runtime.child.kill('SIGSTOP')
      expect(backend.counted).toEqual(times(event))
    }
    runtime.child.kill('SIGKILL')
    await runtime.ended
    expect(answered()).toEqual(times(3))
    expect(backend.requests.map(({ temporality }) => temporality)).toContain('delta')
  })

  it.each(['Datadog', 'New Relic', 'Honeycomb', 'Grafana Cloud'])('%s over OTLP, as the page says', async (section) => {
    const folder = place('plain', tarball)
    const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '', ...env } = variables(section)
    const { pathname } = new URL(endpoint)
    const job = run(folder, ['node', '--import', 'opentelemetry-mangopay/register', 'job.mjs'], {
      ...env,
      OTEL_EXPORTER_OTLP_ENDPOINT: new URL(pathname, backend.url).href,
    })
    expect(await job.ended).toMatchObject({ code: 0, stdout: `${STATUSES}\n`, stderr: '' })
    expect(backend.counted).toEqual(answered())
    const wanted = env['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'] ?? 'cumulative'
    expect(backend.requests[0]).toMatchObject({
      path: `${pathname === '/' ? '' : pathname}/v1/metrics`,
      temporality: wanted,
      headers: Object.fromEntries(headersOf(env)),
    })
  })
})

/** `a=b,c=d` as the exporters read it. */
const headersOf = (env: Readonly<Record<string, string>>): string[][] =>
  (env['OTEL_EXPORTER_OTLP_METRICS_HEADERS'] ?? env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '')
    .split(',')
    .filter((pair) => pair !== '')
    .map((pair) => [pair.split('=')[0]?.toLowerCase() ?? '', decodeURIComponent(pair.split('=')[1] ?? '')])

describe('beside the agents of vendors, on Node 24', () => {
  // Their agents find nobody at these addresses, which are closed, and on this machine.
  const quiet = {
    DD_TRACE_AGENT_URL: 'http://127.0.0.1:9',
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    DD_TRACE_STARTUP_LOGS: 'false',
    NEW_RELIC_HOST: '127.0.0.1',
    NEW_RELIC_PORT: '9',
    NEW_RELIC_APP_NAME: 'shop',
    NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
    NEW_RELIC_LOG_ENABLED: 'false',
    NEW_RELIC_UTILIZATION_DETECT_AWS: 'false',
    NEW_RELIC_UTILIZATION_DETECT_AZURE: 'false',
    NEW_RELIC_UTILIZATION_DETECT_AZUREFUNCTION: 'false',
    NEW_RELIC_UTILIZATION_DETECT_GCP: 'false',
    NEW_RELIC_UTILIZATION_DETECT_PCF: 'false',
    APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)};IngestionEndpoint=https://127.0.0.1:9/;LiveEndpoint=https://127.0.0.1:9/`,
    APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
  }

  it.each([
    ['Datadog', 'datadog'],
    ['New Relic', 'newrelic'],
  ] as const)('%s', async (section, name) => {
    const folder = place(name, tarball)
    const [, ...args] = command(section, 'node --')
    const job = run(folder, [newerNode(), ...args], quiet)
    expect(await job.ended).toMatchObject({ code: 0, stdout: `${STATUSES}\n` })
    expect(backend.counted).toEqual(answered())
    expect(answered()).toEqual(times(1))
  })

  it('Azure Monitor', async () => {
    const folder = place('azure', tarball)
    // A second reader, since its own sends to Azure.
    const reader = 'metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],'
    const imports = `import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
`
    const code = shown('Azure Monitor').files['telemetry.mjs'] ?? ''
    write(folder, { 'telemetry.mjs': imports + code.replace('spanProcessors:', `${reader} spanProcessors:`) })
    const [, ...args] = command('Azure Monitor', 'node --')
    const job = run(folder, [newerNode(), ...args], quiet)
    expect(await job.ended).toMatchObject({ stdout: `${STATUSES}\n` })
    expect(backend.counted).toEqual(answered())
    expect(answered()).toEqual(times(1))
  })
})

/** Free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server, 0, '127.0.0.1')
  await stop(server)
  return port
}

describe('in frameworks', () => {
  it.each(['next15', 'next16'] as const)('%s: instrumentation.ts, and nothing lost at SIGTERM', async (name) => {
    const folder = place(name, tarball)
    rmSync(join(folder, '.next'), { recursive: true, force: true })
    write(folder, shown('Next.js').files)
    const quiet = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
    const built = await run(folder, ['next', 'build'], quiet).ended
    expect(built.code, built.stdout + built.stderr).toBe(0)
    const words = command('Next.js', 'next start')
    const next = run(folder, [...words, '--port', '0', '--hostname', '127.0.0.1'], {
      ...quiet,
      ...variables('Next.js'),
    })
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(await next.says(/Ready in/))?.[0]
    expect(await visit(`${url}/calls`)).toBe(STATUSES)
    for (let time = 0; time < 3; time++) expect(await visit(`${url}/cached`)).toBe('200')
    process.kill(-(next.child.pid ?? 0), 'SIGTERM')
    await next.ended
    expect(answered()).toEqual({ ...times(1), 'GET /wallets/{walletId} 200': 3 })
    expect(backend.counted).toEqual(answered())
  })

  it('NestJS, with shutdown hooks', async () => {
    const folder = place('nest', tarball)
    const nest = run(folder, command('NestJS', 'node --'))
    expect(await nest.ended).toMatchObject({ signal: 'SIGTERM', stdout: `${STATUSES}\n` })
    expect(answered()).toEqual(times(1))
    expect(backend.counted).toEqual(times(1))
  })

  it.each(['./sentry.mjs', './telemetry.mjs'])('Sentry 10, one trace in ten, with %s', async (file) => {
    const folder = place('sentry', tarball)
    write(folder, shown('Sentry 10').files)
    const job = run(folder, command('Sentry 10', `node --import ${file}`), { SENTRY_DSN: 'http://key@127.0.0.1:9/1' })
    expect(await job.ended).toMatchObject({ code: 0, stdout: `${STATUSES}\n` })
    expect(answered()).toEqual(times(1))
    expect(backend.counted).toEqual(times(1))
  })

  it('PM2 in cluster mode', async () => {
    const folder = place('pm2', tarball)
    const port = await freePort()
    const files = shown('PM2').files
    const given = `http://localhost:4318', ...JSON.parse('${JSON.stringify({
      TARGET: `${mock.url}/v2.01/demo-platform`,
      TOKEN: mock.issueToken(),
      MANGOPAY_TELEMETRY_HOSTS: `${mock.hostPort}=sandbox`,
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      PORT: String(port),
    })}'), more: '`
    const ecosystem = (files['ecosystem.config.cjs'] ?? '').replace('http://localhost:4318', given)
    write(folder, { ...files, 'ecosystem.config.cjs': ecosystem })
    // The daemon knows nothing of what only the ecosystem file says.
    const daemon = {
      PM2_HOME: join(folder, '.pm2'),
      PM2_DISABLE_VERSION_CHECK: 'true',
      TARGET: undefined,
      TOKEN: undefined,
      MANGOPAY_TELEMETRY_HOSTS: undefined,
      OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
    }
    try {
      expect((await run(folder, command('PM2', 'pm2 start'), daemon).ended).code).toBe(0)
      await expect.poll(() => visit(`http://127.0.0.1:${port}/healthz`).catch(String), { timeout: 30_000 }).toBe('ok')
      for (let time = 0; time < 4; time++) expect(await visit(`http://127.0.0.1:${port}/calls`)).toBe(STATUSES)
      await expect.poll(() => backend.counted, { timeout: 30_000 }).toEqual(times(4))
    } finally {
      await run(folder, ['pm2', 'kill'], daemon).ended
    }
    expect(answered()).toEqual(times(4))
    expect(new Set(backend.processes.map((it) => it['service.instance.id'])).size).toBe(2)
  })
})

describe('in other runtimes', () => {
  it.each([
    ['Bun', 'bun', { 'GET /users 200': 2, 'GET /users/{userId} 200': 2 }],
    ['Deno', 'deno', { 'GET /users 200': 2, 'GET /users/{userId} 200': 1, 'GET /wallets/{walletId} 200': 1 }],
  ])('%s: what counts, and what does not', async (_name, program, counted) => {
    const folder = place('runtimes', tarball)
    const job = run(folder, command('Bun and Deno', `${program} `))
    const told = expect.stringContaining('MANGOPAY_TELEMETRY_RUNTIME')
    expect(await job.ended).toMatchObject({ code: 0, stdout: `${STATUSES}\n`, stderr: told })
    expect(answered()).toEqual(times(1))
    expect(backend.counted).toEqual(counted)
  })
})

describe('bundled', () => {
  const ROLLUP = `import commonjs from '@rollup/plugin-commonjs'
import json from '@rollup/plugin-json'
import resolve from '@rollup/plugin-node-resolve'
export default (input, file) => ({
  input, output: { file, format: 'es', inlineDynamicImports: true }, onwarn() {},
  plugins: [resolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs({ ignore: ['node:sqlite', 'sqlite'] }), json()],
})
`
  /** How each bundler is asked for one file. */
  const bundlers: Readonly<Record<string, (from: string) => readonly [words: string[], file: string]>> = {
    webpack: (from) => [
      [
        'webpack',
        '--mode=production',
        '--target=node20',
        `--entry=./${from}`,
        '--output-path=webpacked',
        '--output-filename=bundle.cjs',
      ],
      'webpacked/bundle.cjs',
    ],
    ncc: (from) => [['ncc', 'build', from, '--out', 'ncced', '--quiet'], 'ncced/index.mjs'],
    esbuild: (from) => [
      [
        'esbuild',
        from,
        '--bundle',
        '--platform=node',
        '--format=cjs',
        '--outfile=esbuilt/bundle.cjs',
        '--log-level=error',
      ],
      'esbuilt/bundle.cjs',
    ],
    rollup: (from) => [
      [
        'node',
        '--input-type=module',
        '--eval',
        `import { rollup } from 'rollup'; import of from './rolled.mjs'; const it = of('./${from}', 'rolled/bundle.mjs'); await (await rollup(it)).write(it.output)`,
      ],
      'rolled/bundle.mjs',
    ],
    Vite: (from) => [['vite', 'build', '--ssr', from, '--outDir', 'vited', '--logLevel', 'error'], 'vited/bundle.mjs'],
  }
  const bundle = async (folder: string, name: string, from: string): Promise<string> => {
    writeFileSync(join(folder, 'rolled.mjs'), ROLLUP)
    writeFileSync(
      join(folder, 'vite.config.mjs'),
      "export default { build: { rollupOptions: { output: { entryFileNames: 'bundle.mjs' } } }, ssr: { noExternal: true } }",
    )
    const [words, file] = bundlers[name]?.(from) ?? [[], '']
    const { code, stderr } = await run(folder, words).ended
    expect(code, stderr).toBe(0)
    return file
  }

  // The calls first in a function: esbuild's CommonJS has no top-level await.
  const ENTRY = "import { calls } from './calls.mjs'\ncalls().then((statuses) => console.log(statuses.join()))\n"

  it.each(Object.keys(bundlers))('%s, with the telemetry beside it', async (name) => {
    const folder = place('bundlers', tarball)
    writeFileSync(join(folder, 'entry.mjs'), ENTRY)
    const file = await bundle(folder, name, 'entry.mjs')
    const [, ...args] = command('Bundles', 'node --')
    const job = run(folder, ['node', ...args.slice(0, -1), file])
    expect(await job.ended).toMatchObject({ code: 0, stdout: `${STATUSES}\n` })
    expect(answered()).toEqual(times(1))
    expect(backend.counted).toEqual(times(1))
  })

  it.each([
    ['spans', { 'GET /users 200': 2, 'GET /users 401': 1, 'GET /wallets/{walletId} 200': 2 }],
    ['requests', times(1)],
  ])('single executable, telemetry inside, counted from %s', async (from, counted) => {
    const folder = place('bundlers', tarball)
    const telemetry = (shown('Next.js').files['telemetry.ts'] ?? '')
      .replace(/process\.once.*/, "process.once('beforeExit', () => sdk.shutdown())")
      .replace('new MangopaySpanProcessor()', `new MangopaySpanProcessor({ countFrom: '${from}' })`)
    write(folder, { 'telemetry.mjs': telemetry })
    writeFileSync(join(folder, 'entry.mjs'), `import './telemetry.mjs'\n${ENTRY}`)
    const main = await bundle(folder, 'esbuild', 'entry.mjs')
    const executable = join(folder, 'esbuilt/shop')
    const sea = { main, output: 'esbuilt/sea.blob', disableExperimentalSEAWarning: true }
    writeFileSync(join(folder, 'sea.json'), JSON.stringify(sea))
    execFileSync(process.execPath, ['--experimental-sea-config', 'sea.json'], { cwd: folder, stdio: 'pipe' })
    copyFileSync(process.execPath, executable)
    chmodSync(executable, 0o755)
    const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2']
    const postject = run(folder, ['postject', executable, 'NODE_SEA_BLOB', sea.output, ...fuse])
    expect((await postject.ended).code).toBe(0)
    const job = run(folder, [executable])
    const told = from === 'spans' ? expect.stringContaining('of 4 calls to Mangopay by node:http') : ''
    expect(await job.ended).toMatchObject({ code: 0, stdout: `${STATUSES}\n`, stderr: told })
    expect(answered()).toEqual(times(1))
    expect(backend.counted).toEqual(counted)
  })
})

describe('by HTTP/2', () => {
  const CALL = `import { connect, createServer } from 'node:http2'
const server = createServer((request, response) => response.end('{}')).listen(0, '127.0.0.1', () => {
  const client = connect('http://127.0.0.1:' + server.address().port)
  client.request({ ':path': '/v2.01/demo-platform/users' }).resume().on('end', () => {
    console.log('answered')
    client.close()
    server.close()
  })
})
`
  const MONITOR = `import './sdk.mjs'
import { MangopayClientMonitor } from 'opentelemetry-mangopay'
new MangopayClientMonitor({ hosts: { '127.0.0.1': 'sandbox' } })
`
  const SDK = `import { NodeSDK } from '@opentelemetry/sdk-node'
const sdk = new NodeSDK({ instrumentations: [] })
sdk.start()
process.once('beforeExit', () => sdk.shutdown())
`
  it.each([
    ['spans', ['--import', 'opentelemetry-mangopay/register'], {}],
    ['requests', ['--import', './monitor.mjs'], { 'GET /users 200': 1 }],
  ])('counted from %s', async (_from, words, counted) => {
    const folder = place('plain', tarball)
    write(folder, { 'http2.mjs': CALL, 'monitor.mjs': MONITOR, 'sdk.mjs': SDK })
    const job = run(folder, [newerNode(), ...words, 'http2.mjs'], { MANGOPAY_TELEMETRY_HOSTS: '127.0.0.1=sandbox' })
    expect(await job.ended).toMatchObject({ code: 0, stdout: 'answered\n' })
    expect(backend.counted).toEqual(counted)
  })
})
