/**
 * `npm run record`: records the conformance set anew; `npm run record -- requests` what is counted from requests. For each SDK line and convention it installs that line outside of
 * the repository, runs the driver in it, and writes `test/conformance/<line>-<convention>.recorded.json`.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { lab, nodeBinary } from '../matrix/lab.ts'
import { clientPackages, nodeVersions, sdkLines } from '../matrix/lines.ts'
import type { Recording } from './record.ts'

const optIn = { old: '', stable: 'http', dup: 'http/dup' }
const only = process.argv[2]

if (!only || only === 'requests') recordRequests()

/** What is counted from requests, on each Node line: without any SDK. */
function recordRequests(): void {
  for (const [line, version] of Object.entries(nodeVersions)) {
    const packages = line === '20.6.0' ? { ...clientPackages, undici: '6.29.1' } : clientPackages // undici 7 wants 20.18
    const driver = fileURLToPath(new URL('./requests-driver.js', import.meta.url))
    const output = execFileSync(nodeBinary(version), [driver, lab(packages)], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const rows = (JSON.parse(output) as object[]).map((record) => JSON.stringify(record)).join(',\n')
    const head = JSON.stringify({ node: version, packages })
    writeFileSync(`test/conformance/node-${line}.counted.json`, `${head.slice(0, -1)},"records":[\n${rows}\n]}\n`)
    process.stdout.write(`Node ${version}: counted from requests\n`)
  }
}

for (const line of sdkLines) {
  const folder = lab({ ...line.packages, ...clientPackages })
  const version = nodeVersions[line.node === 22 ? '24' : '20'] ?? ''
  for (const convention of line.conventions) {
    const name = `${line.name}-${convention}`
    if (only && only !== name) continue
    const driver = fileURLToPath(new URL('./driver.js', import.meta.url))
    const output = execFileSync(nodeBinary(version), [driver, folder, convention], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        OTEL_SEMCONV_STABILITY_OPT_IN: optIn[convention],
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        RECORD_FIRST: line.conventions[0],
      },
    })
    const { scopes, records } = JSON.parse(output) as Pick<Recording, 'scopes' | 'records'>
    const head = { line: line.name, convention, node: version, onEnding: line.onEnding }
    const start = JSON.stringify({ ...head, packages: { ...line.packages, ...clientPackages }, scopes, records: [] })
    const rows = records.map((record) => JSON.stringify(record)).join(',\n')
    writeFileSync(`test/conformance/${name}.recorded.json`, `${start.slice(0, -2)}\n${rows}\n]}\n`)
    process.stdout.write(`${name}: ${records.length} records\n`)
  }
}
