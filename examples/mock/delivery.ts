import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Verdict } from './api.ts'
import type { LogEntry, RequestLog } from './log.ts'

/** RST throws away what the client has not read yet; after this long it has read the first half. */
const READ_TIME = 30

/** Where and when an answer goes out. */
export interface Delivery {
  request: IncomingMessage
  response: ServerResponse
  entry: LogEntry
  log: RequestLog
  /** The whole of the headers, in the order and spelling of the wire. */
  headers: Record<string, string | string[]>
  /** Milliseconds a good answer takes. */
  latency: number
  /** Server time, epoch milliseconds. */
  now: () => number
}

/** Sends an answer, or spoils it as its fault says, and keeps the log true about what left the machine. */
export const deliver = ({ answer, fault }: Verdict, delivery: Delivery): void => {
  const { request, response, entry, log } = delivery
  const { socket } = request
  if (response.destroyed) return
  switch (fault?.kind) {
    case 'reset':
      log.end(entry, 'unanswered')
      socket.resetAndDestroy()
      return
    case 'hang':
      // Held until the client gives up or the mock closes.
      return
    case 'stall':
    case 'cut': {
      const half = start(delivery, answer.status, answer.body)
      if (fault.kind === 'stall') {
        response.write(half)
        return
      }
      response.write(half, () => {
        const cut = () => {
          log.end(entry, 'cut')
          if (fault.how === 'reset') socket.resetAndDestroy()
          else socket.end()
        }
        setTimeout(cut, READ_TIME)
      })
      return
    }
    default: {
      const send = () => {
        start(delivery, answer.status, answer.body)
        response.end(request.method === 'HEAD' ? undefined : answer.body)
      }
      const wait = (fault?.kind === 'slow' ? fault.milliseconds : 0) + delivery.latency
      if (wait > 0) {
        const timer = setTimeout(send, wait)
        response.on('close', () => clearTimeout(timer))
      } else {
        send()
      }
    }
  }
}

/** Writes the status line and headers; returns the half of the body that a broken answer gets to send. */
const start = ({ response, entry, log, headers, now }: Delivery, status: number, body: string): string => {
  const bodiless = status === 204 || status === 304
  response.writeHead(status, bodiless ? headers : { ...headers, 'Content-Length': String(Buffer.byteLength(body)) })
  log.status(entry, status, now())
  return body.slice(0, Math.floor(body.length / 2))
}
