/**
 * A server on a bare socket: what it does wrong is exactly what a case says, and no instrumentation sees it. It answers
 * whatever comes next with the reply it was given, and closes the connection after each answer.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Reply } from './cases.ts'

/** A server on loopback. */
export interface RawServer {
  port: number
  /** What the next requests meet. */
  reply: Reply
  /** Ends every connection, as after a case that leaves some hanging. */
  drop(): void
  close(): Promise<void>
}

/** Starts a server; with a certificate it speaks TLS. */
export async function rawServer(certificate?: { key: string; cert: string }): Promise<RawServer> {
  const sockets = new Set<Socket>()
  let redirected = false
  let reply: Reply = { kind: 'silent' }
  const onSocket = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    let head = ''
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1')
      // The first byte of a TLS handshake: somebody speaks https to a plain port.
      if (head.charCodeAt(0) === 0x16) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      if (!complete(head)) return
      const target = head.split(' ', 2)[1] ?? '/'
      head = ''
      const now: Reply = reply.kind === 'redirect' && redirected ? { kind: 'answer', status: 200 } : reply
      redirected = true
      serve(socket, now, target)
    })
  }
  const server: Server = certificate ? createTlsServer(certificate, onSocket) : createServer(onSocket)
  if (certificate) server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: portOf(server),
    get reply() {
      return reply
    },
    set reply(next) {
      reply = next
      redirected = false
    },
    drop: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

const portOf = (server: Server): number => (server.address() as { port: number }).port

/** Whether head and body of a request are in. */
function complete(received: string): boolean {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, end))
  if (length) return received.length - end - 4 >= Number(length[1])
  return !/\r\ntransfer-encoding: *chunked/i.test(received.slice(0, end)) || received.endsWith('0\r\n\r\n')
}

function serve(socket: Socket, reply: Reply, target: string): void {
  if (reply.kind === 'silent') return
  if (reply.kind === 'reset') return void socket.resetAndDestroy()
  if (reply.kind === 'close') return void socket.end()
  if (reply.kind === 'garbage') return void socket.end('this is not HTTP at all\r\n\r\n')
  if (reply.kind === 'redirect') {
    const location = reply.location || `${target}/`
    return void socket.end(answer(reply.status, '', [`location: ${location}`]))
  }
  if (reply.kind === 'answer') {
    if (reply.early) socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n')
    return void socket.end(answer(reply.status, reply.body ?? '{"Id":"1"}', reply.headers ?? []))
  }
  const whole = answer(reply.status, `{"Id":"${'1'.repeat(2000)}"}`, [])
  socket.write(whole.slice(0, whole.length - 1000))
  // The client must have seen the head before the end comes, or the case would be another one.
  if (reply.end === 'reset') setTimeout(() => socket.resetAndDestroy(), 80)
  if (reply.end === 'close') setTimeout(() => socket.end(), 80)
}

function answer(status: number, body: string, headers: readonly string[]): string {
  const content = status === 204 ? '' : body
  const type = headers.some((line) => line.startsWith('content-type')) ? [] : ['content-type: application/json']
  const lines = [
    ...type,
    ...headers,
    'connection: close',
    ...(status === 204 ? [] : [`content-length: ${content.length}`]),
  ]
  return `HTTP/1.1 ${status} Whatever\r\n${lines.join('\r\n')}\r\n\r\n${content}`
}

/** A port that was open a moment ago. */
export async function refusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

const sleeper = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
  require('node:fs').writeSync(1, String(this.address().port))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`

/** A port whose queue of connections is full and is never emptied: a handshake with it does not end. */
export async function blockedPort(): Promise<{ port: number; close(): void }> {
  const child: ChildProcess = spawn(process.execPath, ['-e', sleeper], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve) => child.stdout?.once('data', (data) => resolve(Number(data))))
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  await new Promise((resolve) => setTimeout(resolve, 200))
  return {
    port,
    close: () => {
      for (const socket of fillers) socket.destroy()
      child.kill('SIGKILL')
    },
  }
}
