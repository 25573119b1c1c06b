import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { read } from '../support/project-files.ts'

const cwd = fileURLToPath(new URL('../..', import.meta.url))

const docs = readdirSync(`${cwd}docs`).filter((file) => file.endsWith('.md'))
const PAGES = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'],
  ...['.lint', 'mangopay-api-client.json'].map((file) => `dashboards/${file}`),
  ...['alertmanager.example.yml', 'grafana-alerting.yaml', 'mangopay.records.yml', 'mangopay.rules.yml'].map(
    (file) => `alerts/${file}`,
  ),
  ...['health.ts', 'log-spikes.ts', 'pause-on-quota.ts', 'retry.ts'].map((file) => `examples/${file}`),
  ...['complete.example.yaml', 'mangopay.yaml'].map((file) => `collector/${file}`),
  ...['go/main.go', 'requirements.txt', 'shop.py'].map((file) => `examples/collector/${file}`),
  ...docs.map((file) => `docs/${file}`),
]

/** Each source file twice, with its types; `register` and `monitor` as CommonJS only. */
const compiled = readdirSync(`${cwd}src`, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const formats = file.startsWith('register') || file === 'monitor.ts' ? ['cjs'] : ['cjs', 'esm']
    return formats.flatMap((format) => ['js', 'd.ts'].map((end) => `dist/${format}/${file.replace(/ts$/, end)}`))
  })

describe('the package', () => {
  let files: string[]
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd })
    const packed = JSON.parse(stdout) as unknown
    const [pack] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as [{ files: { path: string }[] }]
    files = pack.files.map(({ path }) => path)
  })

  it('has what a user needs and nothing else', () => {
    expect(files.toSorted()).toEqual([...PAGES, ...compiled, 'dist/cjs/package.json', 'dist/cli.js'].toSorted())
  })

  it('has what its pages point to, but for the pictures, which are bigger than all the rest, and CONTRIBUTING.md', () => {
    const linked = ['README.md', ...docs.map((file) => `docs/${file}`)].flatMap((page) =>
      [...read(page).matchAll(/\]\((?![a-z]+:)([^)#]+)[^)]*\)/g)].map(([, file]) =>
        join(dirname(page), file as string),
      ),
    )
    const missing = linked.filter((file) => !files.some((one) => one === file || one.startsWith(file)))
    expect(missing).toEqual([
      'docs/images/demo.png',
      'docs/images/dashboard-small.png',
      'CONTRIBUTING.md',
      'docs/images/dashboard.png',
    ])
  })
})
