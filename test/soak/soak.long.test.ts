/** A short soak: two rounds of 60,000 spans, nothing kept. */
import { describe, expect, it } from 'vitest'
import { unknownRoutes } from './calls.ts'
import { Soak } from './traffic.ts'

describe('soak', () => {
  it('keeps nothing of a call, and a heap that does not grow', async () => {
    const soak = new Soak()
    await soak.run(60_000)
    const before = await soak.read()
    await soak.run(60_000)
    const after = await soak.read()

    expect(before.retained).toBe(0)
    expect(after.retained).toBe(0)
    // 60,000 calls that each kept 34 bytes would show.
    expect(after.heapBytes - before.heapBytes).toBeLessThan(2e6)

    const { calls, operations } = soak.mangopay.snapshot().environments['sandbox'] ?? {}
    expect(calls).toBe(120_000 - 120_000 / 5)
    // Of these each tenth to a route that Mangopay does not have, and to each of them; the others are all known.
    expect(soak.made.unknown).toBe(96_000 / 10)
    expect(soak.made.unknownRoutes.size).toBe(unknownRoutes)
    expect(operations?.['_OTHER']?.calls).toBe(soak.made.unknown)
  }, 180_000)
})
