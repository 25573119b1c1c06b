/** What the README and the pages of docs/ say, against the code: names, categories, options, versions, links. */
import { readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DURATION_BUCKETS } from '../../src/metrics/instruments.ts'
import * as names from '../../src/names.ts'
import { resolveOptions } from '../../src/options.ts'
import type { ErrorCategory } from '../../src/outcome/outcome.ts'
import { nodeVersions, sdkLines } from '../matrix/lines.ts'
import { typeCells } from '../matrix/type-cells.ts'
import { isThere, read, readme, root } from '../support/project-files.ts'
import { verdictOf } from '../support/verdicts.ts'

const contract = read('docs/telemetry.md')

/** Rows of the table whose first column is headed so. */
function table(text: string, heading: string): string[][] {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'))
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** Values of the constants of names.ts whose name starts so. */
const named = (prefix: string): string[] =>
  Object.entries(names)
    .filter(([name]) => name.startsWith(prefix))
    .map(([, value]) => value)

/** What stands between backticks. */
const codes = (text: string | undefined): string[] =>
  [...(text ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code as string)
const code = (cell: string | undefined) => (cell ?? '').replaceAll('`', '')
const firstColumn = (text: string, heading: string) => table(text, heading).flatMap(([cell]) => codes(cell))

describe('docs/telemetry.md', () => {
  it('names everything that is in names.ts', () => {
    for (const [constant, value] of Object.entries(names)) expect(codes(contract), constant).toContain(value)
  })

  it('and nothing that is not', () => {
    const all: string[] = Object.values(names)
    const ours = codes(contract).filter((name) => /^mangopay\.[a-z_.]+$/.test(name))
    expect(ours.filter((name) => !all.includes(name) && !name.startsWith('mangopay.sampler'))).toEqual([])
  })

  it('has a row for each metric', () => {
    expect(firstColumn(contract, 'metric').sort()).toEqual(named('METRIC_').sort())
  })
})

describe.each([
  { page: 'README.md', column: 'retryable' },
  { page: 'docs/telemetry.md', column: 'transient' },
])('$page', ({ page }) => {
  const text = read(page)

  it('lists every category, with its codes and whether to retry', () => {
    const rows = table(text, 'category')
    expect(rows.map(([name]) => code(name)).sort()).toEqual(named('MANGOPAY_ERROR_CATEGORY_VALUE_').sort())
    const byName = new Map(rows.map(([name, when, retryable]) => [code(name), { when, retryable }]))
    for (let status = 400; status < 600; status++) {
      const verdict = verdictOf({ status })
      const row = byName.get(verdict.category as ErrorCategory)
      expect(row?.retryable, `${status}`).toMatch(verdict.retryable ? /^yes(, once .+)?$/ : /^no$/)
      const mentioned = [...byName].find(([, { when }]) => new RegExp(`\\b${status}\\b`).test(when ?? ''))
      // The first code of a row that names several causes is its main one.
      if (mentioned !== undefined) expect(mentioned[0], `${status}`).toBe(verdict.category)
    }
  })

  it('lists attributes and metrics that exist, with labels that do', () => {
    for (const name of firstColumn(text, 'attribute')) expect(named('ATTR_')).toContain(name)
    for (const name of firstColumn(text, 'metric')) expect(named('METRIC_')).toContain(name)
    const labels = table(text, 'metric').flatMap(([, , cell]) => codes(cell).filter((label) => label.includes('.')))
    expect(labels.length).toBeGreaterThan(8)
    for (const label of labels) expect(named('ATTR_')).toContain(label)
  })
})

describe('docs/options.md', () => {
  it('tells the default of every option, as do the docstrings', () => {
    const defaults = resolveOptions()
    const rows = new Map(table(read('docs/options.md'), 'option').map(([name, value]) => [code(name), code(value)]))
    const flat = Object.entries(defaults).flatMap(([name, value]): [string, unknown][] =>
      name === 'spike' || name === 'quota'
        ? Object.entries(value as object).map(([key, inner]) => [`${name}.${key}`, inner])
        : [[name, value]],
    )
    expect([...rows.keys()].sort()).toEqual(flat.map(([name]) => name).sort())
    const inWords: Record<string, string> = {
      meterProvider: 'the global one',
      clock: 'a monotonic one',
      onSpike: 'none',
      onQuotaLow: 'none',
    }
    for (const [name, value] of flat) {
      expect(rows.get(name), name).toBe(inWords[name] ?? JSON.stringify(value).replaceAll(',', ', '))
    }
    const source = ['options', 'rates/spikes', 'quota/low'].map((file) => read(`src/${file}.ts`)).join()
    for (const [name, value] of flat.filter(([name]) => name.startsWith('spike.') || name.startsWith('quota.'))) {
      const documented = new RegExp(`@defaultValue ([^\\n]*)\\n[^:]*\\*/\\n  ${name.split('.')[1]}:`).exec(source)?.[1]
      const shown = JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ')
      expect(documented, name).toBe(name === 'spike.clearRatio' ? 'half of `ratio`' : shown)
    }
  })
})

describe('docs/support.md', () => {
  it('names the versions that the matrix runs, as the README does in short', () => {
    const page = read('docs/support.md')
    const nodes = Object.keys(nodeVersions)
    for (const node of nodes) expect(page).toContain(`| Node ${node} |`.slice(0, -2))
    for (const { name } of sdkLines) expect(page).toContain(`\n| ${name} (`)
    const typescripts = [...new Set(typeCells.map(({ typescript }) => typescript))]
    for (const typescript of typescripts) expect(page).toContain(`\n| ${typescript} |`)
    expect(readme).toContain(
      `Node 20.6 to ${Math.max(...nodes.map(Number.parseFloat))}, OpenTelemetry SDK ${sdkLines[0]?.name} to ${sdkLines.at(-1)?.name}, TypeScript ${typescripts[0]} to ${typescripts.at(-1)}`,
    )
  })
})

describe('the README', () => {
  it('installs what is tested, as docs/setup.md does', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
    const pinned = [...(readme + read('docs/setup.md')).matchAll(/(@opentelemetry\/[a-z-]+)@(\d[\d.]*)/g)]
    expect(pinned.length).toBe(5)
    for (const [, name, version] of pinned) expect(version, name).toBe(devDependencies[name as string])
  })
})

describe('links', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(new URL('docs/', root)).map((file) => `docs/${file}`),
  ].filter((file) => file.endsWith('.md'))

  /** Headings as an anchor spells them. */
  const anchors = (page: string): string[] =>
    [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      (title as string)
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    )

  it.each(pages)('of %s lead somewhere', (page) => {
    for (const [, link] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link as string)) continue
      const [path = '', anchor] = (link as string).split('#')
      const file = path === '' ? page : posix.join(posix.dirname(page), path)
      expect(isThere(file), link).toBe(true)
      if (anchor !== undefined) expect(anchors(file), link).toContain(anchor)
    }
  })

  it('of docs/README.md lead to every page', () => {
    const linked = [...read('docs/README.md').matchAll(/\]\(([^)#]+)\)/g)].map(([, file]) => `docs/${file}`)
    expect(pages.filter((page) => page.startsWith('docs/') && !linked.includes(page))).toEqual(['docs/README.md'])
  })
})

describe('names.ts', () => {
  it('documents the buckets that are used', () => {
    expect(DURATION_BUCKETS.slice(-3)).toEqual([15, 30, 60])
  })
})
