// Twenty-five calls by five ways under a vendor's tracer, counted from requests. Prints what was counted.
// Arguments: our library, the tracer, its share of sampled traces, who is first.
import http from 'node:http'
import { createRequire } from 'node:module'

const [library, tracer, share, first] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const fromLab = createRequire(`${process.cwd()}/app.js`)
const { MangopayClientMonitor } = require(library)

const server = http.createServer((request, response) => {
  response.writeHead(request.url.includes('500') ? 500 : 200).end('{}')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const host = `127.0.0.1:${server.address().port}`

const START = {
  sentry: () => fromLab('@sentry/node').init({ dsn: 'http://key@127.0.0.1:9/1', tracesSampleRate: Number(share) }),
  datadog: () => {
    process.env.DD_TRACE_AGENT_URL = 'http://127.0.0.1:9'
    fromLab('dd-trace').init({ startupLogs: false, telemetry: false, remoteConfig: { enabled: false } })
  },
}
let monitor
const steps = [
  START[tracer],
  () => {
    monitor = new MangopayClientMonitor({ hosts: { [host]: 'lab' } })
  },
]
for (const step of first === 'ours' ? steps.reverse() : steps) step()

const axios = fromLab('axios')
const undici = fromLab('undici')
const url = `http://${host}/v2.01/acme/users`
for (let i = 0; i < 5; i++) {
  await axios.get(url)
  await axios.post(`${url}/500`, {}).catch(() => {})
  await (await fetch(url)).text()
  await (await undici.request(url)).body.text()
  await new Promise((resolve) => http.get(url, (answer) => answer.resume().on('end', resolve)))
}
const { calls, failures } = monitor.snapshot().environments.lab
console.log(JSON.stringify({ calls, failures }))
process.exit()
