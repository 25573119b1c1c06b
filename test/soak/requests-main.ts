import { writeSection } from '../tools/section.ts'
import { RequestSoak } from './requests.ts'

/** Ten minutes of real calls, or as many as asked for; says whether every one was counted and the heap stayed. */
export async function soakRequests(minutes: number): Promise<boolean> {
  const soak = await RequestSoak.start()
  const begin = Date.now()
  const warm = begin + Math.min(60_000, minutes * 12_000)
  const heaps: number[] = []
  while (Date.now() < begin + minutes * 60_000) {
    await soak.run(5_000)
    const heap = await soak.heapBytes()
    if (Date.now() >= warm) heaps.push(heap)
    process.stdout.write(`${soak.made} calls, ${megabytes(heap)}\n`)
  }
  const [first = 0, last = 0, least = 0, most = 0] = [
    ...[heaps[0], heaps.at(-1)],
    ...[Math.min(...heaps), Math.max(...heaps)],
  ]
  const [counted, arrived] = [soak.counted(), await soak.arrived()]
  await soak.close()
  const summary = `${soak.made} real calls in ${minutes} minutes by \`node:http\`, undici and \`fetch\` to the mock in a
process of its own. After the warm-up the heap measured ${megabytes(first)} at first and ${megabytes(last)} at last, ${megabytes(least)} to ${megabytes(most)} between
(${heaps.length} readings, each after a full garbage collection). Calls counted: ${counted} of ${arrived} that arrived.`
  process.stdout.write(`${summary}\n`)
  if (minutes >= 10) {
    const date = new Date().toISOString().slice(0, 10)
    const by = `By \`npm run soak:requests\` on ${date}, Node ${process.version}: `
    writeSection('docs/performance.md', 'soak:requests', `## Ten minutes of requests\n\n${by}${summary}`)
  }
  return heaps.length > 0 && most - least <= 4e6 && Math.abs(last - first) <= 2e6 && counted === arrived
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`
