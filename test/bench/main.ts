/**
 * `npm run bench`: measures what the processor costs, in CPU time and in bytes, against no processor, a no-op one and
 * what others publish, and writes `docs/performance.md`. `npm run bench -- --quick` takes a minute, tells less, writes
 * nothing and fails when a figure is beyond its bound (`goals.ts`). `npm run bench -- NAME…` measures only those and writes
 * nothing.
 */
import { lab } from '../matrix/lab.ts'
import { writeSection } from '../tools/section.ts'
import { beyondBounds } from './gate.ts'
import { goals, type Measured } from './goals.ts'
import { type Effort, measure, type Result, together } from './measure.ts'
import { peerPackages } from './peers.ts'
import { hotspots } from './profile.ts'
import { performancePage } from './report.ts'
import { mainEntry } from './size.ts'
import { callsFor } from './snapshot.ts'
import { variants } from './variants.ts'

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const quick = process.argv.includes('--quick')
// Launches differ by more than rounds do.
const effort: Effort = quick ? { launches: 1, rounds: 20, spans: 10_000 } : { launches: 5, rounds: 24, spans: 10_000 }

// Installed once, before any child asks for it; the goals need no peer.
if (!quick) lab(peerPackages)
const measured: Measured = { results: {}, processes: {}, snapshot: [], size: undefined, hotspots: {} }
const show = (name: string, { nanoseconds, ratio, bytes }: Result): void => {
  const spread = `${ratio.low.toFixed(3)} to ${ratio.high.toFixed(3)}`
  const figures = `${nanoseconds.median.toFixed(0).padStart(6)} ns  ${ratio.median.toFixed(3)} x (${spread})`
  process.stdout.write(`${name.padEnd(42)}${figures}  ${bytes.median.toFixed(0).padStart(6)} bytes more\n`)
}

const isShort = quick && names.length === 0
const wanted: (string | undefined)[] = isShort ? goals.flatMap(({ variant, beside }) => [variant, beside]) : names
const take = async (name: string): Promise<void> => {
  const result = await measure(name, variants[name]?.against ?? '', effort)
  measured.results[name] = result
  show(name, result)
}
for (const [name, { against }] of Object.entries(variants)) {
  if (wanted.length > 0 ? wanted.includes(name) : name !== against) await take(name)
}
if (wanted.length === 0) {
  measured.size = await mainEntry()
  for (const processes of [1, 2, 4, 8]) {
    const own = await together('ours', processes, effort.spans)
    measured.processes[processes] = { own, base: await together('base', processes, effort.spans) }
  }
  measured.snapshot = callsFor([1, 50, 200])
  for (const { variant, met } of goals) {
    if (!met(measured)) measured.hotspots[variant] = await hotspots(variant)
  }
  writeSection('docs/performance.md', 'bench', performancePage(measured, effort))
}
const looked = goals.filter(({ variant, beside }) =>
  [variant, beside ?? variant].every((name) => measured.results[name] !== undefined),
)
const beyond = quick ? await beyondBounds(measured, take, names.length === 0 ? goals : looked) : []
for (const goal of looked) {
  process.stdout.write(
    `${goal.met(measured) ? 'met   ' : 'MISSED'} ${goal.what}: ${goal.limit}, measured ${goal.figure(measured)}\n`,
  )
}
for (const line of beyond) process.stdout.write(`BEYOND ${line}\n`)
process.exitCode = beyond.length > 0 ? 1 : 0
