/**
 * `npm run bench:collector`: CPU that the configuration costs a real Collector, against the same Collector without it, and
 * with other ways to find the route of a call, in one run: each round sends the same spans to all. Writes its section of
 * `docs/performance.md`.
 */
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import type { Attributes } from '@opentelemetry/api'
import { allRoutes } from '../../collector/routes.ts'
import { Stack } from '../stack/servers.ts'
import { writeSection } from '../tools/section.ts'
import { oneMatchEach, pipelinesAlone } from './forms.ts'
import { type RunningCollector, type RunOptions, runCollector } from './running.ts'
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
  const run = (options: RunOptions) => runCollector(stack, { discard: true, flush: '15s', ...options })
  const withIt = await run({})
  const without = await run({ without: true })
  const bySegments = await run({ change: (fragment) => oneMatchEach(fragment, true) })
  const matchEach = await run({ change: (fragment) => oneMatchEach(fragment, false) })
  const unsaid = await run({ change: pipelinesAlone })
  const all = [without, withIt, unsaid, bySegments, matchEach]
  const starts = [withIt, without].map(({ child }) => `${cpu(child.pid).toFixed(2)} s`)
  const rows: string[] = []
  for (const [name, span] of Object.entries(KINDS)) {
    const body = JSON.stringify(
      exportOf(
        Array.from({ length: SPANS }, () => span),
        0,
      ),
    )
    // Linux tells CPU time in hundredths of a second: of what takes little, more is sent.
    const requests = name.startsWith('foreign') ? 60 : 12
    const round = async ({ url, child }: RunningCollector) => {
      const before = cpu(child.pid)
      for (let sent = 0; sent < requests; sent++) {
        const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
        const response = await fetch(`${url}/v1/traces`, request)
        if (!response.ok) throw new Error(await response.text())
        await response.arrayBuffer()
      }
      return ((cpu(child.pid) - before) * 1e6) / (requests * SPANS)
    }
    // Warm, then in turn, so that all meet the same machine.
    for (const one of all) await round(one)
    const rounds: number[][] = []
    for (let done = 0; done < ROUNDS; done++) {
      const taken: number[] = []
      for (const one of all) taken.push(await round(one))
      rounds.push(taken)
    }
    const at = (which: number) => median(rounds.map((taken) => taken[which] ?? Number.NaN))
    const more = (which: number) =>
      median(rounds.map((taken) => (taken[which] ?? Number.NaN) - (taken[0] ?? Number.NaN)))
    const cells = [at(0), at(1), ...[1, 2, 3, 4].map(more)].map((value) => `${value.toFixed(1)} µs`)
    const row = `| ${name} | ${cells.join(' | ')} |`
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
and with \`collector/mangopay.yaml\`, medians of ${ROUNDS} rounds in turn; load average ${(loadavg()[0] ?? 0).toFixed(1)} at the end (1 is this benchmark alone), and a busy machine makes every figure
larger. Goals: a foreign span 2 µs more, one of Mangopay without quota headers 80 µs. Of what a foreign span costs more, its copy is the
most: where the pipeline divides in two, one for the metrics, the Collector copies all spans. The two columns on the right have one \`IsMatch\` for
each of the ${allRoutes().length} routes in place of a table for each number of segments.

| span | without | with | more | by the pipelines alone | more with \`IsMatch\`, after a look at the number of segments | more with \`IsMatch\` alone |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

${rest}`,
  )
} finally {
  await stack.stop()
}
