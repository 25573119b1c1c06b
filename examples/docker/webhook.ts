/**
 * A receiver for Alertmanager's webhook that prints one line for each alert, so that one can see what a team would get.
 * `GET` answers 200. Port by `WEBHOOK_PORT`, default 8080.
 */
import { createServer } from 'node:http'
import process from 'node:process'

interface Notification {
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[]
}

/** Most bytes of a notification that are read: some hundred alerts. */
const LIMIT = 1_000_000

const lines = (body: string): string[] =>
  (JSON.parse(body) as Notification).alerts.map(
    ({ status, labels, annotations }) =>
      `${status.padEnd(8)} ${(labels['severity'] ?? '').padEnd(8)} ${labels['alertname']}: ${annotations['summary']}`,
  )

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    body += chunk
    if (body.length > LIMIT) request.destroy()
  })
  request.on('end', () => {
    if (request.method === 'GET') return void response.end('ready\n')
    try {
      for (const line of lines(body)) process.stdout.write(`${line}\n`)
      response.end()
    } catch {
      response.writeHead(400).end('not a notification of Alertmanager\n')
    }
  })
})
server.listen(Number(process.env['WEBHOOK_PORT'] || 8080))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    server.closeAllConnections()
  })
}
