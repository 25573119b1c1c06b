/** `npm run fuzz`, `npm run fuzz -- SPANS SEED`: a million hostile spans, or as many as are asked for. */
import { writeSection } from '../tools/section.ts'
import { growth, isTooFast } from './growth.ts'
import { foreignUrls, lookAlikes } from './look-alikes.ts'
import { type Findings, fuzz } from './run.ts'

const spans = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 1)
const batch = 50_000
const total: Findings = { spans: 0, ours: 0, foreign: 0, wrong: [], slowest: { milliseconds: 0, span: '' } }
const started = Date.now()
for (let at = 0; total.spans < spans; at += 1) {
  const found = await fuzz(Math.min(batch, spans - total.spans), seed + at)
  total.spans += found.spans
  total.ours += found.ours
  total.foreign += found.foreign
  total.wrong.push(...found.wrong)
  if (found.slowest.milliseconds > total.slowest.milliseconds) total.slowest = found.slowest
}
const summary = `${total.spans} hostile spans in ${((Date.now() - started) / 1_000).toFixed(0)} s, seeds from ${seed}: ${total.ours} ours, ${total.foreign} foreign, the rest undecidable;
${lookAlikes.length} look-alike hosts and ${foreignUrls.length} look-alike URLs among them`
process.stdout.write(`${summary}\n`)
const grown = growth(10_000, 1_000_000)
for (const it of grown) {
  const { shape, short, long, promise } = it
  if (isTooFast(it)) total.wrong.push(`${shape}: time grows faster than ${promise}`)
  process.stdout.write(`  ${shape.padEnd(34)}${short.toFixed(1).padStart(8)} µs ${long.toFixed(1).padStart(8)} µs\n`)
}
process.stdout.write(
  `slowest ${total.slowest.milliseconds.toFixed(1)} ms, garbage collection included: ${total.slowest.span.slice(0, 300)}\n`,
)
process.stdout.write(`${total.wrong.length} findings\n`)
for (const what of total.wrong.slice(0, 20)) process.stdout.write(`${what}\n`)
if (total.spans >= 1_000_000) {
  writeSection(
    'docs/performance.md',
    'fuzz',
    `## Hostile input

By \`npm run fuzz\` on ${new Date().toISOString().slice(0, 10)}, Node ${process.version}: ${summary}. Spans with missing, wrong-typed and throwing
parts, URLs of a megabyte, frozen spans, spans that end twice. **${total.wrong.length} findings**: nothing thrown, no foreign host taken for ours, no span
of ours missed, no secret written or logged. The judge is the platform's own URL parser.

CPU for a span with a text of 10,000 and of 1,000,000 characters in it, each the worst we could think of, and what is promised:

| text | 10,000 | 1,000,000 | time grows |
| --- | --- | --- | --- |
${grown.map(({ shape, short, long, promise }) => `| ${shape} | ${short.toFixed(0)} µs | ${long.toFixed(0)} µs | ${promise} |`).join('\n')}`,
  )
}
process.exitCode = total.wrong.length > 0 ? 1 : 0
