import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { readme } from '../support/project-files.ts'

const cwd = fileURLToPath(new URL('../..', import.meta.url))

const PAGES = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'alerts/alertmanager.example.yml',
  'alerts/grafana-alerting.yaml',
  'alerts/mangopay.records.yml',
  'alerts/mangopay.rules.yml',
  'dashboards/mangopay-api-client.json',
  'docs/alerts-simulated.md',
  'docs/alerts.md',
  'docs/conformance.md',
  'docs/dashboards.md',
  'docs/faults.md',
  'docs/opentelemetry-mangopay-names.api.md',
  'docs/opentelemetry-mangopay.api.md',
  'docs/performance.md',
  'docs/register.md',
  'docs/runbook.md',
  'docs/support.md',
  'examples/health.ts',
  'examples/log-spikes.ts',
  'examples/pause-on-quota.ts',
  'package.json',
]

/** Each source file twice, with its types; `register` as CommonJS only. */
const compiled = readdirSync(`${cwd}src`, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const formats = file.startsWith('register') ? ['cjs'] : ['cjs', 'esm']
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
    expect(files.toSorted()).toEqual([...PAGES, ...compiled, 'dist/cjs/package.json'].toSorted())
  })

  it('has what the README points to, but for the picture, which is twice as big as all the rest', () => {
    const linked = [...readme.matchAll(/\]\(([^)#:]+)[^)]*\)/g)].map(([, file]) => file as string)
    expect(linked.filter((file) => !files.includes(file))).toEqual(['docs/images/demo.png'])
  })
})
