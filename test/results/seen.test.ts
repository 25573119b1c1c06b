/** What is remembered of objects that were counted. */
import { expect, it } from 'vitest'
import { Seen } from '../../src/results/seen.ts'

it('says of each text once that it is new, and forgets the oldest beyond its room', () => {
  const seen = new Seen(3)
  expect(['a', 'b', 'a', 'c', 'b'].map((text) => seen.add(text))).toEqual([true, true, false, true, false])
  expect(seen.add('d')).toBe(true) // 'a' has to go
  expect(['d', 'c', 'b'].map((text) => seen.add(text))).toEqual([false, false, false])
  expect(seen.add('a')).toBe(true)
})

it('takes no two of 10,000 texts that differ in a digit for one, with any seed', () => {
  for (const seed of [0, 1, 0xffffffff]) {
    const seen = new Seen(10_000, seed)
    const texts = [...Array(10_000).keys()].map((i) => `production pay_in FAILED payin_m_01J82SPSKW53XZM936PD${i}`)
    expect(texts.filter((text) => seen.add(text)).length).toBe(10_000)
    expect(texts.filter((text) => seen.add(text)).length).toBe(0)
  }
})
