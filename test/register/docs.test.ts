/** docs/register.md: its code runs, and its defaults are those of the code. */
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { OURS } from '../../src/register/env.ts'
import { REPEAT_FOR_MILLIS, REPEAT_MILLIS, WAIT_MILLIS } from '../../src/register/lifecycle.ts'
import { DEFAULT_PACE } from '../../src/register/metrics.ts'
import { DEFAULT_PROTOCOL } from '../../src/register/otlp.ts'
import { SAMPLERS } from '../../src/register/traces.ts'
import { read } from '../support/project-files.ts'
import { environment, REGISTER, run } from './fixtures/child.ts'
import { project, receiver } from './fixtures/lab.ts'

const page = read('docs/register.md')
const [flush, ...more] = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] as string)

const CALL = `import http from 'node:http'
process.exitCode = 6
await new Promise((resolve) => {
  http.get('http://' + process.env.TARGET + '/v2.01/acme/users/1', (answer) => answer.resume().on('end', resolve))
})
`
const WITH = ['--import', REGISTER]

describe('the code that flushes before process.exit()', () => {
  it('is the only code of the page', () => {
    expect(more).toEqual([])
  })

  it.each([
    { name: 'with register', args: WITH, env: {}, spans: 1, counted: 1 },
    { name: 'without metrics', args: WITH, env: { OTEL_METRICS_EXPORTER: 'none' }, spans: 1, counted: 0 },
    { name: 'without traces', args: WITH, env: { OTEL_TRACES_EXPORTER: 'none' }, spans: 0, counted: 1 },
    { name: 'disabled', args: WITH, env: { OTEL_SDK_DISABLED: 'true' }, spans: 0, counted: 0 },
    { name: 'without register', args: [], env: {}, spans: 0, counted: 0 },
  ])('runs $name', async ({ args, env, spans, counted }) => {
    writeFileSync(project.file('flushes.mjs'), CALL + flush)
    const ended = await run([...args, 'flushes.mjs'], project.folder, environment(receiver, env))
    expect(ended).toMatchObject({ code: 6, stderr: '' })
    expect(receiver.spans).toHaveLength(spans)
    expect(receiver.requestCount).toBe(counted)
  })
})

it('every variable of ours on the page is known, and the other way round', () => {
  const named = [...page.matchAll(/^\| `(MANGOPAY_\w+)`/gm)].map((match) => match[1])
  expect(named.sort()).toEqual([...OURS].sort())
})

describe('the defaults of the page', () => {
  it('are those of the code', () => {
    const row = (variable: string) => page.split('\n').find((line) => line.startsWith(`| \`${variable}\``))
    expect(row('OTEL_METRIC_EXPORT_INTERVAL')).toContain(
      `${DEFAULT_PACE.interval} and ${DEFAULT_PACE.timeout} by default`,
    )
    expect(row('OTEL_EXPORTER_OTLP_PROTOCOL')).toContain(`\`${DEFAULT_PROTOCOL}\` (default`)
    expect(row('OTEL_TRACES_SAMPLER')).toContain(`default \`${SAMPLERS[0]}\``)
    for (const sampler of ['always_on', 'always_off', 'traceidratio']) {
      expect(SAMPLERS).toContain(sampler)
      expect(SAMPLERS).toContain(`parentbased_${sampler}`)
    }
    expect(SAMPLERS).toHaveLength(6)
  })

  it('of the end of a process too', () => {
    expect(page).toContain(`holds up the end by ${WAIT_MILLIS / 1_000} s at most`)
    expect([1_000 / REPEAT_MILLIS, REPEAT_FOR_MILLIS / 60_000]).toEqual([2, 1])
    expect(page).toContain('sent at once and twice a second for a minute')
  })

  it('of the metrics are said once a minute', () => {
    expect(DEFAULT_PACE.interval).toBe(60_000)
    expect(page).toContain('metrics too, once a minute')
  })
})
