/**
 * One variant in a process of its own, so that none spoils the machine code of another. Does what it is told by its
 * parent: makes spans, and answers with the CPU time (of all threads, the garbage collector's too) or the bytes it took.
 */
import type { HeapProfiler } from 'node:inspector'
import { Session } from 'node:inspector/promises'
import type { TracerProvider } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { variants } from './variants.ts'
import { makeSpans } from './workload.ts'

/** What the parent asks for. */
export interface Order {
  measure: 'cpu' | 'bytes'
  spans: number
}

const variant = variants[process.argv[2] ?? '']
if (!variant) throw new Error(`no variant ${process.argv[2]}`)
const { traffic } = variant
const { processor, sampler, during } = variant.set?.() ?? {}
const provider: TracerProvider = new BasicTracerProvider({
  ...(processor && { spanProcessors: [processor] }),
  ...(sampler && { sampler }),
})
const tracer = provider.getTracer('@opentelemetry/instrumentation-http', '0.223.0')
const turn = () => new Promise((resolve) => setImmediate(resolve))

let made = 0
async function run(spans: number): Promise<void> {
  // In batches with a turn of the event loop between them: some processors finish their work there.
  for (let left = spans; left > 0; left -= 1_000) {
    const batch = Math.min(left, 1_000)
    makeSpans(tracer, traffic, batch, made, during)
    made += batch
    await turn()
  }
}

/** Bytes allocated meanwhile, whether or not they were freed again, by the sampling of V8's heap profiler. */
async function allocatedBy(work: () => Promise<void>): Promise<number> {
  const session = new Session()
  session.connect()
  const collected = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true }
  await session.post('HeapProfiler.startSampling', { samplingInterval: 1024, ...collected })
  await work()
  const { profile } = await session.post('HeapProfiler.stopSampling')
  session.disconnect()
  const sum = ({ selfSize, children }: SamplingHeapProfileNode): number =>
    children.reduce((total, child) => total + sum(child), selfSize)
  return sum(profile.head)
}
type SamplingHeapProfileNode = HeapProfiler.SamplingHeapProfileNode

process.on('message', async ({ measure, spans }: Order) => {
  if (measure === 'bytes') {
    process.send?.((await allocatedBy(() => run(spans))) / spans)
    return
  }
  const before = process.cpuUsage()
  await run(spans)
  const { user, system } = process.cpuUsage(before)
  process.send?.(((user + system) * 1_000) / spans)
})
process.on('disconnect', () => process.exit(0))
