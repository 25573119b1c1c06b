/** The README's tables against the code: attributes, categories, metrics, options, versions. */
import { describe, expect, it } from 'vitest'
import { DURATION_BUCKETS } from '../../src/metrics/instruments.ts'
import * as names from '../../src/names.ts'
import { resolveOptions } from '../../src/options.ts'
import type { ErrorCategory } from '../../src/outcome/outcome.ts'
import { nodeVersions, sdkLines } from '../matrix/lines.ts'
import { typeCells } from '../matrix/type-cells.ts'
import { read, readme } from '../support/project-files.ts'
import { verdictOf } from '../support/verdicts.ts'

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
const named = (prefix: string) =>
  Object.entries(names)
    .filter(([name]) => name.startsWith(prefix))
    .map(([, value]) => value)

const code = (cell: string | undefined) => (cell ?? '').replaceAll('`', '')

describe('the README', () => {
  it('lists every attribute of a span', () => {
    const labels = [
      names.ATTR_MANGOPAY_RATE_LIMIT_WINDOW,
      names.ATTR_MANGOPAY_ACCOUNT,
      names.ATTR_MANGOPAY_ERROR_RATIO_KIND,
      names.ATTR_HTTP_RESPONSE_STATUS_CODE,
    ] as string[]
    const attributes = named('ATTR_').filter((name) => !labels.includes(name))
    expect(
      table(readme, 'attribute')
        .map(([name]) => code(name))
        .sort(),
    ).toEqual(attributes.sort())
    for (const label of labels) expect(readme).toContain(label)
  })

  it('lists every category, with its codes and whether to retry', () => {
    const rows = table(readme, 'category')
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

  it('lists every metric', () => {
    expect(
      table(readme, 'metric')
        .map(([name]) => code(name))
        .sort(),
    ).toEqual(named('METRIC_').sort())
    const labels = table(readme, 'metric').flatMap(([, , cell]) => [...(cell ?? '').matchAll(/`([a-z_]+\.[a-z_.]+)`/g)])
    expect(labels.length).toBeGreaterThan(10)
    for (const [, label] of labels) expect(named('ATTR_')).toContain(label)
  })

  it('tells the default of every option, as do the docstrings', () => {
    const defaults = resolveOptions()
    const rows = new Map(table(readme, 'option').map(([name, value]) => [code(name), code(value)]))
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

  it('names the versions that the matrix runs', () => {
    const rows = new Map(table(readme, 'what').map(([what, versions]) => [what, versions]))
    expect(rows.get('Node')).toBe(
      ['20.6.0', ...Object.keys(nodeVersions).filter((name) => name !== '20.6.0')].join(', '),
    )
    expect(rows.get('OpenTelemetry SDK')).toBe(sdkLines.map(({ name }) => name).join(', '))
    expect(rows.get('TypeScript')).toBe([...new Set(typeCells.map(({ typescript }) => typescript))].join(', '))
  })
})

describe('names.ts', () => {
  it('documents the buckets that are used', () => {
    expect(DURATION_BUCKETS.slice(-3)).toEqual([15, 30, 60])
  })
})
