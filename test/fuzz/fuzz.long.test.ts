/** Half a million hostile spans, other ones each day. */
import { expect, it } from 'vitest'
import { fuzz } from './run.ts'

const BATCH = 50_000
const today = Math.floor(Date.now() / 86_400_000) * 1_000

it.each(Array.from({ length: 10 }, (_, batch) => today + batch))('nothing is wrong, seed %i', async (seed) => {
  const { ours, foreign, wrong } = await fuzz(BATCH, seed)
  expect(wrong).toEqual([])
  expect(Math.min(ours, foreign)).toBeGreaterThan(BATCH / 10)
})
