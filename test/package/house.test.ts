/** What holds for every file: no circle among them, and nothing imported that an application would have to install. */
import { readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read, root } from '../support/project-files.ts'
import { importsOf, parse } from '../support/syntax.ts'

const filesBelow = (folder: string): string[] =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)

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
