import { describe, expect, it } from 'vitest'
import { Soak } from './soak/traffic.ts'

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

    const { calls } = soak.mangopay.snapshot().environments['sandbox'] ?? { calls: 0 }
    expect(calls).toBe(120_000 - 120_000 / 5)
  }, 180_000)
})
