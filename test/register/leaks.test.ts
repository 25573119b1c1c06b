/**
 * `register` in a real process, by calls full of secrets: what it exports and prints against what the same app exports
 * and prints when a bare SDK with the same instrumentations stands in its place.
 */
import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { startMock } from '../../examples/mock/server.ts'
import { alterHeaders, SECRETS } from '../network/secrets.ts'
import { addedSecrets, type Escaped, secretPlaces } from '../support/secret-places.ts'
import { environment, REGISTER, run } from './fixtures/child.ts'
import { project, receiver } from './fixtures/lab.ts'

/** The SDK as an app without this library has it, flushed at the end as `register` does. */
const BARE_SDK = `
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics')
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-http')
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
const sdk = new NodeSDK({
  traceExporter: new OTLPTraceExporter(),
  metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
})
sdk.start()
process.once('beforeExit', () => sdk.shutdown())
`

/** An app that makes the calls it is given, each with every client. */
const APP = `
const http = require('node:http')
const axios = require('axios')
const undici = require('undici')
const body = (method) => (method === 'GET' ? undefined : process.env.BODY)
const clients = {
  axios: (method, url, headers) => axios.request({ method, url, headers, data: body(method), validateStatus: () => true }),
  fetch: async (method, url, headers) => (await fetch(url, { method, headers, body: body(method) })).text(),
  undici: async (method, url, headers) => (await undici.request(url, { method, headers, body: body(method) })).body.text(),
  http: (method, url, headers) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { method, headers }, (response) => response.resume().on('end', resolve))
      request.on('error', reject).end(body(method))
    }),
}
/** What Mangopay, and others, send to the app, queries and all. */
const notified = async (targets) => {
  const server = http.createServer((request, response) => response.writeHead(request.url.includes('REFUSE') ? 503 : 200).end())
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  for (const [method, path] of targets) {
    await new Promise((resolve) => http.request({ port, method, path, agent: false }, (response) => response.resume().on('end', resolve)).end())
  }
  server.close()
}
async function main() {
  const { headers, calls, hooks } = JSON.parse(process.env.CALLS)
  await notified(hooks)
  for (const call of Object.values(clients)) {
    for (const [method, url] of calls) await call(method, url, headers).catch(() => console.log('failed'))
  }
}
main()
`

