/** What `snapshot()` costs, with as many operations in it. */
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { operationPaths } from './routes.ts'
import { makeSpans, routes } from './workload.ts'

/** Microseconds of CPU for one `snapshot()`. */
export interface SnapshotCost {
  operations: number
  microseconds: number
}

/** Measures `snapshot()` after calls of this many operations. */
export function callsFor(counts: readonly number[]): SnapshotCost[] {
  return counts.map((operations) => {
    const mangopay = new MangopaySpanProcessor()
    const provider = new BasicTracerProvider({ spanProcessors: [mangopay] })
    makeSpans(provider.getTracer('bench'), routes(operationPaths.slice(0, operations)), 10_000, 0, undefined)
    for (let warm = 0; warm < 2_000; warm += 1) mangopay.snapshot()
    const before = process.cpuUsage()
    for (let round = 0; round < 2_000; round += 1) mangopay.snapshot()
    const { user, system } = process.cpuUsage(before)
    return { operations, microseconds: (user + system) / 2_000 }
  })
}
