/** CONTRIBUTING is short and names files that exist. */
import { describe, expect, it } from 'vitest'
import { isThere, read } from './support/project-files.ts'

describe('CONTRIBUTING', () => {
  const text = read('CONTRIBUTING.md')

  it('is at most 40 lines', () => {
    expect(text.trim().split('\n').length).toBeLessThanOrEqual(40)
  })

  it('names files that exist', () => {
    const files = [...text.matchAll(/`((?:src|alerts|dashboards|examples)\/[^`]*)`/g)].map(
      (match) => match[1] as string,
    )
    expect(files.length).toBeGreaterThan(20)
    expect(files.filter((file) => !isThere(file))).toEqual([])
  })
})