const runWith = async (preload: readonly string[]) => {
  const mock = await startMock({ alterHeaders, quota: [{ seconds: 900, limit: 37 }] })
  const base = `http://${mock.hostPort}/v2.01/${DEMO_CLIENT.clientId}`
  const { user, unknown, query, email, iban, key, own, version } = SECRETS
  const calls = [
    ['GET', `${base}/users/${user}?Email=${query}`],
    ['POST', `${base}/payins/card/direct`],
    ['POST', `${base}/payins/card/direct`],
    ['PUT', `${base}/users/natural/${user}`],
    ...[1, 2, 3].map(() => ['PUT', `${base}/cardregistrations/${user}`]),
    ['GET', `${base}/${unknown}/${user}`],
    ['GET', `${base}/responses/${key}`],
    ['GET', `http://${mock.hostPort}/${version}/other-platform-secret/users`],
  ]
  const headers = {
    ...{ authorization: `Bearer ${mock.issueToken()}`, 'content-type': 'application/json' },
    ...{ 'x-own': own, 'idempotency-key': key },
  }
  const hooks = [
    ['GET', `/hooks/mangopay?EventType=PAYIN_NORMAL_FAILED&RessourceId=${user}&Date=1`],
    ['GET', `/hooks/mangopay?RessourceId=${user}&EventType=PAYIN_NORMAL_FAILED&Email=${query}&note=REFUSE`],
    ['GET', `/hooks/mangopay?EventType=${query}&RessourceId=${user}`],
    ['GET', `/hooks/mangopay?EventType=PAYIN_NORMAL_FAILED&EventType=${query}`],
    ['GET', `/hooks/mangopay?EventType=PAYIN_NORMAL_FAILED${query}&RessourceId=${iban}`],
    ['GET', `/hooks/mangopay?EventType=${query.repeat(300)}`],
    ['POST', `/hooks/mangopay?EventType=PAYIN_NORMAL_FAILED&RessourceId=${user}`],
    ['GET', `/${unknown}?EventType=PAYIN_NORMAL_FAILED&RessourceId=${user}`],
  ]
  // Answers whose bodies are full of what is nobody's business: amounts, names, a message, a status and a code of its own.
  const fates = [
    { status: 'FAILED', code: '101101' },
    { status: own, code: key },
    { status: 'ERROR', code: iban },
  ]
  for (let i = 0; i < 4; i++) for (const fate of fates) mock.resultNext(fate, ['PUT /cardregistrations/{id}'])
  mock.failNext({ kind: 'sca' }, 1, ['PUT /users/natural/{userId}'])
  mock.failNext({ kind: 'cut', how: 'fin' }, 1, ['GET /users/{userId}'])
  const { code, stdout, stderr } = await run(
    [...preload, 'secrets.cjs'],
    project.folder,
    environment(receiver, {
      MANGOPAY_TELEMETRY_HOSTS: `${mock.hostPort}=sandbox`,
      CALLS: JSON.stringify({ headers, calls, hooks }),
      MANGOPAY_TELEMETRY_RESULTS: 'true',
      MANGOPAY_TELEMETRY_WEBHOOKS: '/hooks/mangopay',
      BODY: JSON.stringify({ Email: email, IBAN: iban, Amount: 1 }),
      OTEL_LOG_LEVEL: 'warn',
    }),
  )
  const exported = receiver.exports.map(({ path, parts }) => ({ path, parts }))
  const secrets = [...mock.secrets, ...Object.values(SECRETS), 'other-platform-secret']
  const requests = mock.log.totals().requests
  const counted = receiver.requestCount
  receiver.reset()
  await mock.close()
  return { code, exported, stdout, stderr, secrets, requests, counted }
}

/** The values that an attribute has somewhere in what was exported. */
const said = (exported: unknown, name: string): string[] => {
  const values = JSON.stringify(exported).matchAll(
    new RegExp(`"key":"${name}","value":\\{"stringValue":"([^"]*)"`, 'g'),
  )
  return [...new Set([...values].map(([, value = '']) => value))].sort()
}

it('exports and prints no secret that a bare SDK would not', async () => {
  writeFileSync(project.file('bare.cjs'), BARE_SDK)
  writeFileSync(project.file('secrets.cjs'), APP)
  const without = await runWith(['--require', './bare.cjs'])
  const ours = await runWith(['--import', REGISTER])
  expect(ours.code).toBe(without.code)
  expect(ours.stdout).toBe(without.stdout)
  expect([ours.requests, ours.counted, without.counted]).toEqual([40, 40, 0])
  const left = ({ exported, stdout, stderr, secrets }: typeof ours): Escaped => ({ exported, stdout, stderr, secrets })
  expect(addedSecrets(left(ours), left(without))).toEqual([])
  // The search does find what is there, and the library had something to print.
  const known = [...secretPlaces(without.exported, without.secrets)]
  for (const secret of [SECRETS.user, SECRETS.query, SECRETS.unknown]) {
    expect(known.some((place) => place.endsWith(`[url.full].stringValue holds ${secret}`))).toBe(true)
  }
  expect(ours.stderr).toContain('opentelemetry-mangopay')
  // And something to hide it in: results with and without a code of Mangopay's, notifications of every kind.
  expect(said(ours.exported, 'mangopay.result.code')).toEqual(['000000', '101101', '_OTHER'])
  expect(said(ours.exported, 'mangopay.webhook.event_type')).toEqual(
    expect.arrayContaining(['PAYIN_NORMAL_FAILED', '_OTHER']),
  )
  expect(said(ours.exported, 'mangopay.webhook.delivery')).toEqual(['acknowledged', 'late', 'refused'])
})
