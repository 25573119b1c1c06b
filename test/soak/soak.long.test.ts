/** A short soak: two rounds of 60,000 spans, and of 8,000 requests, nothing kept. */
import { afterEach, describe, expect, it } from 'vitest'
import { unknownRoutes } from './calls.ts'
import { RequestSoak } from './requests.ts'
import { Soak } from './traffic.ts'

describe('soak', () => {
  let requests: RequestSoak | undefined
  afterEach(() => requests?.close())

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

  it('keeps nothing of a call counted from its request either', async () => {
    const soak = await RequestSoak.start()
    requests = soak
    await soak.run(8_000)
    const before = await soak.heapBytes()
    await soak.run(8_000)
    const after = await soak.heapBytes()
    expect(soak.counted()).toBe(16_000)
    expect(await soak.arrived()).toBe(16_000)
    // Each that kept 100 bytes would show.
    expect(after - before).toBeLessThan(800_000)
  }, 600_000)
})
