/** Result codes and what they mean for us: the table against the list it was made from. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as names from '../../src/names.ts'
import { categoryOf, isFailure, RESULT_CATEGORIES, RESULT_CODES } from '../../src/results/codes.ts'

/** The 181 documented codes, each with its category; those of no failure have none. */
const documented = readFileSync(new URL('result-codes.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t') as [code: string, category: string | undefined])

describe('result codes', () => {
  it('are the documented ones, each once', () => {
    expect([...RESULT_CODES].sort()).toEqual(documented.map(([code]) => code).sort())
    expect(new Set(RESULT_CODES).size).toBe(181)
  })

  it.each(documented)('%s is of category %s', (code, category) => {
    if (category === undefined || category === '') expect(isFailure(code)).toBe(false)
    else expect([isFailure(code), categoryOf(code)]).toEqual([true, category])
  })

  it.each([
    ['101398', 'authentication', 'all of 1013 are'],
    ['105199', 'payment_method', 'all of 1051 are'],
    ['101198', 'unknown', 'those of 1011 differ'],
    ['777777', 'unknown', 'a family that nobody knows'],
    ['_OTHER', 'unknown', 'no code at all'],
    [undefined, 'unknown', 'none'],
  ])('%s, which is not documented, is of category %s: %s', (code, category, _) => {
    expect(categoryOf(code)).toBe(category)
  })

  it('have categories with the names of the contract', () => {
    const values = Object.entries(names)
      .filter(([name]) => name.startsWith('MANGOPAY_RESULT_CATEGORY_VALUE_'))
      .map(([, value]) => value)
    expect([...RESULT_CATEGORIES].sort()).toEqual(values.sort())
  })
})
