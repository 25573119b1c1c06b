// A service: `/healthz` for probes; `/calls` makes the nine calls.
import { createServer } from 'node:http'
import { calls } from './calls.mjs'

const server = createServer(async (request, response) => {
  try {
    response.end(request.url === '/calls' ? (await calls()).join() : 'ok')
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`port ${server.address().port}`))
