/**
 * `npm run bench:collector`: CPU that the configuration costs a real Collector, against the same Collector without it, in
 * one run: each round sends the same spans to both. Writes its section of `docs/performance.md`.
 */
import { readFileSync } from 'node:fs'
import type { Attributes } from '@opentelemetry/api'
import { Stack } from '../stack/servers.ts'
import { writeSection } from '../tools/section.ts'
import { type RunningCollector, runCollector } from './running.ts'
import { exportOf, type PlainSpan } from './spans.ts'

const ours: Attributes = {
  'http.request.method': 'POST',
  'server.address': 'api.mangopay.com',
  'server.port': 443,
  'url.full': 'https://api.mangopay.com/v2.01/acme/payins/card/direct',
  'network.protocol.version': '1.1',
  'user_agent.original': 'python-requests/2.34.2',
}
const quota = {
  'http.response.header.x-ratelimit': ['2, 5, 9, 5280'],
  'http.response.header.x-ratelimit-remaining': ['2298, 4495, 8791, 100320'],
  'http.response.header.x-ratelimit-reset': ['1796040900, 1796041800, 1796043600, 1796126340'],
  'http.response.header.date': ['Mon, 30 Nov 2026 12:00:30 GMT'],
}
const KINDS: Record<string, PlainSpan> = {
  'foreign, internal': { kind: 0, attributes: { 'code.function.name': 'render', 'app.tenant': 'blue' } },
  'foreign, HTTP client': {
    attributes: {
      ...ours,
      'server.address': 'api.example.com',
      'url.full': 'https://api.example.com/a/b',
      'http.response.status_code': 200,
    },
  },
  'Mangopay, 200': { attributes: { ...ours, 'http.response.status_code': 200 } },
  'Mangopay, 404': {
    attributes: { ...ours, 'http.response.status_code': 404, 'error.type': '404' },
    status: { code: 2 },
  },
  'Mangopay, error with exception': {
    attributes: { ...ours, 'error.type': 'ReadTimeout' },
    status: { code: 2, message: 'ReadTimeout: HTTPSConnectionPool: Read timed out. (read timeout=30)' },
    events: [
      {
        name: 'exception',
        attributes: { 'exception.type': 'requests.exceptions.ReadTimeout', 'exception.message': 'Read timed out.' },
      },
    ],
  },
  'Mangopay, 200 with quota headers': { attributes: { ...ours, ...quota, 'http.response.status_code': 200 } },
}
const ROUNDS = 7
const REQUESTS = 12
const SPANS = 1_000

/** Seconds of CPU that a process has used. */
function cpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
const memory = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

const median = (values: readonly number[]) =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN

const stack = new Stack()
try {
  const withIt = await runCollector(stack, { discard: true, flush: '15s' })
  const without = await runCollector(stack, { discard: true, without: true })
  const starts = [withIt, without].map(({ child }) => `${cpu(child.pid).toFixed(2)} s`)
  const rows: string[] = []
  for (const [name, span] of Object.entries(KINDS)) {
    const body = JSON.stringify(
      exportOf(
        Array.from({ length: SPANS }, () => span),
        0,
      ),
    )
    const round = async ({ url, child }: RunningCollector) => {
      const before = cpu(child.pid)
      for (let sent = 0; sent < REQUESTS; sent++) {
        const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
        const response = await fetch(`${url}/v1/traces`, request)
        if (!response.ok) throw new Error(await response.text())
        await response.arrayBuffer()
      }
      return ((cpu(child.pid) - before) * 1e6) / (REQUESTS * SPANS)
    }
    // Warm, then in turn, so that both meet the same machine.
    await round(withIt)
    await round(without)
    const pairs: [number, number][] = []
    for (let done = 0; done < ROUNDS; done++) pairs.push([await round(without), await round(withIt)])
    const [plain, full] = [median(pairs.map(([one]) => one)), median(pairs.map(([, other]) => other))]
    const more = median(pairs.map(([one, other]) => other - one))
    const row = `| ${name} | ${plain.toFixed(1)} µs | ${full.toFixed(1)} µs | ${more.toFixed(1)} µs | ${(full / plain).toFixed(1)} |`
    process.stdout.write(`${row}\n`)
    rows.push(row)
  }
  const [more, less] = [memory(withIt.child.pid), memory(without.child.pid)]
  const rest = `CPU until it is ready: ${starts[0]} with, ${starts[1]} without. Resident after the run: ${more.toFixed(0)} MiB with, ${less.toFixed(0)} MiB without.`
  process.stdout.write(`${rest}\n`)
  writeSection(
    'docs/performance.md',
    'bench:collector',
    `## Collector

By \`npm run bench:collector\` on ${new Date().toISOString().slice(0, 10)}: CPU of a whole Collector 0.161.0 (OTLP in as JSON, spans thrown away) for one span, without
and with \`collector/mangopay.yaml\`, medians of ${ROUNDS} rounds in turn. Reading the JSON is most of what a foreign span costs. The cores
were busy with other work as well, which makes every figure larger: the ratios tell more.

| span | without | with | more | ratio |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

${rest}`,
  )
} finally {
  await stack.stop()
}
