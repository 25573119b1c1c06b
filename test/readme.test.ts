import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { DURATION_BUCKETS } from '../src/meter.ts'
import * as names from '../src/names.ts'
import { resolveOptions } from '../src/options.ts'
import { type ErrorCategory, judge } from '../src/outcome.ts'
import { nodeVersions, sdkLines } from './matrix/lines.ts'
import { typeCells } from './matrix/type-cells.ts'

const root = new URL('../', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, root), 'utf8')
const readme = read('README.md')

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
  it('shows working code by line 15', () => {
    const first = readme.split('\n').findIndex((line) => line.includes('new MangopaySpanProcessor'))
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThan(15)
  })

  it('runs as it is written', async () => {
    const blocks = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] as string)
    expect(blocks).toHaveLength(3)
    const [first, setUp, inProcess] = blocks as [string, string, string]
    // The last prints what its comments promise, from a call that was made.
    const program = `${setUp}
import { SpanKind, trace } from '@opentelemetry/api'
trace.getTracer('readme').startSpan('GET', {
  kind: SpanKind.CLIENT,
  attributes: { 'http.request.method': 'GET', 'server.address': 'api.mangopay.com', 'http.response.status_code': 429 },
}).end()
${inProcess}
console.log(JSON.stringify(mangopay.snapshot().environments.production.rates.kinds['429']))
process.exit()
`
    mkdirSync(new URL('build/readme', root), { recursive: true })
    const outputs = await Promise.all(
      [first, program].map(async (text, i) => {
        const file = fileURLToPath(new URL(`build/readme/block-${i}.mjs`, root))
        writeFileSync(file, text)
        const env = {
          ...process.env,
          OTEL_TRACES_EXPORTER: 'none',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
        }
        return (await promisify(execFile)(process.execPath, [file], { env })).stdout
      }),
    )
    expect(outputs).toEqual(['', '{"count":1,"ratio":1}\n'])
  })

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
      const verdict = judge({ write: false, token: false, status, failure: undefined, undici: false, sca: false })
      const row = byName.get(verdict.category as ErrorCategory)
      expect(row?.retryable, `${status}`).toBe(verdict.retryable ? 'yes' : 'no')
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
    const source = read('src/options.ts')
    for (const [name, value] of flat.filter(([name]) => name.startsWith('spike.') || name.startsWith('quota.'))) {
      const documented = new RegExp(`@defaultValue ([^\\n]*)\\n[^:]*\\*/\\n  ${name.split('.')[1]}:`).exec(source)?.[1]
      const shown = JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ')
      expect(documented, name).toBe(name === 'spike.clearRatio' ? 'half of `ratio`' : shown)
    }
  })

  it('installs what is tested', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
    const pinned = [...readme.matchAll(/(@opentelemetry\/[a-z-]+)@(\d[\d.]*)/g)]
    expect(pinned.length).toBe(5)
    for (const [, name, version] of pinned) expect(version, name).toBe(devDependencies[name as string])
  })

  it('names the versions that the matrix runs', () => {
    const rows = new Map(table(readme, 'what').map(([what, versions]) => [what, versions]))
    expect(rows.get('Node')).toBe(
      ['20.6.0', ...Object.keys(nodeVersions).filter((name) => name !== '20.6.0')].join(', '),
    )
    expect(rows.get('OpenTelemetry SDK')).toBe(sdkLines.map(({ name }) => name).join(', '))
    expect(rows.get('TypeScript')).toBe([...new Set(typeCells.map(({ typescript }) => typescript))].join(', '))
  })

  it('links to files that exist', () => {
    const missing = [...readme.matchAll(/\]\(([^)#:]+)[^)]*\)/g)]
      .map((match) => match[1] as string)
      .filter((file) => !existsSync(new URL(file, root)))
    expect(missing).toEqual([])
  })
})

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
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([])
  })
})

describe('names.ts', () => {
  it('documents the buckets that are used', () => {
    expect(DURATION_BUCKETS.slice(-3)).toEqual([15, 30, 60])
  })
})
