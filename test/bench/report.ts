/** The page that says what was measured and which goals were met. */
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { goals, type Measured, spread } from './goals.ts'
import type { Effort } from './measure.ts'
import { peerPackages } from './peers.ts'
import { scales } from './variants.ts'

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
const rows = (head: readonly string[], body: readonly (readonly (string | number)[])[]): string =>
  [row(head), row(head.map(() => '---')), ...body.map(row)].join('\n')

const against = (measured: Measured, names: Readonly<Record<string, string>>): string =>
  rows(
    ['', 'CPU per span', 'against the base', 'bytes more per span'],
    Object.entries(names).flatMap(([name, label]) => {
      const result = measured.results[name]
      if (!result) return []
      const { nanoseconds, ratio: quotient, bytes } = result
      return [[label, `${spread(nanoseconds, 0)} ns`, `${spread(quotient)} x`, spread(bytes, 0)]]
    }),
  )

const peers = {
  'no processor': 'no processor at all',
  'batch processor': "the SDK's BatchSpanProcessor, exporter that does nothing",
  ours: '**opentelemetry-mangopay**, without the duration histogram',
  'ours, 429': '**opentelemetry-mangopay**, without the duration histogram, every call answered 429',
  'ours, onEnd only': '**opentelemetry-mangopay**, without the histogram, behind a wrapper that drops `onEnding`',
  'ours with histogram': '**opentelemetry-mangopay**, everything',
  'tags alone': 'the least our tags can cost: the same tags, known beforehand, nothing looked at, nothing counted',
  'tags alone with histogram': 'the same with the duration histogram',
  'hand-written': 'written by hand: `new URL`, a regular expression, `counter.add`',
  baggage: '`@opentelemetry/baggage-span-processor`, no baggage to add',
  langfuse: '`@langfuse/otel`, exporter that does nothing',
  'aws span metrics': "`@aws/aws-distro-opentelemetry-node-autoinstrumentation`'s span-metrics processor",
}
const foreign = {
  'ours, foreign': '**opentelemetry-mangopay**',
  'ours, internal': '**opentelemetry-mangopay**, a span that is no client span',
  'hand-written, foreign': 'written by hand',
  'baggage, foreign': '`@opentelemetry/baggage-span-processor`',
  'langfuse, foreign': '`@langfuse/otel`',
  'aws span metrics, foreign': "AWS's span-metrics processor",
}
const dropped = {
  'dropped, foreign, our sampler': '`mangopay.sampler(new AlwaysOffSampler())`',
  'dropped, foreign, always-record sampler': '`createAlwaysRecordSampler(new AlwaysOffSampler())`',
}
const scaled = Object.fromEntries(
  [
    ...scales.length.map((length) => `URLs of ${length} characters`),
    ...scales.urls.map((count) => `${count} different URLs`),
    'URLs never seen before',
    ...scales.routes.map((count) => `${count} operations`),
  ].map((name) => [name, name]),
)
const hooks = {
  'hook, node:http': '`node:http`, the hook on an answer without headers (base: no hook)',
  'quota headers, node:http': '`node:http`, four windows to read',
  'hook, undici': 'undici (fetch), the hook on an answer without headers (base: no hook)',
  'quota headers, undici': 'undici (fetch), four windows to read',
}

const bodies = {
  'pay-ins, results': 'a pay-in of 1.5 kB',
  'pay-ins in gzip, results': 'the same, compressed with gzip',
  'other answers, results': 'an answer of as many bytes that tells of no payment',
  'foreign answers, results': 'an answer of somebody else',
}

