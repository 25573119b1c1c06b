/** CONTRIBUTING is short, names files that exist, and leaves out no file of src. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isThere, read, root } from './support/project-files.ts'

/** Files that nobody has to find, and why. */
const UNNAMED: Readonly<Record<string, string>> = {
  'src/version.ts': 'a test that compares it with package.json says what to write',
}

describe('CONTRIBUTING', () => {
  const text = read('CONTRIBUTING.md')
  const named = [...text.matchAll(/`((?:src|alerts|dashboards|examples|docker|test)\/[^`]*)`/g)].map(
    (match) => match[1] as string,
  )

  it('is at most 40 lines', () => {
    expect(text.trim().split('\n').length).toBeLessThanOrEqual(40)
  })

  it('names files that exist', () => {
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((file) => !isThere(file))).toEqual([])
  })

  it('names every file of src', () => {
    const files = readdirSync(new URL('src/', root)).filter((file) => file.endsWith('.ts'))
    expect(files.length).toBeGreaterThan(30)
    const left = files.map((file) => `src/${file}`).filter((file) => !named.includes(file))
    expect(left).toEqual(Object.keys(UNNAMED))
  })

  it('names no npm script that is not there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const used = [...text.matchAll(/npm run ([a-z]+)/g)].map((match) => match[1] as string)
    expect(used.length).toBeGreaterThan(5)
    expect(used.filter((name) => scripts[name] === undefined)).toEqual([])
  })
})
