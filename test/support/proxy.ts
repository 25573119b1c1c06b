/**
 * A forward proxy on bare sockets, which no instrumentation sees: a tunnel for CONNECT; what is asked for by its whole
 * URL is sent on with the path alone.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const FIRST_LINE = /^([A-Z]+) (?:http:\/\/)?([^/: ]+):(\d+)(\S*)/

/**
 * Starts one on loopback.
 *
 * @param refusal - status that every tunnel is refused with
 */
export const startProxy = async (refusal?: number) => {
  /** Method and target of every request, as they came. */
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    let upstream: Socket | undefined
    let isTunnel = false
    sockets.add(client)
    client.on('error', () => {}).on('close', () => upstream?.destroy())
    client.on('data', (data) => {
      const [line, method, host, port, path] = (isTunnel ? undefined : FIRST_LINE.exec(data.toString('latin1'))) ?? []
      if (line !== undefined) asked.push(line)
      if (refusal !== undefined) {
        client.end(`HTTP/1.1 ${refusal} Refused\r\ncontent-length: 0\r\n\r\n`)
        return
      }
      upstream ??= connect(Number(port), host)
        .on('error', () => client.destroy())
        .on('data', (back) => client.write(back))
        .on('end', () => client.end())
      isTunnel ||= method === 'CONNECT'
      if (method === 'CONNECT') client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      else upstream.write(line ? Buffer.concat([Buffer.from(`${method} ${path}`), data.subarray(line.length)]) : data)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const hostPort = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await once(server.close(), 'close')
  }
  return { hostPort, url: `http://${hostPort}`, asked, close }
}