/** What a reader asks first. */
function inShort({ results, size }: Measured): string {
  const lines = {
    'ours, foreign': 'a call to somebody else',
    ours: 'a call to Mangopay: tags and counts',
    'ours with histogram': 'the same with the duration histogram',
    'hand-written': 'for comparison: written by hand with `new URL`, a regular expression and `counter.add`',
    'aws span metrics': 'for comparison: the span-metrics processor of the AWS distribution',
  }
  const body = Object.entries(lines).flatMap(([name, label]) => {
    const result = results[name]
    if (!result) return []
    return [[label, `${(result.extra.median / 1_000).toFixed(1)} µs`, `${result.ratio.median.toFixed(2)} x`]]
  })
  return `${rows(['a span of', 'CPU more', 'against a processor that does nothing'], body)}

The call itself costs a hundred times as much. Calls that are [counted from requests](requests.md#what-it-costs), and what it costs
[a Collector](#collector), are measured by themselves.

An app that bundles has ${((size?.whole ?? 0) / 1_000).toFixed(1)} kB more, minified and gzipped ([what weighs what](#what-the-main-entry-weighs)).`
}

/** `docs/performance.md`. */
export function performancePage(measured: Measured, effort: Effort): string {
  const api = JSON.parse(readFileSync('node_modules/@opentelemetry/sdk-trace-base/package.json', 'utf8')) as {
    version: string
  }
  const { launches, rounds, spans } = effort
  const versions = Object.entries(peerPackages)
    .filter(([name]) => /baggage|langfuse|aws/.test(name))
    .map(([name, version]) => `\`${name}\` ${version}`)
  const missed = goals
    .filter((goal) => !goal.met(measured))
    .map((goal) => {
      const hottest = (measured.hotspots[goal.variant ?? ''] ?? []).slice(0, 5).map(({ name }) => `\`${name}\``)
      return [goal.what, goal.limit, goal.figure(measured), goal.why?.(measured) ?? '', hottest.join(', ')]
    })
  return `# What it costs

${inShort(measured)}

## Missed goals

${missed.length === 0 ? 'None.' : rows(['', 'goal', 'measured', 'why', 'where the time goes'], missed)}

## How it was measured

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, OpenTelemetry SDK ${api.version}, ${cpus().length} x ${cpus()[0]?.model.trim()},
load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')} at the end (1 is this benchmark alone);
${versions.join(', ')}.

Each figure compares two processes that run in turn, ${rounds} rounds of ${spans} spans, of which the median of the pairs is taken, and
that ${launches} times anew; given are the median and, in brackets, the lowest and highest of the ${launches}, in CPU time (of all threads, so garbage
collection counts). Bytes are allocated ones, by the sampling of V8's heap profiler over 50,000 spans. "Base" is the same SDK with one processor whose hooks are all there
and all empty. A span is what the HTTP instrumentation makes of a call, with eight attributes; the call itself, which costs a
hundred times as much, is left out. Figures whose brackets meet are the same; on a machine with other work to do (load average above its number of processors) ratios stray by 0.1.

## All goals

${rows(
  ['', 'goal', 'measured', ''],
  goals.map((goal) => [goal.what, goal.limit, goal.figure(measured), goal.met(measured) ? 'met' : '**missed**']),
)}

## A call to Mangopay

${against(measured, peers)}

## A call to somebody else

${against(measured, foreign)}

## A dropped span (base: the delegate alone)

${against(measured, dropped)}

## Growth

Each against the base on the same spans.

${against(measured, scaled)}

## Several processes at once

${rows(
  ['processes', 'CPU per span', 'base', 'ratio'],
  Object.entries(measured.processes).map(([count, { own, base }]) => [
    count,
    `${own.toFixed(0)} ns`,
    `${base.toFixed(0)} ns`,
    (own / base).toFixed(2),
  ]),
)}

## Reading the quota from the headers (base: the hook on an answer without headers)

${against(measured, hooks)}

## Looking at bodies, option \`results\` (base: the same answer, the option off)

${against(measured, bodies)}

## \`snapshot()\`

${rows(
  ['operations seen', 'CPU per call'],
  measured.snapshot.map((it) => [it.operations, `${it.microseconds.toFixed(1)} µs`]),
)}

## What the main entry weighs

Bytes after minification and gzip, each part by itself; together they pack better.

${rows(['', 'bytes'], [...Object.entries(measured.size?.parts ?? {}), ['all together', measured.size?.whole ?? '']])}
`
}
