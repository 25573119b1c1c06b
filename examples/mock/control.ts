import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Fault, FaultShare } from '../scenarios.ts'
import {
  type Check,
  fault,
  faultOfCall,
  fields,
  list,
  number,
  oneOf,
  operations,
  optional,
  whole,
} from './control-input.ts'
import { listen } from './listen.ts'
import { DEMO_CLIENT } from './options.ts'
import type { Mock } from './server.ts'

/** A control call: checks its input, does what it is for, and returns what it answers. */
type Action = (mock: Mock, input: unknown) => unknown

/** An action whose input has these fields, each of which passes its check. */
const action = <Input extends object>(
  checks: Record<keyof Input & string, Check>,
  run: (mock: Mock, input: Input) => unknown,
): Action => {
  const check = fields(checks)
  return (mock, input) => {
    check(input, '')
    return run(mock, input as Input)
  }
}

/** More calls than any quota allows, and few enough to keep the time of each. */
const MOST_CALLS = 1_000_000

/** The control calls, JSON in and out. They live on a port of their own so that nothing on the API's port is special. */
const actionsFor = (clients: readonly string[]): Record<string, Action> => ({
  'GET /totals': action({}, (mock) => mock.log.totals()),
  'GET /log': action({}, (mock) => mock.log.entries),
  'GET /used': action({}, (mock) => mock.used()),
  'POST /faults': action<{ faults: FaultShare[] }>(
    { faults: list(fields({ share: number(0, 1), fault: fault(), only: operations })) },
    (mock, { faults }) => mock.setFaults(faults),
  ),
  'POST /fail-next': action<{ fault: Fault; times?: number; only?: string[] }>(
    { fault: faultOfCall, times: optional(whole(1, MOST_CALLS)), only: operations },
    (mock, input) => mock.failNext(input.fault, input.times, input.only),
  ),
  'POST /spend': action<{ calls: number; clientId?: string; secondsAgo?: number }>(
    {
      calls: whole(1, MOST_CALLS),
      // Without a name it is the client of the examples, who has to be among the mock's as well.
      clientId: (value = DEMO_CLIENT.clientId, name) => oneOf(clients)(value, name),
      secondsAgo: optional(number(0, Number.MAX_SAFE_INTEGER)),
    },
    (mock, { calls, clientId, secondsAgo }) => mock.spend(calls, clientId, secondsAgo),
  ),
  'POST /revoke-tokens': action({}, (mock) => mock.revokeTokens()),
  'POST /lock': action<{ clientId: string; locked?: boolean }>(
    { clientId: oneOf(clients), locked: optional(oneOf([true, false])) },
    (mock, { clientId, locked }) => mock.lock(clientId, locked),
  ),
})

/** Serves the control calls on a loopback port, which it returns. The clients are those whose API key the mock knows. */
export const startControl = (server: Server, mock: Mock, clients: readonly string[], port: number): Promise<number> => {
  const actions = actionsFor(clients)
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const send = (status: number, value: unknown) => {
      response.writeHead(status, { 'Content-Type': 'application/json' })
      response.end(`${JSON.stringify(value ?? null)}\n`)
    }
    const chosen = actions[`${request.method} ${request.url}`]
    try {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      if (!chosen) return send(404, { error: 'no such control call', calls: Object.keys(actions) })
      send(200, chosen(mock, JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')))
    } catch (error) {
      send(400, { error: (error as Error).message })
    }
  }
  server.on('request', (request, response) => void answer(request, response))
  return listen(server, port, '127.0.0.1')
}
