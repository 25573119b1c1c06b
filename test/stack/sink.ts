/** A server that takes what is posted to it: Alertmanager's webhook, and the traces that leave the collector. */
import { createServer } from 'node:http'
import { listen, stop } from '../../examples/mock/listen.ts'

/** A running sink. */
export interface Sink {
  readonly url: string
  /** Bodies received, oldest first. */
  readonly received: { path: string; time: number; body: unknown }[]
  close(): Promise<void>
}

/** Starts a sink on a free loopback port. */
export async function startSink(): Promise<Sink> {
  const received: Sink['received'] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return // who sent it has ended in the midst
    }
    received.push({
      path: request.url ?? '',
      time: Date.now(),
      body: JSON.parse(Buffer.concat(chunks).toString('utf8') || 'null'),
    })
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  })
  const port = await listen(server, 0, '127.0.0.1')
  return { url: `http://127.0.0.1:${port}`, received, close: () => stop(server) }
}
