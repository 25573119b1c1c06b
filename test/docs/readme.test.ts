/** The README shows what runs, installs what is tested and links to what is there. */
import { describe, expect, it } from 'vitest'
import { isThere, read, readme } from '../support/project-files.ts'

describe('the README', () => {
  it('shows working code by line 15', () => {
    const first = readme.split('\n').findIndex((line) => line.includes('new MangopaySpanProcessor'))
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThan(15)
  })

  it('installs what is tested', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
    const pinned = [...readme.matchAll(/(@opentelemetry\/[a-z-]+)@(\d[\d.]*)/g)]
    expect(pinned.length).toBe(8)
    for (const [, name, version] of pinned) expect(version, name).toBe(devDependencies[name as string])
  })

  it('links to files that exist', () => {
    const missing = [...readme.matchAll(/\]\(([^)#:]+)[^)]*\)/g)]
      .map((match) => match[1] as string)
      .filter((file) => !isThere(file))
    expect(missing).toEqual([])
  })
})
