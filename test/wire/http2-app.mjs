// Calls over HTTP/2 by node:http2 and by undici, counted from requests. Prints what was counted.
import http2 from 'node:http2'
import { createRequire } from 'node:module'

const [library, lab] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const { MangopayClientMonitor } = require(library)
const { Agent, request } = createRequire(`${lab}/lab.js`)('undici')

const server = http2.createSecureServer(JSON.parse(process.env.CERTIFICATE), () => {})
server.on('stream', (stream, headers) => {
  if (headers[':path'].endsWith('/reset')) return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
  if (headers[':path'].endsWith('/silent')) return
  stream.respond({ ':status': headers[':path'].endsWith('/429') ? 429 : 200 })
  stream.end('{}')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `https://127.0.0.1:${server.address().port}`
const monitor = new MangopayClientMonitor({ hosts: { '127.0.0.1': 'lab' } })

const session = http2.connect(origin, { rejectUnauthorized: false })
const call = (path, method = 'GET', act = () => {}) =>
  new Promise((resolve) => {
    const stream = session.request({ ':path': path, ':method': method })
    stream
      .on('error', () => {})
      .on('close', resolve)
      .resume()
      .end()
    act(stream)
  })
await call('/v2.01/acme/users')
await call('/v2.01/acme/users/429')
await call('/v2.01/acme/transfers/reset', 'POST')
await call('/v2.01/acme/transfers/silent', 'POST', (stream) => setTimeout(() => stream.close(8), 100))
session.destroy()

const dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } })
for (let i = 0; i < 3; i++) await (await request(`${origin}/v2.01/acme/users`, { dispatcher })).body.text()
await dispatcher.destroy()

const { calls, failures, unknownOutcomes } = monitor.snapshot().environments.lab ?? {}
console.log(JSON.stringify({ calls, failures, unknownOutcomes }))
await monitor.shutdown()
process.exit()
