/** Vendors' real tracers, which hide, sample or replace spans: from requests every call counts once. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { lab, nodeBinary } from '../matrix/lab.ts'
import { clientPackages, nodeVersions } from '../matrix/lines.ts'

const app = fileURLToPath(new URL('tracers-app.mjs', import.meta.url))
const library = fileURLToPath(new URL('../../dist/cjs/index.js', import.meta.url))
const clients = { axios: clientPackages['axios'] ?? '', undici: clientPackages['undici'] ?? '' }

const TRACERS = [
  ['sentry', '@sentry/node', '10.78.0', '0'],
  ['sentry', '@sentry/node', '10.78.0', '1'],
  ['sentry', '@sentry/node', '11.12.0', '0'],
  ['sentry', '@sentry/node', '11.12.0', '1'],
  ['datadog', 'dd-trace', '5.132.0', '1'],
] as const

it.each(TRACERS.flatMap((one) => (['ours', 'theirs'] as const).map((first) => [...one, first] as const)))(
  '%s, %s %s, share %s, first made: %s',
  async (tracer, name, version, share, first) => {
    const cwd = lab({ [name]: version, ...clients })
    const node = nodeBinary(nodeVersions['24'] ?? '')
    const env = { ...process.env, NODE_OPTIONS: '' }
    const { stdout } = await promisify(execFile)(node, [app, library, tracer, share, first], { cwd, env })
    const last = stdout.trim().split('\n').at(-1) ?? ''
    expect(JSON.parse(last)).toEqual({ calls: 25, failures: { server_error: 5 } })
  },
)
