import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('is packed with what a user needs and nothing else', async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd })
  const packed = JSON.parse(stdout) as unknown
  const [pack] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as [{ files: { path: string }[] }]
  const files = pack.files.map(({ path }) => path)
  const allowed = [
    /^dist\/(esm|cjs)\/[a-z-]+(\/[a-z-]+)?\.(js|d\.ts)$/,
    /^dist\/cjs\/package\.json$/,
    /^dashboards\/[a-z-]+\.json$/,
    /^alerts\/[a-z.-]+\.ya?ml$/,
    /^docs\/[a-z.-]+\.md$/,
    /^(README|CHANGELOG)\.md$/,
    /^LICENSE$/,
    /^package\.json$/,
    /^(register|names)\/package\.json$/,
  ]
  expect(files.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([])
  for (const needed of [
    'dist/esm/index.js',
    'dist/esm/index.d.ts',
    'dist/esm/names.js',
    'dist/cjs/index.js',
    'dist/cjs/index.d.ts',
    'dist/cjs/register.js',
    'dist/cjs/names.js',
    'dist/cjs/package.json',
    'dashboards/mangopay-api-client.json',
    'alerts/mangopay.rules.yml',
    'alerts/grafana-alerting.yaml',
    'alerts/mangopay.records.yml',
    'docs/runbook.md',
    'LICENSE',
  ]) {
    expect(files).toContain(needed)
  }
})
