/**
 * `npm run soak`, `npm run soak -- MINUTES`: ten minutes at full speed; the heap must stay as it was. By
 * `npm run soak:requests`, or `npm run soak -- requests [MINUTES]`, the same of calls that are counted from their requests.
 */
import { writeSection } from '../tools/section.ts'
import { unknownRoutes, urls } from './calls.ts'
import { soakRequests } from './requests-main.ts'
import { type Reading, Soak } from './traffic.ts'

if (process.argv[2] === 'requests') process.exit((await soakRequests(Number(process.argv[3] ?? 10))) ? 0 : 1)

const minutes = Number(process.argv[2] ?? 10)
const soak = new Soak()
const end = Date.now() + minutes * 60_000
const warm = Date.now() + Math.min(60_000, minutes * 12_000)
const readings: Reading[] = []
const cpuBefore = process.cpuUsage()
let reported = 0
while (Date.now() < end) {
  await soak.run(100_000)
  const reading = await soak.read()
  if (Date.now() >= warm) readings.push(reading)
  if (Date.now() - reported > 15_000) {
    reported = Date.now()
    process.stdout.write(
      `${reading.spans} spans, ${(reading.heapBytes / 1e6).toFixed(2)} MB, ${reading.retained} retained\n`,
    )
  }
}
const { user, system } = process.cpuUsage(cpuBefore)
const heaps = readings.map(({ heapBytes }) => heapBytes)
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`
const [first, last] = [heaps[0] ?? 0, heaps.at(-1) ?? 0]
const [least, most] = [Math.min(...heaps), Math.max(...heaps)]
const spans = readings.at(-1)?.spans ?? 0
const retained = Math.max(...readings.map((reading) => reading.retained))
const flat = most - least <= 4e6 && Math.abs(last - first) <= 2e6
const environments = Object.values(soak.mangopay.snapshot().environments)
const counted = environments.reduce((sum, { calls }) => sum + calls, 0)
const other = environments.reduce((sum, { operations }) => sum + (operations['_OTHER']?.calls ?? 0), 0)
const { made } = soak
const different = Math.min(made.mangopay, urls)
const thousands = (count: number) => count.toLocaleString('en')
const exact = counted === made.mangopay && other === made.unknown
const various = different === urls && made.unknownRoutes.size === unknownRoutes

const summary = `${spans} spans in ${minutes} minutes (${((user + system) / spans).toFixed(2)} µs of CPU each, the garbage collections for the
readings included), one in five to another host, the others over ${thousands(different)} URLs of Mangopay and ${thousands(made.unknownRoutes.size)} routes it does not
have, half of the traces dropped by the sampler, all with quota headers. After the warm-up the heap measured ${mb(first)} at first and ${mb(last)} at last, ${mb(least)} to ${mb(most)}
between (${readings.length} readings, each after a full garbage collection). Of the last 200 spans and answers before each reading
${retained} were still reachable. Calls counted: ${counted} of ${made.mangopay}, as \`_OTHER\` ${other} of ${made.unknown}.`
process.stdout.write(`${summary}\n`)
if (minutes >= 10) {
  const date = new Date().toISOString().slice(0, 10)
  writeSection(
    'docs/performance.md',
    'soak',
    `## Ten minutes at full speed\n\nBy \`npm run soak\` on ${date}, Node ${process.version}: ${summary}`,
  )
}
process.exitCode = flat && retained === 0 && exact && various ? 0 : 1
