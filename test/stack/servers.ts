/** The real servers of the chain, each on free loopback ports with its data in a temporary folder. */
import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { answers, type Child, freePort, startChild } from './child.ts'
import { pathOf } from './tools.ts'

/** Folders of every stack of this process; an interrupted run leaves none either. */
const folders = new Set<string>()
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A server that runs. */
export interface Server {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly child: Child
}

/** Starts servers, and at the end stops them in reverse order and removes their data. */
export class Stack {
  readonly #servers: Child[] = []
  readonly #folders: string[] = []

  /** A new temporary folder with these files in it; removed at the end. */
  async folder(files: Record<string, string> = {}): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'mangopay-stack-'))
    this.#folders.push(folder)
    folders.add(folder)
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    return folder
  }

  /** Keeps a process so that {@link stop} ends it. */
  keep(child: Child): Child {
    this.#servers.push(child)
    return child
  }

  /** Starts Prometheus: OTLP receiver on (3.x only), the rules loaded, alerts sent to the Alertmanager. */
  async prometheus(options: PrometheusOptions): Promise<Server> {
    const { which = 'prometheus', rules, alertmanager, scrape, seconds = 60, backfill } = options
    const port = await freePort()
    const folder = await this.folder({
      'prometheus.yml': stringify({
        global: { evaluation_interval: `${seconds}s`, scrape_interval: `${seconds}s`, scrape_timeout: `${seconds}s` },
        rule_files: rules === undefined ? [] : ['rules.yml'],
        ...(alertmanager && {
          alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }] },
        }),
        scrape_configs: Object.entries(scrape ?? {}).map(([job_name, targets]) => ({
          job_name,
          static_configs: [{ targets }],
        })),
        // Several processes export through one collector; a late batch is not a lost one.
        ...(which === 'prometheus' && { storage: { tsdb: { out_of_order_time_window: '10m' } } }),
      }),
      ...(rules !== undefined && { 'rules.yml': rules }),
    })
    await backfill?.(join(folder, 'data'))
    const child = startChild(pathOf(which), [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      // A series that nobody exports any more is gone after five exports, as with the defaults in real time.
      `--query.lookback-delta=${seconds * 5}s`,
      ...(which === 'prometheus' ? ['--web.enable-otlp-receiver'] : []),
    ])
    this.keep(child)
    const url = `http://127.0.0.1:${port}`
    await answers(child, `${url}/-/ready`)
    return { url, child }
  }

  /** Starts Alertmanager with this configuration, which is written as YAML. */
  async alertmanager(config: unknown, which: 'alertmanager' | 'distro-alertmanager' = 'alertmanager'): Promise<Server> {
    const port = await freePort()
    const folder = await this.folder({ 'alertmanager.yml': stringify(config) })
    const child = startChild(pathOf(which), [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ])
    this.keep(child)
    const url = `http://127.0.0.1:${port}`
    await answers(child, `${url}/-/ready`)
    return { url, child }
  }

  /**
   * Starts the Collector: OTLP over HTTP in; metrics go on to Prometheus, traces through these processors to `traces`,
   * as OTLP in JSON.
   */
  async collector(prometheus: Pick<Server, 'url'>, traces: string, processors = {}): Promise<Server> {
    const port = await freePort()
    const exporter = (endpoint: string, encoding: 'proto' | 'json') => ({
      endpoint,
      encoding,
      compression: 'none',
      sending_queue: { enabled: true },
      retry_on_failure: { enabled: true, initial_interval: '200ms' },
    })
    const pipeline = (name: string, before: string[] = []) => ({
      receivers: ['otlp'],
      processors: [...before, 'batch'],
      exporters: [`otlp_http/${name}`],
    })
    const folder = await this.folder({
      'collector.yml': stringify({
        receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
        processors: { ...processors, batch: { timeout: '100ms' } },
        exporters: {
          'otlp_http/metrics': exporter(`${prometheus.url}/api/v1/otlp`, 'proto'),
          'otlp_http/traces': exporter(traces, 'json'),
        },
        service: {
          telemetry: { metrics: { level: 'none' } },
          pipelines: { metrics: pipeline('metrics'), traces: pipeline('traces', Object.keys(processors)) },
        },
      }),
    })
    const child = startChild(pathOf('collector'), [`--config=file:${folder}/collector.yml`])
    this.keep(child)
    const url = `http://127.0.0.1:${port}`
    // It has no health page of its own in this build; an empty export is answered when it is up.
    await answers(child, `${url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    return { url, child }
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    for (const child of this.#servers.splice(0).reverse()) await child.stop()
    for (const folder of this.#folders.splice(0)) {
      await rm(folder, { recursive: true, force: true })
      folders.delete(folder)
    }
  }
}

/** How a Prometheus is to run. */
export interface PrometheusOptions {
  which?: 'prometheus' | 'distro-prometheus'
  /** Text of the rules file. */
  rules?: string
  alertmanager?: Server
  /** Job name → targets (`host:port`) to scrape. */
  scrape?: Record<string, string[]>
  /** Evaluation and scrape interval; the look-back is five of them. */
  seconds?: number
  /** Puts history into the data folder before the start. */
  backfill?: (data: string) => Promise<void>
}
