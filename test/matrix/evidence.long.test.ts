/** How calls end is read alike from the spans of every line of the SDK, with its own instrumentations, twice that of undici. */
import { execFileSync } from 'node:child_process'
import { beforeAll, expect, it } from 'vitest'
import { nodeBinary } from './lab.ts'
import { nodeVersions, sdkLines } from './lines.ts'
import { pack, project } from './project.ts'
import { matrixClients } from './run-cells.ts'

let tarball: string
beforeAll(() => {
  tarball = pack()
})

const ok = { calls: 1 }
const cancelled = { calls: 1, cancelled: 1 }
const refused = { calls: 1, invalid_request: 1 }

it.each(sdkLines)('SDK $name', { timeout: 600_000 }, (line) => {
  const folder = project(tarball, { ...line.packages, ...matrixClients })
  const node = nodeBinary(nodeVersions[line.node === 22 ? '24' : '20'] ?? '')
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    MATRIX_LINE: line.name,
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_SEMCONV_STABILITY_OPT_IN: 'http',
  }
  const told = execFileSync(node, ['evidence.cjs'], {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  expect(JSON.parse(told)).toEqual({
    'fetch, unread': ok,
    'undici, unread': ok,
    'fetch, body.cancel()': cancelled,
    'node:http, response.destroy()': cancelled,
    'a header that is not Latin': refused,
    'a path with a space': refused,
    'a missing file': refused,
    'a length that does not match': refused,
    'a pool destroyed': cancelled,
    'an answer too large for undici': cancelled,
    'an answer too large for axios': cancelled,
    'aborted for a reason': cancelled,
    'a tunnel': ok,
    'an answer that is read': ok,
    exported: 14,
    health: ['MANGOPAY_TELEMETRY_DOUBLED_SPANS', 'MANGOPAY_TELEMETRY_SERIES'],
  })
})
