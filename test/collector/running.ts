/** A real Collector with our fragment beside a configuration of somebody's own, as `docs/collector.md` says. */
import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { type CollectorOptions, renderFragment } from '../../collector/config.ts'
import { answers, type Child, eventually, freePort, startChild } from '../stack/child.ts'
import type { Stack } from '../stack/servers.ts'
import { type Sink, startSink } from '../stack/sink.ts'
import { pathOf } from '../stack/tools.ts'
import { exportOf, type OtlpTraces, type PlainSpan, spansIn, type Tagged } from './spans.ts'

/** A Collector that runs. */
export interface RunningCollector {
  readonly url: string
  readonly child: Child
  /** Takes what leaves it, unless the metrics go to Prometheus. */
  readonly sink: Sink
  /** Sends spans, a few hundred in a request, and waits until as many have left. Returns what was written on each. */
  tag(spans: readonly PlainSpan[], now?: number): Promise<Tagged[]>
  /** The same without waiting. */
  send(spans: readonly PlainSpan[], now?: number): Promise<void>
}

/** How to run it. */
export interface RunOptions extends CollectorOptions {
  /** Where metrics go instead of the sink: the address of an OTLP receiver. */
  readonly metricsTo?: string
  /** How often the counter and the histogram are sent; as shipped: 15s. @default 500ms */
  readonly flush?: string
  /** Processors in front, such as a batch. */
  readonly before?: Readonly<Record<string, unknown>>
  /** Throws everything away that leaves it. */
  readonly discard?: boolean
  /** Changes our fragment. */
  readonly change?: (fragment: string) => string
  /** Without our fragment: what it is compared with. */
  readonly without?: boolean
  /** Keeps the port of a Collector that this one replaces. */
  readonly port?: number
}

/** A configuration without Mangopay, changed in the three places that docs/collector.md names. */
function ownConfiguration({ port, traces, metrics, before = {}, toSink = false }: Own): string {
  const exporter = (endpoint: string) => ({
    endpoint,
    encoding: 'json',
    compression: 'none',
    sending_queue: { batch: {} },
  })
  return stringify({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}`, max_request_body_size: 200_000_000 } } } },
    ...(Object.keys(before).length > 0 && { processors: before }),
    exporters: {
      'otlp_http/traces': exporter(traces),
      'otlp_http/metrics': { ...exporter(metrics), encoding: toSink ? 'json' : 'proto' },
    },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: {
        traces: { receivers: ['otlp'], processors: Object.keys(before), exporters: ['forward/mangopay'] },
        'traces/mangopay-out': { exporters: ['otlp_http/traces'] },
        'metrics/mangopay': { exporters: ['otlp_http/metrics'] },
      },
    },
  })
}
interface Own {
  port: number
  traces: string
  metrics: string
  toSink?: boolean
  before?: Readonly<Record<string, unknown>>
}

export async function runCollector(stack: Stack, options: RunOptions = {}): Promise<RunningCollector> {
  const port = options.port ?? (await freePort())
  const sink = await startSink()
  const shipped = renderFragment(options)
  const fragment = shipped.replace(
    "metrics_flush_interval: '15s'",
    `metrics_flush_interval: ${options.flush ?? '500ms'}`,
  )
  if (fragment === shipped) throw new Error('the interval of the fragment is spelled otherwise')
  const folder = await stack.folder({
    'own.yaml': ownConfiguration({
      ...options,
      port,
      traces: sink.url,
      metrics: options.metricsTo ?? `${sink.url}/metrics`,
      toSink: options.metricsTo === undefined,
    }),
    'mangopay.yaml': options.change?.(fragment) ?? fragment,
  })
  if (options.discard) {
    const nop = { receivers: ['otlp'], exporters: ['nop'] }
    const discard = {
      receivers: {
        otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}`, max_request_body_size: 200_000_000 } } },
      },
      exporters: { nop: {} },
      service: {
        telemetry: { metrics: { level: 'none' } },
        pipelines: options.without
          ? { traces: nop }
          : {
              traces: { ...nop, exporters: ['forward/mangopay'] },
              'traces/mangopay-out': { exporters: ['nop'] },
              'metrics/mangopay': { exporters: ['nop'] },
            },
      },
    }
    await writeFile(`${folder}/own.yaml`, stringify(discard))
    if (options.without) await writeFile(`${folder}/mangopay.yaml`, '{}')
  }
  const child = startChild(pathOf('collector'), [`--config=${folder}/own.yaml`, `--config=${folder}/mangopay.yaml`])
  stack.keep({
    ...child,
    async stop(signal) {
      await child.stop(signal)
      await sink.close()
    },
  })
  const url = `http://127.0.0.1:${port}`
  const post = (body: unknown) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await answers(child, `${url}/v1/traces`, post({}))
  let sent = 0
  const send = async (spans: readonly PlainSpan[], now?: number) => {
    for (let at = 0; at < spans.length; at += 500) {
      const response = await fetch(`${url}/v1/traces`, post(exportOf(spans.slice(at, at + 500), sent + at, now)))
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
    }
    sent += spans.length
  }
  const arrived = () =>
    sink.received.filter(({ path }) => path === '/v1/traces').flatMap(({ body }) => spansIn(body as OtlpTraces))
  return {
    url,
    child,
    sink,
    send,
    async tag(spans, now) {
      const before = sent
      sink.received.splice(0)
      await send(spans, now)
      const all = await eventually(
        `${spans.length} spans`,
        60,
        () => (arrived().length >= spans.length ? arrived() : undefined),
        () => `${arrived().length} arrived. ${child.output()}`,
      )
      const byNumber = new Map(all.map(({ number, tagged }) => [number, tagged]))
      return spans.map((_, at) => byNumber.get(before + at) ?? { name: 'lost', tags: {} })
    },
  }
}
