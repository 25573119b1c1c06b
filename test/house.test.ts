/** What holds for every file: short, no circle among them, and nothing imported that an application would have to install. */
import { readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read, root } from './support/project-files.ts'
import { importsOf, parse } from './support/syntax.ts'

const LONGEST = 150

/** Tables and stories: long, and read from top to bottom by nobody. */
const DATA = [
  'src/routes.ts',
  'examples/scenarios.ts',
  'examples/mock/route-table.ts',
  'test/alerts/cases/failures.ts',
  'test/alerts/cases/quota.ts',
  'test/alerts/simulation/incidents.ts',
  'test/conformance/cases.ts',
  'test/conformance/limits.ts',
]

const filesBelow = (folder: string): string[] =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)

/** Lines that are neither blank nor comment alone. */
function codeLines(text: string): number {
  let inComment = false
  return text.split('\n').filter((line) => {
    const start = inComment ? line : line.trimStart()
    const opens = !inComment && start.startsWith('/*')
    const closes = (inComment || opens) && start.includes('*/')
    const wasInside = inComment || opens
    inComment = wasInside && !closes
    const rest = wasInside ? (closes ? start.slice(start.indexOf('*/') + 2) : '') : start
    return rest.trim() !== '' && !rest.trimStart().startsWith('//')
  }).length
}

describe('a file', () => {
  const lengths = ['src', 'examples', 'alerts', 'dashboards', 'test']
    .flatMap(filesBelow)
    .map((file) => [file, codeLines(read(file))] as const)

  it('is read in one sitting, data aside', () => {
    expect(lengths.length).toBeGreaterThan(300)
    expect(lengths.filter(([file, lines]) => lines > LONGEST && !DATA.includes(file))).toEqual([])
  })

  it('is on the list of data for its length only', () => {
    const long = lengths.filter(([, lines]) => lines > LONGEST).map(([file]) => file)
    expect(DATA.filter((file) => !long.includes(file))).toEqual([])
  })

  it.each([
    ['', 0],
    ['a\n\nb', 2],
    ['// a\n  // b\nc // d', 1],
    ['/** a */\nb', 1],
    ['/**\n * a\n\n * b\n */\nc\n/* d */ e', 2],
  ])('of %j counts %i lines of code', (text, expected) => {
    expect(codeLines(text)).toBe(expected)
  })
})

describe('imports of src', () => {
  const texts = Object.fromEntries(filesBelow('src').map((file) => [file, read(file)]))
  const all = [...parse(texts)].flatMap(([file, syntax]) => importsOf(syntax).map((it) => ({ file, ...it })))
  const isOwn = (from: string | undefined): from is string => from?.startsWith('.') === true
  const target = (file: string, from: string) => posix.join(posix.dirname(file), from.replace(/\.js$/, '.ts'))

  it('are of our own files, the API and Node alone', () => {
    expect(all.filter(({ from }) => isOwn(from)).length).toBeGreaterThan(100)
    const foreign = all.filter(({ from, way }) => way !== 'while running' && !isOwn(from))
    const strange = foreign.filter(({ from = '' }) => from !== '@opentelemetry/api' && !from.startsWith('node:'))
    expect(strange).toEqual([])
  })

  it('are loaded while running by `register` alone, which has to look what the application has', () => {
    const files = new Set(all.filter(({ way }) => way === 'while running').map(({ file }) => file))
    expect(files.size).toBeGreaterThan(1)
    expect([...files].filter((file) => !/^src\/register(\.ts|\/)/.test(file))).toEqual([])
  })

  it('name files that exist', () => {
    const missing = all.flatMap(({ file, from }) =>
      isOwn(from) && !(target(file, from) in texts) ? [[file, from]] : [],
    )
    expect(missing).toEqual([])
  })

  it('go round in no circle, types aside', () => {
    const next = new Map<string, string[]>()
    for (const { file, from, way } of all) {
      if (isOwn(from) && way !== 'type') next.set(file, [...(next.get(file) ?? []), target(file, from)])
    }
    expect(circles(next)).toEqual([])
    expect(circles(new Map([...next, ['src/names.ts', ['src/index.ts']]])).length).toBeGreaterThan(0)
  })
})

/** Every way that comes back to a file on it. */
function circles(next: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const walk = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '))
    if (way.includes(file) || done.has(file)) return
    for (const one of next.get(file) ?? []) walk(one, [...way, file])
    done.add(file)
  }
  for (const file of next.keys()) walk(file, [])
  return found
}
