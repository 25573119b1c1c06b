/**
 * `npm run bench:requests`: what counting from requests costs beside counting from spans, in CPU time and in bytes, on
 * the newest LTS line. Requests, messages and instrumentations are the real ones; nothing goes over a network. Each way
 * to watch runs in a process of its own, in turn with the others. Writes a part of docs/requests.md.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { nodeBinary } from '../matrix/lab.ts'
import { nodeVersions } from '../matrix/lines.ts'
import { writeSection } from '../tools/section.ts'
import type { Client, Host, Watching } from './requests-child.ts'

const LAUNCHES = 3
const ROUNDS = 15
const WARM_UP = 4
const CALLS = 10_000

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const execPath = nodeBinary(nodeVersions['24'] ?? '')

function start(watching: Watching, client: Client, host: Host, ...execArgv: string[]): ChildProcess {
  const child = fileURLToPath(new URL('./requests-child.js', import.meta.url))
  return fork(child, [watching, client, host], { execPath, execArgv })
}

async function ask<Answer>(child: ChildProcess, calls: number): Promise<Answer> {
  child.send(calls)
  const [answer] = await once(child, 'message')
  return answer as Answer
}

/** Nanoseconds of CPU that a call costs more than one that nobody watches, for each way to watch. */
async function more(client: Client, host: Host, ways: readonly Watching[]): Promise<number[]> {
  const medians: number[][] = ways.map(() => [])
  for (let launch = 0; launch < LAUNCHES; launch++) {
    const children = (['nothing', ...ways] as const).map((way) => start(way, client, host))
    const extra: number[][] = ways.map(() => [])
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const taken: number[] = []
      for (const child of children) taken.push(await ask<number>(child, CALLS))
      const [nothing = Number.NaN, ...others] = taken
      if (round >= 0) for (const [at, nanoseconds] of others.entries()) extra[at]?.push(nanoseconds - nothing)
    }
    for (const [at, values] of extra.entries()) medians[at]?.push(median(values))
    for (const child of children) child.disconnect()
  }
  return medians.map(median)
}

/** Bytes held for each call under way, and for each that has ended, more than when nobody watches. */
async function bytes(): Promise<{ underWay: number; after: number }> {
  const [base, ours] = [
    start('nothing', 'bytes', 'ours', '--expose-gc'),
    start('requests', 'bytes', 'ours', '--expose-gc'),
  ]
  const [without, withUs] = [await ask<[number, number]>(base, CALLS), await ask<[number, number]>(ours, CALLS)]
  for (const child of [base, ours]) child.disconnect()
  return { underWay: withUs[0] - without[0], after: withUs[1] - without[1] }
}

const [foreignHttp = 0] = await more('http', 'foreign', ['requests'])
const [foreignUndici = 0] = await more('undici', 'foreign', ['requests'])
const ways = ['tracing', 'spans', 'requests'] as const
const table: (string | number)[][] = []
for (const client of ['http', 'undici'] as const) {
  const [tracing = 0, spans = 0, requests = 0] = await more(client, 'ours', ways)
  const name = client === 'http' ? '`node:http`' : 'undici'
  const ratio = (whole: number) => `${(requests / whole).toFixed(2)} x`
  const shown = [tracing, spans, spans - tracing, requests].map((value) => value.toFixed(0))
  table.push([name, ...shown, ratio(spans), ratio(spans - tracing)])
}
const { underWay, after } = await bytes()
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
const [load = 0] = loadavg()
const output = `Measured ${new Date().toISOString().slice(0, 10)} on Node ${nodeVersions['24']} by \`npm run bench:requests\`: nanoseconds of CPU for a call more than
when nobody watches it, medians of ${LAUNCHES} launches of ${ROUNDS} rounds of ${CALLS} calls, each way in a process of its own, in turn. Requests and
messages are Node's own and go over no network; answers carry four quota windows; instrumentations and their hooks are the
real ones, spans are exported nowhere. ${cpus().length} cores, load average ${load.toFixed(1)} at the end (1 is this benchmark alone).

| a foreign request | counting from requests | goal |
| --- | --- | --- |
| \`node:http\` | ${foreignHttp.toFixed(0)} | 500 |
| undici | ${foreignUndici.toFixed(0)} | 500 |

| a Mangopay call | tracing alone | tracing and counting from spans | of it counting | counting from requests, no tracing | against tracing and counting (goal: 1 x) | against counting alone |
| --- | --- | --- | --- | --- | --- | --- |
${table.map(row).join('\n')}

Each call under way holds ${underWay.toFixed(0)} bytes (goal: 500), one that has ended ${Math.max(0, after).toFixed(0)}.
`
process.stdout.write(output)
writeSection('docs/requests.md', 'bench:requests', output)
