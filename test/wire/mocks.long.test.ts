/** Mocks that answer in the process: which of them are counted from requests, and what classify says of what they make. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { lab, nodeBinary } from '../matrix/lab.ts'
import { clientPackages, nodeVersions } from '../matrix/lines.ts'

const app = fileURLToPath(new URL('mocks-app.mjs', import.meta.url))
const library = fileURLToPath(new URL('../../dist/cjs/index.js', import.meta.url))
const classify = fileURLToPath(new URL('../../dist/cjs/classify.js', import.meta.url))
const clients = { axios: clientPackages['axios'] ?? '', undici: clientPackages['undici'] ?? '' }
const refused = 'server_error unknown POST /transfers'
/** An error of the mock's own, of which nobody can tell what it means. */
const untold = ' unknown POST /payins/card/direct'

const MOCKS = {
  nock: {
    calls: 4,
    failures: { server_error: 1, network: 1 },
    refused,
    broken: 'network unknown POST /payins/card/direct',
  },
  msw: { calls: 4, failures: { server_error: 1, cancelled: 1 }, refused, broken: untold },
  MockAgent: { calls: 0, failures: {}, refused, broken: untold },
}

it.each(
  Object.entries(MOCKS).flatMap(([mock, expected]) =>
    (['ours', 'theirs'] as const).map((first) => [mock, first, expected] as const),
  ),
)('%s, first made: %s', async (mock, first, expected) => {
  const cwd = lab({ nock: '15.0.6', msw: '3.0.5', ...clients })
  const env = { ...process.env, NODE_OPTIONS: '' }
  const given = [app, library, classify, mock, first]
  const { stdout } = await promisify(execFile)(nodeBinary(nodeVersions['24'] ?? ''), given, { cwd, env })
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual(expected)
})
