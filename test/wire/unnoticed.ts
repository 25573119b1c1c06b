/** An app's requests with this library and without, in processes of their own: what the app can notice is the same. */
import { execFile, execFileSync } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../examples/mock/listen.ts'

const app = fileURLToPath(new URL('unnoticed-app.mjs', import.meta.url))
const monitor = fileURLToPath(new URL('../../dist/cjs/monitor.js', import.meta.url))

/** Answers, or misbehaves by path. */
const misbehaving = (): Server =>
  createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url === '/silent') return
      if (request.url === '/reset') return void request.socket.destroy()
      response.writeHead(200, { 'content-length': 20, 'content-type': 'application/json' })
      if (request.url !== '/cut') return void response.end('{"Id":"12345678901"}')
      response.write('{"Id"')
      setTimeout(() => request.socket.destroy(), 50)
    })
  })

/** Compares them on one Node. */
export function comparesOn(name: string, node: string): void {
  describe(`Node ${name}`, () => {
    const server = misbehaving()
    let url: string
    beforeAll(async () => {
      url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`
    })
    afterAll(() => {
      server.closeAllConnections()
      server.close()
    })

    const run = (what: string, ours: boolean) =>
      new Promise<object>((resolve) => {
        const args = [...(ours ? ['--require', monitor] : []), app, what, url]
        const env = {
          ...process.env,
          NODE_OPTIONS: '',
          MANGOPAY_TELEMETRY_HOSTS: '127.0.0.1=lab',
          OTEL_METRICS_EXPORTER: 'none',
        }
        execFile(node, args, { env, timeout: 60_000 }, (error, stdout, stderr) =>
          resolve({ code: error?.code ?? 0, signal: error?.signal, stdout: plain(stdout), stderr: plain(stderr) }),
        )
      })

    const acts = JSON.parse(
      execFileSync(node, [app, 'list'], { encoding: 'utf8' }).replace(/exit 0\s*$/, ''),
    ) as string[]
    it.each(acts)('%s', async (what) => {
      const [ours, without] = await Promise.all([run(what, true), run(what, false)])
      expect(ours).toEqual(without)
      expect(JSON.stringify(without)).toContain('exit')
    })
  })
}

/** Ports, pids and the places in our own files differ from run to run. */
const plain = (text: string) => text.replace(/127\.0\.0\.1:\d+/g, '').replace(/node:\d+\)/g, 'node)')
