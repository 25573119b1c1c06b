/** Rate-limit headers of any text: nothing is invented, and bytes are read as text is. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HeaderLine, type HeaderValue, linesOf, textOf } from '../../src/quota/headers.ts'
import { QUOTA_WINDOWS, readQuota } from '../../src/quota/reading.ts'
import { DATE, NONE, reset, SERVER } from '../support/quota-response.ts'

describe('the quota of a response', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.oneof(fc.nat().map(String), fc.integer().map(String), fc.constantFrom('', ' ', '-', 'NaN', '1e9', '٣')),
        { maxLength: 8 },
      )
      .map((all) => all.join(',')),
    fc.array(fc.constantFrom(60, 300, 900, 1800, 3600, 86_340, 7200), { maxLength: 8 }).map((all) => reset(...all)),
  )
  const value: fc.Arbitrary<HeaderValue | undefined> = fc.oneof(
    text,
    fc.array(text, { maxLength: 4 }),
    fc.constant(undefined),
  )

  it('never throws, and never invents a window or a number, for any header text', () => {
    fc.assert(
      fc.property(value, value, value, value, (used, remaining, resetAt, date) => {
        const response = readQuota({ ...NONE, used, remaining, reset: resetAt, date }, SERVER)
        const numbers = (header: HeaderValue | undefined) =>
          [header ?? []].flat().flatMap((line) =>
            textOf(line as HeaderLine)
              .split(',')
              .map((one) => one.trim()),
          )
        for (const reading of response?.readings ?? []) {
          expect(QUOTA_WINDOWS).toContain(reading.window)
          expect(numbers(used).map(Number)).toContain(reading.used)
          expect(numbers(remaining).map(Number)).toContain(reading.remaining)
          expect(numbers(resetAt).map(Number)).toContain(reading.reset / 1000)
        }
        const windows = (response?.readings ?? []).map(({ window }) => window)
        expect(new Set(windows).size).toBe(windows.length)
      }),
      { numRuns: 3000 },
    )
  })

  it('reads bytes as it reads the text they spell', () => {
    const bytes = (header: HeaderValue | undefined) =>
      header === undefined ? undefined : linesOf(header).map((line) => Buffer.from(textOf(line), 'latin1'))
    const latin1 = fc.array(fc.string({ unit: 'binary-ascii' }), { maxLength: 4 })
    const header = fc.oneof(value, latin1).filter((one) => linesOf(one).every((line) => !textOf(line).includes('٣')))
    fc.assert(
      fc.property(
        header,
        header,
        header,
        fc.constantFrom(undefined, DATE, 'then'),
        (used, remaining, resetAt, date) => {
          const headers = { ...NONE, used, remaining, reset: resetAt, date }
          const same = {
            ...NONE,
            used: bytes(used),
            remaining: bytes(remaining),
            reset: bytes(resetAt),
            date: bytes(date),
          }
          if ([used, remaining, resetAt].includes('')) return // no bytes at all are no line
          expect(readQuota(same, SERVER)).toEqual(readQuota(headers, SERVER))
        },
      ),
      { numRuns: 2000 },
    )
  })
})
