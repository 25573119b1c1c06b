/** The service several times over: as a cluster of processes, or as worker threads beside the one of the main thread. */
import cluster from 'node:cluster'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
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

/** Exit code of one, and what it printed. */
type End = [code: unknown, stdout: string, stderr: string]

const runProcess = async (number: number): Promise<End> => {
  const { process: worker } = cluster.fork(envOf(number))
  const printed = Promise.all([textOf(worker.stdout), textOf(worker.stderr)])
  const [code] = await once(worker, 'exit')
  return [code, ...(await printed)]
}
const runThread = async (number: number): Promise<End> => {
  const worker = new Worker(file, { argv: args, env: envOf(number), stdout: true, stderr: true })
  const printed = Promise.all([textOf(worker.stdout), textOf(worker.stderr)])
  const [code] = await once(worker, 'exit')
  return [code, ...(await printed)]
}
const textOf = async (stream: Readable | null): Promise<string> => {
  let all = ''
  for await (const text of stream?.setEncoding('utf8') ?? []) all += text
  return all
}

cluster.setupPrimary({ exec: file, args, silent: true })
const numbers = Array.from({ length: count }, (_, number) => number)
const ends = await Promise.all(numbers.map(kind === 'cluster' ? runProcess : runThread))
process.stdout.write(`${JSON.stringify(ends)}\n`)
process.disconnect?.()
