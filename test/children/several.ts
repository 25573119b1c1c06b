/** The service several times over: as a cluster of processes, or as worker threads beside the one of the main thread. */
import cluster from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ServiceSettings } from './service.js'

/** What the parent wants. */
export interface SeveralSettings {
  kind: 'cluster' | 'threads'
  count: number
  service: ServiceSettings
}

const { kind, count, service } = JSON.parse(process.argv[2] ?? '') as SeveralSettings
const file = fileURLToPath(new URL('./service.js', import.meta.url))
const args = [JSON.stringify(service)]
const envOf = (number: number) => ({
  ...process.env,
  OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${kind}-${number}`,
})

const runProcess = async (number: number): Promise<unknown> => {
  const worker = cluster.fork(envOf(number))
  const [code] = await once(worker, 'exit')
  return code
}
const runThread = async (number: number): Promise<unknown> => {
  const worker = new Worker(file, { argv: args, env: envOf(number), stdout: true })
  const [code] = await once(worker, 'exit')
  return code
}

cluster.setupPrimary({ exec: file, args, silent: true })
const numbers = Array.from({ length: count }, (_, number) => number)
const codes = await Promise.all(numbers.map(kind === 'cluster' ? runProcess : runThread))
process.stdout.write(`${JSON.stringify(codes)}\n`)
process.disconnect?.()
