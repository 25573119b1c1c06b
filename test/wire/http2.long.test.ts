/** HTTP/2 by `node:http2`, where the runtime tells of it, and by undici, which asks `node:http2` for its streams. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { selfSigned } from '../conformance/world.ts'
import { lab, nodeBinary } from '../matrix/lab.ts'
import { clientPackages, nodeVersions } from '../matrix/lines.ts'

const app = fileURLToPath(new URL('http2-app.mjs', import.meta.url))
const library = fileURLToPath(new URL('../../dist/cjs/index.js', import.meta.url))

it.each(Object.entries(nodeVersions))('Node %s counts each call once', async (name, version) => {
  const undici = name === '20.6.0' ? '6.29.1' : (clientPackages['undici'] ?? '')
  const { stdout } = await promisify(execFile)(nodeBinary(version), [app, library, lab({ undici })], {
    env: { ...process.env, NODE_OPTIONS: '', CERTIFICATE: JSON.stringify(selfSigned()) },
  })
  const failures = { rate_limit: 1, network: 1, cancelled: 1 }
  const tellsOfStreams = !name.startsWith('20')
  expect(JSON.parse(stdout)).toEqual(
    tellsOfStreams ? { calls: 7, failures, unknownOutcomes: 2 } : { calls: 3, failures: {}, unknownOutcomes: 0 },
  )
})
