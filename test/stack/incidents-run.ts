/** Plays the incidents once: mocks, services, Prometheus and Alertmanager, up to the webhook. */
import { INHIBIT_RULES } from '../../alerts/alertmanager.ts'
import { renderRules } from '../../alerts/prometheus.ts'
import { RECORDS } from '../../alerts/records.ts'
import { LABEL } from '../../alerts/spelling.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'
import { withPast } from './history.ts'
import { ENVIRONMENTS, EVERYDAY, type Incident, LINKS, MINUTE, SCALE } from './incidents-plan.ts'
import { type Server, Stack } from './servers.ts'
import { Service } from './service.ts'
import { type Sink, startSink } from './sink.ts'

/** One alert of a webhook message. */
interface Notified {
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  annotations: Record<string, string>
  time: number
}

/** All incidents at once. */
export class IncidentRun {
  alertmanager!: Server
  traces!: Sink
  /** When the cause of the storm was gone. */
  stormOver!: Promise<number>
  /** The traffic after it. */
  rest: Promise<unknown> | undefined
  readonly #stack = new Stack()
  readonly #mocks: Record<string, Mock> = {}
  #webhook!: Sink
  #platform!: Service

  /** What has reached the webhook, by alert and environment. */
  notified(alert?: string, environment?: string): Notified[] {
    return this.#webhook.received
      .flatMap(({ body, time }) => (body as { alerts: Notified[] }).alerts.map((one) => ({ ...one, time })))
      .filter(({ labels }) => alert === undefined || labels['alertname'] === alert)
      .filter(({ labels }) => environment === undefined || labels[LABEL.environment] === environment)
  }

  /** Starts everything; resolves when the calls are under way. */
  async start(): Promise<void> {
    this.#webhook = await startSink()
    this.traces = await startSink()
    const nightly: Incident = { perSecond: 5, faults: EVERYDAY }
    for (const [environment, { faults, mock }] of Object.entries<Incident>({ ...ENVIRONMENTS, nightly })) {
      this.#mocks[environment] = await startMock({ requireToken: false, faults, ...mock })
    }
    for (const environment of ['storm', 'leak']) {
      this.#mocks[environment]?.spend(19_600, 'demo-platform', 600 * MINUTE)
    }
    const collector = await this.#servers()
    this.#platform = await this.#service('platform', collector)
    const worker = await this.#service('worker', collector)
    const url = `${this.#mocks['nightly']?.url}/v2.01/demo-platform/users/user_m_01`
    await worker.calls({ client: 'fetch', method: 'GET', url, perSecond: nightly.perSecond, seconds: 3 * MINUTE })
    await worker.child.stop('SIGKILL')
    for (const environment of Object.keys(ENVIRONMENTS)) {
      // The leak is found before the first 429; the others go on while the storm does.
      if (environment !== 'storm') this.#call(environment, (environment === 'leak' ? 11 : 25) * MINUTE).catch(() => {})
    }
    this.stormOver = this.#storm()
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    await this.#stack.stop()
    await Promise.all(Object.values(this.#mocks).map((mock) => mock.close()))
    await this.#webhook?.close()
    await this.traces?.close()
  }

  /** Alertmanager, Prometheus with its past, and the Collector. */
  async #servers(): Promise<Server> {
    this.alertmanager = await this.#stack.alertmanager({
      route: { receiver: 'us', group_by: ['...'], group_wait: '1s', group_interval: '1s', repeat_interval: '1h' },
      receivers: [{ name: 'us', webhook_configs: [{ url: this.#webhook.url }] }],
      inhibit_rules: INHIBIT_RULES,
    })
    const rules = renderRules({ scale: SCALE, ...LINKS })
    const past = withPast([
      // Rules that are new believe no birth, and no forecast before a window has passed.
      { series: RECORDS.evaluated, value: 1, seconds: 90 * MINUTE, every: MINUTE },
      // A service that reported for two thirds of a day, so that its silence is noticed without waiting for one.
      {
        series: `${RECORDS.callsByCategory}{${LABEL.job}="worker",${LABEL.environment}="nightly"}`,
        value: 5,
        seconds: 1_100 * MINUTE,
        every: MINUTE,
      },
    ])
    const { alertmanager } = this
    const prometheus = await this.#stack.prometheus({ rules, alertmanager, seconds: MINUTE, backfill: past })
    return this.#stack.collector(prometheus, this.traces.url)
  }

  async #service(service: string, collector: Server): Promise<Service> {
    const hosts = Object.fromEntries(Object.entries(this.#mocks).map(([name, { hostPort }]) => [hostPort, name]))
    const instance = `${service}-0`
    const exportMilliseconds = MINUTE * 1_000
    const started = await Service.start({ service, instance, hosts, otlp: collector.url, exportMilliseconds })
    this.#stack.keep(started.child)
    return started
  }

  #call(environment: string, seconds: number, perSecond?: number): Promise<void> {
    const { perSecond: pace = 1, method = 'GET' } = ENVIRONMENTS[environment] ?? {}
    const path = method === 'POST' ? 'payins/card/direct' : 'users/user_m_01'
    const url = `${this.#mocks[environment]?.url}/v2.01/demo-platform/${path}`
    return this.#platform.calls({ client: 'fetch', method, url, perSecond: perSecond ?? pace, seconds })
  }

  /** The storm lasts thirteen minutes, then the cause is gone and a little traffic goes on. */
  async #storm(): Promise<number> {
    await this.#call('storm', 13 * MINUTE)
    this.#mocks['storm']?.setFaults([])
    const over = Date.now()
    this.rest = this.#call('storm', 15 * MINUTE, 1)
    return over
  }
}
