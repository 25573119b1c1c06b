/** `npm run fuzz`, `npm run fuzz -- SPANS SEED`: a million hostile spans, or as many as are asked for. */
import { growth } from './growth.ts'
import { foreignUrls, lookAlikes } from './look-alikes.ts'
import { type Findings, fuzz } from './run.ts'

const spans = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 1)
const batch = 50_000
const total: Findings = { spans: 0, ours: 0, foreign: 0, wrong: [], slowest: { milliseconds: 0, span: '' } }
const started = Date.now()
for (let at = 0; total.spans < spans; at += 1) {
  const found = fuzz(Math.min(batch, spans - total.spans), seed + at)
  total.spans += found.spans
  total.ours += found.ours
  total.foreign += found.foreign
  total.wrong.push(...found.wrong)
  if (found.slowest.milliseconds > total.slowest.milliseconds) total.slowest = found.slowest
}
process.stdout.write(
  `${total.spans} hostile spans in ${((Date.now() - started) / 1_000).toFixed(0)} s, seeds from ${seed}: ${total.ours} ours, ${total.foreign} foreign, the rest undecidable
${lookAlikes.length} look-alike hosts, ${foreignUrls.length} look-alike URLs
${total.wrong.length} findings
slowest span ${total.slowest.milliseconds.toFixed(1)} ms (garbage collection included): ${total.slowest.span.slice(0, 300)}
`,
)
process.stdout.write('CPU for a span with a URL of 10,000 and of 1,000,000 characters:\n')
for (const { shape, short, long } of growth()) {
  // A hundred times the length may cost a hundred times as much; twice that is beyond doubt.
  if (long > 200 * short + 1_000) total.wrong.push(`${shape}: time grows faster than the URL`)
  process.stdout.write(`  ${shape.padEnd(28)}${short.toFixed(1).padStart(8)} µs ${long.toFixed(1).padStart(8)} µs\n`)
}
for (const what of total.wrong.slice(0, 20)) process.stdout.write(`${what}\n`)
process.exitCode = total.wrong.length > 0 ? 1 : 0
