/** What the processor counted, as `snapshot()` tells it at any time, after shutdown too. */
import { describe, expect, it } from 'vitest'
import { setUp } from '../support/traced-calls.ts'

describe('shutdown', () => {
  it('may happen twice, and calls after it are still counted', async () => {
    const { mangopay, start, answer, total } = setUp()
    await mangopay.shutdown()
    await mangopay.shutdown()
    await mangopay.forceFlush()
    answer(start(), 200)
    expect(total()).toBe(1)
  })
})

describe('snapshot()', () => {
  it('survives JSON', () => {
    const { mangopay, start, answer } = setUp({ clock: () => 1e12 })
    answer(start(), 429)
    const snapshot = mangopay.snapshot()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    expect(snapshot).toMatchObject({ time: 1e12, samplerInUse: false })
  })

  it('is a copy', () => {
    const { mangopay, start, answer } = setUp()
    answer(start(), 200)
    const snapshot = mangopay.snapshot()
    answer(start(), 200)
    expect(snapshot.environments['sandbox']?.calls).toBe(1)
  })

  it('holds hostile environment names as any other', () => {
    const { mangopay, start, answer } = setUp({ hosts: { 'a.example': '__proto__', 'b.example': 'constructor' } })
    answer(start({ 'server.address': 'a.example' }), 200)
    answer(start({ 'server.address': 'b.example' }), 500)
    const { environments } = mangopay.snapshot()
    expect(Object.keys(environments)).toEqual(['__proto__', 'constructor'])
    expect(environments['constructor']?.status500).toBe(1)
  })
})
