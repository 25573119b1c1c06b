// Calls whose end is easily read wrongly, one after the other, from spans; prints what was counted of each.
const { MangopaySpanProcessor } = require('opentelemetry-mangopay')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici')
const { MeterProvider, MetricReader, View } = require('@opentelemetry/sdk-metrics')
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { createReadStream } = require('node:fs')
const { connect, createServer } = require('node:net')

class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}
const reader = new Reader()
// Fewer series than there will be.
const few = { instrumentName: 'mangopay.client.requests', aggregationCardinalityLimit: 4 }
const isOfLine1 = process.env.MATRIX_LINE.startsWith('1.')
const meterProvider = new MeterProvider({ readers: [reader], views: [isOfLine1 ? new View(few) : few] })
const mangopay = new MangopaySpanProcessor({ hosts: { '127.0.0.1': 'matrix' }, meterProvider })
const { responseHook } = mangopay
new NodeSDK({
  spanProcessors: [mangopay],
  sampler: mangopay.sampler(),
  instrumentations: [
    new HttpInstrumentation({ responseHook }),
    new UndiciInstrumentation({ responseHook }),
    new UndiciInstrumentation({ responseHook }), // as beside auto-instrumentations
  ],
}).start()
const http = require('node:http')
const axios = require('axios')
const undici = require('undici')

const quiet = (emitter) => emitter.on('error', () => {})
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis))
const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
const server = http.createServer((request, response) => {
  request.on('error', () => {}).resume()
  if (request.url.endsWith('/silent')) return
  response.end(request.url.endsWith('/large') ? 'x'.repeat(500_000) : '{}')
})
// A proxy for tunnels.
const proxy = createServer((client) => {
  quiet(client).once('data', (data) => {
    const port = Number(/^CONNECT [^:]+:(\d+)/.exec(data)[1])
    const upstream = quiet(connect(port, '127.0.0.1'))
    client.write('HTTP/1.1 200 OK\r\n\r\n')
    client.pipe(upstream).pipe(client)
  })
})

/** Each is one call, if nothing else is said. */
const situations = (url, proxyUrl) => ({
  'fetch, unread': () => fetch(`${url}/large`, { method: 'POST' }),
  'undici, unread': () => undici.request(`${url}/large`),
  'fetch, body.cancel()': async () => (await fetch(`${url}/large`)).body.cancel(),
  'node:http, response.destroy()': () =>
    new Promise((resolve) => quiet(http.get(`${url}/large`, (response) => resolve(quiet(response).destroy())))),
  'a header that is not Latin': () => http.request(url, { headers: { a: '€' } }),
  'a path with a space': () => http.request(url, { path: '/a b' }),
  'a missing file': () => undici.request(url, { method: 'POST', body: quiet(createReadStream('/nowhere/file')) }),
  'a length that does not match': () =>
    fetch(url, { method: 'POST', headers: { 'content-length': '10' }, body: 'xyz' }),
  'a pool destroyed': async () => {
    const pool = new undici.Pool(new URL(url).origin)
    const asked = pool.request({ method: 'GET', path: `${new URL(url).pathname}/silent` })
    await Promise.all([asked, pause(50).then(() => pool.destroy())])
  },
  'an answer too large for undici': async () => {
    const dispatcher = new undici.Agent({ maxResponseSize: 1000 })
    await (await undici.request(`${url}/large`, { dispatcher })).body.text()
  },
  'an answer too large for axios': () => axios.get(`${url}/large`, { maxContentLength: 1000 }),
  'aborted for a reason': () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('the buyer has left')), 50)
    return fetch(`${url}/silent`, { signal: controller.signal })
  },
  'a tunnel': async () => {
    const dispatcher = new undici.ProxyAgent(proxyUrl)
    await (await undici.request(url, { dispatcher })).body.text()
  },
  'an answer that is read': async () => (await fetch(url)).text(),
})

const counted = () => {
  const { calls = 0, failures = {}, unknownOutcomes = 0, rates } = mangopay.snapshot().environments.matrix ?? {}
  return { calls, unavailable: rates?.kinds.unavailable.count ?? 0, unknownOutcomes, ...failures }
}

async function main() {
  const url = `http://127.0.0.1:${await listen(server)}/v2.01/acme/transfers`
  const told = {}
  for (const [name, run] of Object.entries(situations(url, `http://127.0.0.1:${await listen(proxy)}`))) {
    const before = counted()
    await Promise.resolve()
      .then(run)
      .catch(() => {})
    await pause(50)
    await mangopay.forceFlush()
    const after = Object.entries(counted()).map(([key, value]) => [key, value - (before[key] ?? 0)])
    told[name] = Object.fromEntries(after.filter(([, value]) => value !== 0))
  }
  const { resourceMetrics } = await reader.collect()
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  const points = metrics.find(({ descriptor }) => descriptor.name === few.instrumentName).dataPoints
  told.exported = points.reduce((sum, { value }) => sum + value, 0)
  told.health = mangopay
    .snapshot()
    .health.map(({ code }) => code)
    .sort()
  console.log(JSON.stringify(told))
  process.exit()
}
main()
