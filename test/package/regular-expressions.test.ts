/** Regular expressions proved safe, or none: the few there are, and that there is no other. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, regularExpressions } from '../support/syntax.ts'

/**
 * None of them ever sees a span: an option when the processor is made, variables of the environment, and lines that
 * `register` prints. Each is linear all the same: no two repetitions in a row can match the same character.
 */
const listed: readonly string[] = [
  // The keys of the option `hosts`.
  'request/hosts.ts: /\\.$/',
  'request/hosts.ts: /\\/+$/',
  'request/hosts.ts: /^(\\[[0-9a-f:.]+\\]|[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*\\.?)(?::(\\d{1,5}))?(\\/[^?#\\s]*)?$/',
  // What `register` reads and prints.
  'register/registered.ts: /\\b(?:connect|getaddrinfo) E[A-Z_]+ [^\\s)]+/',
  'register/otlp.ts: /^https?:\\/\\//i',
  'register/say.ts: /\\s+/g',
  'register/say.ts: /^([a-z][a-z0-9+.-]*:\\/\\/)?([^/?#\\\\]*@)?(\\[[0-9a-f:.]*\\]|[^/?#\\\\@:=]*)(:\\d{1,5}(?!\\w))?/i',
]

describe('src', () => {
  it('uses no regular expression but those listed', () => {
    const source = new URL('../../src/', import.meta.url)
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
    const parsed = parse(Object.fromEntries(files.map((file) => [file, readFileSync(new URL(file, source), 'utf8')])))
    expect(parsed.size).toBeGreaterThan(30)
    const found = [...parsed].flatMap(([name, file]) => regularExpressions(file).map((one) => `${name}: ${one}`))
    expect(found.sort()).toEqual([...listed].sort())
  })
})

describe('the search for regular expressions', () => {
  const places: readonly (readonly [string, string[]])[] = [
    ['const found = /a+/g', ['/a+/g']],
    ['function f() { return /a+/ }', ['/a+/']],
    ['const f = (is: boolean) => is && /a+/', ['/a+/']],
    ['const f = (is: boolean) => (is ? /a+/ : !/b+/)', ['/a+/', '/b+/']],
    ['const all = [/a+/, { key: /[/"]/ }]', ['/a+/', '/[/"]/']],
    ['f(/a+/); if (is) /b+/.test(text)', ['/a+/', '/b+/']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template
    ['const text = `${/a+/.exec(other)}`', ['/a+/']],
    ['f() // /a+/', []],
    ['const ratio = a / b / c + (a) / b / c', []],
    ["const text = '/a+/' + `/b+/`", []],
    ["const made = new RegExp('a+')", ['RegExp']],
    ["const made = RegExp('a+')", ['RegExp']],
    ["const made = new globalThis.RegExp('a+')", ['RegExp']],
  ]

  it.each(places)('%s', (text, expected) => {
    expect(regularExpressions(parse({ 'one.ts': text }).get('one.ts') as never)).toEqual(expected)
  })
})
