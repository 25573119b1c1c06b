import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { listen } from './listen.ts'
import type { Mock } from './server.ts'

/** A control call: what it is for, and what it answers. */
type Action = (mock: Mock, input: Record<string, unknown>) => unknown

/**
 * The control calls, JSON in and out. They live on a port of their own so that nothing on the API's port is special.
 * Input is trusted: whoever reaches this port is the one who started the mock.
 */
const ACTIONS: Record<string, Action> = {
  'GET /totals': (mock) => mock.log.totals(),
  'GET /log': (mock) => mock.log.entries,
  'GET /used': (mock) => mock.used(),
  'POST /faults': (mock, { faults }) => mock.setFaults(faults as Parameters<Mock['setFaults']>[0]),
  'POST /fail-next': (mock, { fault, times, only }) =>
    mock.failNext(fault as Parameters<Mock['failNext']>[0], times as number, only as string[]),
  'POST /spend': (mock, { calls, clientId, secondsAgo }) =>
    mock.spend(calls as number, clientId as string, secondsAgo as number),
  'POST /revoke-tokens': (mock) => mock.revokeTokens(),
  'POST /lock': (mock, { clientId, locked }) => mock.lock(clientId as string, locked as boolean),
}

/** Serves the control calls on a loopback port, which it returns. */
export const startControl = (server: Server, mock: Mock, port: number): Promise<number> => {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const action = ACTIONS[`${request.method} ${request.url}`]
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const send = (status: number, value: unknown) => {
      response.writeHead(status, { 'Content-Type': 'application/json' })
      response.end(`${JSON.stringify(value ?? null)}\n`)
    }
    if (!action) return send(404, { error: 'no such control call', calls: Object.keys(ACTIONS) })
    try {
      send(200, action(mock, JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')))
    } catch (error) {
      send(400, { error: String(error) })
    }
  }
  server.on('request', (request, response) => void answer(request, response))
  return listen(server, port, '127.0.0.1')
}
