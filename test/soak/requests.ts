/** Real calls by three clients to the mock, which is a process of its own, counted from requests without any tracing. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MangopayClientMonitor } from 'opentelemetry-mangopay'
import { Agent, request } from 'undici'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { callTo } from './calls.ts'

const SIDE_BY_SIDE = 32
/** As built, seen from the root of the project, where npm starts its scripts. */
const program = 'build/examples/mock/main.js'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A monitor, and what it watches. */
export class RequestSoak {
  readonly monitor: MangopayClientMonitor
  /** Calls made so far. */
  made = 0
  readonly #mock: ChildProcess
  readonly #url: string
  readonly #controlUrl: string
  readonly #headers: Record<string, string>
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: SIDE_BY_SIDE })
  readonly #dispatcher = new Agent({ connections: SIDE_BY_SIDE })

  private constructor(mock: ChildProcess, urls: { url: string; controlUrl: string }, token: string) {
    this.#mock = mock
    this.#url = urls.url
    this.#controlUrl = urls.controlUrl
    this.#headers = { authorization: `Bearer ${token}` }
    this.monitor = new MangopayClientMonitor({ hosts: { [new URL(urls.url).host]: 'soak' } })
  }

  /** Starts the mock and watches. */
  static async start(): Promise<RequestSoak> {
    const mock = spawn(process.execPath, [program, '--port', '0', '--control-port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    const [line] = (await once(mock.stdout, 'data')) as [Buffer]
    const urls = JSON.parse(line.toString()) as { url: string; controlUrl: string }
    const answer = await fetch(`${urls.url}/v2.01/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${DEMO_CLIENT.clientId}:${DEMO_CLIENT.apiKey}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    return new RequestSoak(mock, urls, token)
  }

  /** Makes this many calls. */
  async run(calls: number): Promise<void> {
    const until = this.made + calls
    const caller = async () => {
      while (this.made < until) await this.#call(this.made++).catch(() => {})
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, caller))
  }

  async #call(number: number): Promise<void> {
    const { method, url: asked } = callTo(number)
    const { pathname, search } = new URL(asked)
    const url = `${this.#url}${pathname.replace('/acme/', `/${DEMO_CLIENT.clientId}/`)}${search}`
    const headers = this.#headers
    if (number % 3 === 0) await (await fetch(url, { method, headers })).text()
    else if (number % 3 === 1) {
      const { body } = await request(url, { method: method as 'GET', headers, dispatcher: this.#dispatcher })
      await body.text()
    } else {
      await new Promise((resolve) => {
        const whole = { ...headers, 'content-length': '0' }
        const one = http.request(url, { method, headers: whole, agent: this.#agent }, (answer) =>
          answer.on('error', resolve).on('close', resolve).resume(),
        )
        one.on('error', resolve).end()
      })
    }
  }

  /** What was counted. */
  counted(): number {
    return this.monitor.snapshot().environments['soak']?.calls ?? 0
  }

  /** What arrived, but for the token's call, which came before anybody watched. */
  async arrived(): Promise<number> {
    const answer = await fetch(`${this.#controlUrl}/totals`)
    return ((await answer.json()) as { requests: number }).requests - 1
  }

  /** Bytes of the heap after a full garbage collection. */
  async heapBytes(): Promise<number> {
    for (let i = 0; i < 3; i++) {
      await turn()
      collectGarbage()
    }
    return process.memoryUsage().heapUsed
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.monitor.shutdown()
    this.#agent.destroy()
    await this.#dispatcher.destroy()
    this.#mock.kill()
  }
}
