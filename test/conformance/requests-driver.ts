/**
 * Runs in a process of its own, once per Node line: no SDK, no instrumentation, every case with every client, and
 * prints what was counted from the requests. Arguments: folder of the clients, and, to try a part, a client's name.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { MangopayClientMonitor } from 'opentelemetry-mangopay'
import type { Case } from './cases.ts'
import { type Client, clients } from './clients.ts'
import { isTrue } from './counted.ts'
import type { CountedCase, Truth } from './record.ts'
import { casesOf, type Method, pause, startWorld, truthOf } from './world.ts'

const [folder = '', only] = process.argv.slice(2)
const load = createRequire(join(folder, 'lab.js'))
const world = await startWorld()
const hosts = Object.fromEntries(Object.values(world.origins).map((origin) => [new URL(origin).host, 'requests']))

/** Hands out metrics when asked, like a scrape. */
class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Makes one case happen and returns what was counted of it. */
async function run(it: Case, name: string, client: Client, method: Method): Promise<CountedCase> {
  const reader = new PullReader()
  const meterProvider = new MeterProvider({ readers: [reader] })
  const monitor = new MangopayClientMonitor({ hosts, meterProvider })
  const truth = truthOf(it, client, method)
  const calls = () => monitor.snapshot().environments['requests']?.calls ?? 0
  await world.call(it, client, method)
  for (let turn = 0; turn < (it.target === 'blocked' ? 1_200 : 30) && calls() < truth.length; turn += 1) await pause(10)
  await monitor.shutdown() // settles what nobody reads
  const counted: Truth[] = []
  const { scopeMetrics } = (await reader.collect()).resourceMetrics
  const series = scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === 'mangopay.client.requests')
  for (const { attributes, value } of series?.dataPoints ?? []) {
    const category = attributes['mangopay.error.category']
    const status = attributes['http.response.status_code']
    for (let i = 0; i < (value as number); i += 1) {
      counted.push({
        operation: attributes['mangopay.operation'],
        outcome: attributes['mangopay.outcome'],
        ...(category !== undefined && { category }),
        ...(status !== undefined && { status }),
      } as Truth)
    }
  }
  await world.drop()
  return { case: it.name, client: name, method, truth, counted }
}

const records: CountedCase[] = []
const isOldUndici = (load('undici/package.json') as { version: string }).version.startsWith('6.')
for (const [name, client] of Object.entries(clients(load))) {
  if (only !== undefined && only !== name) continue
  for (const { it, method } of casesOf(name, client)) {
    // undici 6 sends a POST again where the others send a GET: another truth.
    if (isOldUndici && name === 'undici' && method === 'POST' && it.name === '302, followed') continue
    // On a busy machine a client's time limit comes before it has read what was sent: a wrong reading is wrong each time.
    let record = await run(it, name, client, method)
    for (let again = 0; again < 2 && !isTrue(record); again += 1) record = await run(it, name, client, method)
    records.push(record)
  }
}
world.close()
process.stdout.write(JSON.stringify(records), () => process.exit(0))
