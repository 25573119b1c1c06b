/** How a process with `register` ends: as it would without, with its telemetry sent. Each case runs both ways. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { read } from '../support/project-files.ts'
import { Receiver } from '../support/receiver.ts'
import { type Ended, environment, IMPATIENT, REGISTER, run, start } from './fixtures/child.ts'
import { project, receiver } from './fixtures/lab.ts'
import { CARD, SIGNAL_CASES, type SignalCase, USER } from './fixtures/signal-cases.ts'

const WITH = ['--import', REGISTER]

async function runCase({ env, signals }: SignalCase, args: readonly string[]): Promise<Ended> {
  const { child, said, ended } = start([...args, 'service.cjs'], project.folder, environment(receiver, env))
  for (const { signal, after } of signals) {
    await said(after)
    child.kill(signal)
  }
  return ended
}

describe('signals', () => {
  it.each(SIGNAL_CASES)('$name', async (one) => {
    expect(await runCase(one, [])).toMatchObject(one.ends)
    const ended = await runCase(one, WITH)
    expect(ended).toMatchObject({ ...one.ends, lines: [], stderr: '' })
    if (!one.operations) return
    expect(receiver.operations).toEqual(one.operations)
    expect(receiver.requestCount).toBe(one.operations.length)
  })

  it.each(['spans', 'requests'])('an answer that nobody has read counts, from %s', async (from) => {
    const env = environment(receiver, { UNREAD: '1', MANGOPAY_TELEMETRY_COUNT_FROM: from })
    const { child, said, ended } = start([...WITH, 'service.cjs'], project.folder, env)
    await said('ready')
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM', lines: [] })
    const counted = receiver.series('mangopay.client.requests').filter(({ value }) => value > 0)
    expect(counted.map(({ attributes, value }) => [attributes['mangopay.outcome'], value])).toEqual(
      Array(3).fill(['success', 1]),
    )
  })

  it('the same when the library was there first', async () => {
    const preload = ['--require', './clean-up.cjs']
    const { child, said, ended } = start([...preload, ...WITH, 'service.cjs'], project.folder, environment(receiver))
    await said('ready')
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM', lines: [] })
    expect(receiver.operations).toEqual([USER])
  })

  it('an app that ends by its signal waits 3 s at most, and a signal from outside does not wait', async () => {
    const env = environment(receiver, { ...IMPATIENT, OTEL_EXPORTER_OTLP_ENDPOINT: await silentPort(), MODE: 'kills' })
    const ends = async (also: readonly NodeJS.Signals[]) => {
      const { child, said, ended } = start([...WITH, 'service.cjs'], project.folder, env)
      await said('ready')
      child.kill('SIGTERM')
      await said('killed') // which nothing can say without us
      for (const signal of also) child.kill(signal)
      return ended
    }
    const late = [expect.stringContaining('within 3 s')]
    expect(await ends([])).toMatchObject({ code: null, signal: 'SIGTERM', lines: late })
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      expect(await ends([signal])).toMatchObject({ code: null, signal, lines: [] })
    }
  })

  it('a collector that is down does not keep the process, and is named', async () => {
    const { child, said, ended } = start(
      [...WITH, 'service.cjs'],
      project.folder,
      environment(receiver, { ...IMPATIENT, OTEL_EXPORTER_OTLP_ENDPOINT: await closedPort() }),
    )
    await said('ready')
    child.kill('SIGTERM')
    const end = await ended
    expect(end).toMatchObject({ code: null, signal: 'SIGTERM' })
    expectCollectorNamed(end)
  })
})

describe('other ends', () => {
  it.each([
    { how: 'exitCode', code: 7, operations: [USER] },
    { how: 'again', code: 0, operations: [CARD, USER] },
    // What cannot be waited for:
    { how: 'exit', code: 5, operations: [] },
    { how: 'throws', code: 1, operations: [] },
    { how: 'rejects', code: 1, operations: [] },
  ])('$how', async ({ how, code, operations }) => {
    const without = await run(['ends.cjs'], project.folder, environment(receiver, { HOW: how }))
    const ended = await run([...WITH, 'ends.cjs'], project.folder, environment(receiver, { HOW: how }))
    expect(without).toMatchObject({ code })
    expect(ended).toMatchObject({ code, signal: null, lines: [] })
    expect(withoutFrames(ended.stderr)).toBe(withoutFrames(without.stderr))
    expect(receiver.operations).toEqual(operations)
  })

  it('a module that never settles: code 13, and sent', async () => {
    const ended = await run([...WITH, 'unsettled.mjs'], project.folder, environment(receiver))
    expect(ended).toMatchObject({ code: 13, lines: [] })
    expect(receiver.operations).toEqual([USER])
  })

  it('the same beside a collector that does not answer: code 0, as the page says, which it would not be without', async () => {
    expect(await run(['unsettled.mjs'], project.folder, environment(receiver))).toMatchObject({ code: 13 })
    const env = environment(receiver, { ...IMPATIENT, OTEL_EXPORTER_OTLP_ENDPOINT: await silentPort() })
    const ended = await run([...WITH, 'unsettled.mjs'], project.folder, env)
    expect(ended).toMatchObject({ code: 0, lines: [expect.stringContaining('within 3 s')] })
    expect(read('docs/register.md')).toContain('never settles then ends with 0 instead of 13')
  })

  it('a collector that is down does not keep the process, is named, and the code stays', async () => {
    const env = environment(receiver, {
      ...IMPATIENT,
      OTEL_EXPORTER_OTLP_ENDPOINT: await closedPort(),
      HOW: 'exitCode',
    })
    const ended = await run([...WITH, 'ends.cjs'], project.folder, env)
    expect(ended).toMatchObject({ code: 7 })
    expectCollectorNamed(ended)
  })
})

/** The newer exporters are still trying when they are given up on; the older ones have reported by then. */
function expectCollectorNamed({ lines }: Ended): void {
  expect(lines).not.toEqual([])
  for (const line of lines) expect(line).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT|connect ECONNREFUSED/)
}

/** What Node prints on a crash. The context manager adds frames of Node's own to the stack. */
function withoutFrames(stderr: string): string {
  return stderr.replace(/^ {4}at .*\n/gm, '')
}

/** A collector that takes everything and does not answer. */
async function silentPort(): Promise<string> {
  const silent = createServer().listen(0, '127.0.0.1').unref()
  await once(silent, 'listening')
  return `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
}

/** A port that was open a moment ago. */
async function closedPort(): Promise<string> {
  const gone = await new Receiver().start()
  await gone.stop()
  return gone.endpoint
}
