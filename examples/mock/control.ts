import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Fault, FaultShare } from '../scenarios.ts'
import { listen } from './listen.ts'
import type { Mock } from './server.ts'

/** A control call: what it is for, and what it answers. */
type Action = (mock: Mock, input: Record<string, unknown>) => unknown

/** The input's field, when this predicate takes it. */
const field = <T>(input: Record<string, unknown>, name: string, takes: (value: unknown) => boolean): T => {
  const value = input[name]
  if (!takes(value)) throw new TypeError(`"${name}" is missing or of the wrong type: ${JSON.stringify(value)}`)
  return value as T
}
const isFault = (value: unknown) => typeof (value as { kind?: unknown } | undefined)?.kind === 'string'
const isNumber = (value: unknown) => typeof value === 'number'
const optional = (takes: (value: unknown) => boolean) => (value: unknown) => value === undefined || takes(value)
const isText = (value: unknown) => typeof value === 'string'

/** The control calls, JSON in and out. They live on a port of their own so that nothing on the API's port is special. */
const ACTIONS: Record<string, Action> = {
  'GET /totals': (mock) => mock.log.totals(),
  'GET /log': (mock) => mock.log.entries,
  'GET /used': (mock) => mock.used(),
  'POST /faults': (mock, input) => mock.setFaults(field<FaultShare[]>(input, 'faults', Array.isArray)),
  'POST /fail-next': (mock, input) =>
    mock.failNext(
      field<Fault>(input, 'fault', isFault),
      field<number>(input, 'times', optional(isNumber)),
      field<string[]>(input, 'only', optional(Array.isArray)),
    ),
  'POST /spend': (mock, input) =>
    mock.spend(
      field<number>(input, 'calls', isNumber),
      field<string>(input, 'clientId', optional(isText)),
      field<number>(input, 'secondsAgo', optional(isNumber)),
    ),
  'POST /revoke-tokens': (mock) => mock.revokeTokens(),
  'POST /lock': (mock, input) => mock.lock(field<string>(input, 'clientId', isText), input['locked'] !== false),
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
