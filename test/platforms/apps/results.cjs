// An app that pays with six clients and tells of every result over OTLP. Arguments: how often each of them pays.
const http = require('node:http')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
const { PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics')
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-http')
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { ParentBasedSampler, TraceIdRatioBasedSampler } = require('@opentelemetry/sdk-trace-base')
const { MangopaySpanProcessor } = require('opentelemetry-mangopay')

const mangopay = new MangopaySpanProcessor({ hosts: { [process.env.MOCK_HOST]: 'sandbox' }, results: true })
const { responseHook } = mangopay
const sdk = new NodeSDK({
  spanProcessors: [mangopay],
  sampler: mangopay.sampler(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.1) })),
  metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
  instrumentations: [new HttpInstrumentation({ responseHook }), new UndiciInstrumentation({ responseHook })],
})
sdk.start()

const axios = require('axios')
// In front of undici: where `fetch` was there first, undici takes over Node's dispatcher.
const nodesFetch = fetch('data:,').then(() => fetch)
const undici = require('undici')
const { TARGET, TOKEN } = process.env
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
const body = '{}'
const operations = ['/payins/card/direct', '/transfers', '/payouts/bankwire', '/payins/card/web']

const [, baseUrl, clientId] = /^(.*)\/v2\.01\/(.*)$/.exec(TARGET)
const viaSdk = (Mangopay) => {
  const api = new Mangopay({ clientId, clientApiKey: process.env.API_KEY, baseUrl, errorHandler: () => {} })
  const funds = { DebitedFunds: { Currency: 'EUR', Amount: 1 }, Fees: { Currency: 'EUR', Amount: 0 }, AuthorId: '1' }
  const calls = {
    '/payins/card/direct': () => api.PayIns.create({ ...funds, PaymentType: 'CARD', ExecutionType: 'DIRECT' }),
    '/transfers': () => api.Transfers.create(funds),
    '/payouts/bankwire': () => api.PayOuts.create({ ...funds, PaymentType: 'BANK_WIRE' }),
    '/payins/card/web': () => api.PayIns.create({ ...funds, PaymentType: 'CARD', ExecutionType: 'WEB' }),
  }
  return (operation) => calls[operation]()
}

/** Node 22 does not publish what its own `fetch` reads: the app tells of it. */
const tells = Number(process.versions.node.split('.')[0]) >= 24

const clients = {
  'SDK 4': viaSdk(require('mangopay4-nodejs-sdk')),
  'SDK 2': viaSdk(require('mangopay2-nodejs-sdk')),
  axios: (operation) => axios.post(TARGET + operation, body, { headers }),
  'node:http': (operation) =>
    new Promise((resolve, reject) => {
      const request = http.request(TARGET + operation, { method: 'POST', headers }, (response) => {
        response.resume().on('end', resolve)
      })
      request.on('error', reject).end(body)
    }),
  undici: async (operation) => {
    const dispatcher = new undici.Agent()
    const answer = await undici.request(TARGET + operation, { method: 'POST', headers, body, dispatcher })
    await answer.body.text()
    await dispatcher.close()
  },
  fetch: async (operation) => {
    const answer = await (await nodesFetch)(TARGET + operation, { method: 'POST', headers, body })
    const object = await answer.json()
    if (!tells) mangopay.recordResult(object, { operation: `POST ${operation}`, environment: 'sandbox' })
  },
}

async function main() {
  for (const [name, pay] of Object.entries(clients)) {
    for (let round = 0; round < Number(process.argv[2]); round++) await pay(operations[round % operations.length])
    console.log(name)
  }
  await sdk.shutdown()
}
main()
