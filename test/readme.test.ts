/** The README shows what runs, installs what is tested and links to what is there. */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isThere, read, readme, root } from './support/project-files.ts'

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

  it('installs what is tested', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
    const pinned = [...readme.matchAll(/(@opentelemetry\/[a-z-]+)@(\d[\d.]*)/g)]
    expect(pinned.length).toBe(5)
    for (const [, name, version] of pinned) expect(version, name).toBe(devDependencies[name as string])
  })

  it('links to files that exist', () => {
    const missing = [...readme.matchAll(/\]\(([^)#:]+)[^)]*\)/g)]
      .map((match) => match[1] as string)
      .filter((file) => !isThere(file))
    expect(missing).toEqual([])
  })
})
