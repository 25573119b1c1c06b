/** A minute of live traffic for the dashboard: the demo pushes through the Collector, another service is scraped. */
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { renderRules } from '../../alerts/prometheus.ts'
import { LABEL, SERIES } from '../../alerts/spelling.ts'
import { type CallCount, countsOfLog, sum } from '../../examples/demo/compare.ts'
import type { Stage, StageOptions } from '../../examples/demo/stage.ts'
import { SIX_WINDOWS } from '../../examples/mock/quota.ts'
import { operationShape } from '../../examples/mock/routes.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { scenarioNamed } from '../../examples/scenarios.ts'
import type { Choice } from '../dashboards/fill.ts'
import { eventually, freePort } from './child.ts'
import { query } from './promql.ts'
import { type Server, Stack } from './servers.ts'
import { Service } from './service.ts'
import { type Sink, startSink } from './sink.ts'

const built = new URL('../../build/examples/demo/stage.js', import.meta.url)

/** The demo's stories, one after the other, and for how many seconds each. */
const STORIES = [
  ['normal', 12],
  ['outage', 16],
  ['connection-resets', 10],
  ['sca-wave', 6],
  ['retry-loop', 8],
] as const

/** All six windows, so that no panel of one is left out; the 15 minutes are so few calls that the retry loop meets its end. */
export const ALL_WINDOWS = SIX_WINDOWS.map(({ seconds, limit }) => ({
  seconds,
  limit: seconds === 900 ? 420 : limit * 10,
}))

/** The environment that is pushed, and its service. */
export const PUSHED = { environment: 'sandbox', job: 'shop' }
/** The environment that is pulled, and its service. */
export const PULLED = { environment: 'production', job: 'pulled' }

/** The traffic, and what the servers of both sides saw of it. */
export class LiveTraffic {
  stage!: Stage
  mock!: Mock
  prometheus!: Server
  /** The range of the traffic. */
  choice!: Choice
  readonly #stack = new Stack()
  #traces!: Sink

  /** What the server saw of the pushed environment. */
  readonly ofDemo = (): CallCount[] => countsOfLog(this.stage.mock.log.entries)
  /** What the server saw of the pulled environment. */
  readonly ofPulled = (): CallCount[] => countsOfLog(this.mock.log.entries)

  /** What Prometheus has of one environment, call by call. */
  async counts(environment: string): Promise<CallCount[]> {
    const samples = await query(this.prometheus.url, `${SERIES.requests}{${LABEL.environment}="${environment}"}`)
    return samples.map(({ labels, value }) => ({
      shape: operationShape(labels[LABEL.operation] ?? ''),
      status: labels[LABEL.status] ?? 'none',
      count: value,
    }))
  }

  /** Starts everything, plays all stories, and waits until Prometheus has their numbers. */
  async play(): Promise<void> {
    if (!existsSync(fileURLToPath(built))) throw new Error('build/ is missing: npm run build')
    const { startStage } = (await import(built.href)) as { startStage(options: StageOptions): Promise<Stage> }
    const pullPort = await freePort()
    const from = Date.now() / 1_000
    this.#traces = await startSink()
    // The rules at thirty times their pace, so that the SLO row has something recorded.
    const rules = renderRules({ scale: 1 / 30 })
    const scrape = { [PULLED.job]: [`127.0.0.1:${pullPort}`] }
    this.prometheus = await this.#stack.prometheus({ rules, scrape, seconds: 2 })
    const collector = await this.#stack.collector(this.prometheus, this.#traces.url)
    this.stage = await startStage({
      otlpUrl: collector.url,
      serviceName: PUSHED.job,
      interval: 1_000,
      timeout: 4_000,
      pace: 3,
      mock: { quota: ALL_WINDOWS },
    })
    const pulled = await this.#pulled(pullPort)
    for (const [name, seconds] of STORIES) {
      this.stage.play(scenarioNamed(name))
      await delay(seconds * 1_000)
    }
    await Promise.all([this.stage.drain(), ...pulled])
    await Promise.all([
      this.#arrived(PUSHED.environment, this.ofDemo),
      this.#arrived(PULLED.environment, this.ofPulled),
    ])
    await delay(2_500) // one more evaluation of the rules
    this.choice = { from: from - 10, to: Date.now() / 1_000 }
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    await this.stage?.close()
    await this.#stack.stop()
    await this.mock?.close()
    await this.#traces?.close()
  }

  /** A service that is scraped, and its calls. */
  async #pulled(pullPort: number): Promise<Promise<void>[]> {
    this.mock = await startMock({
      requireToken: false,
      quota: ALL_WINDOWS,
      faults: [
        { share: 0.15, fault: { kind: 'status', status: 429 } },
        { share: 0.1, fault: { kind: 'status', status: 500 } },
        { share: 0.1, fault: { kind: 'reset' } },
      ],
    })
    const hosts = { [this.mock.hostPort]: PULLED.environment }
    const service = await Service.start({
      service: PULLED.job,
      instance: 'ignored',
      hosts,
      exportMilliseconds: 0,
      pullPort,
    })
    this.#stack.keep(service.child)
    const calls = (client: 'fetch' | 'axios', method: 'GET' | 'POST', path: string) =>
      service.calls({ client, method, url: `${this.mock.url}/v2.01/demo-platform/${path}`, perSecond: 4, seconds: 40 })
    return [calls('fetch', 'GET', 'users/user_m_01'), calls('axios', 'POST', 'transfers')]
  }

  #arrived(environment: string, server: () => CallCount[]): Promise<unknown> {
    return eventually(`all calls of ${environment} in Prometheus`, 20, async () =>
      sum(await this.counts(environment)) === sum(server()) ? true : undefined,
    ).catch(() => {}) // The first test says what is missing.
  }
}
