/** Throws hostile spans at a processor and says what went wrong. */
import { type Attributes, ROOT_CONTEXT } from '@opentelemetry/api'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { leaked, logged } from './leaks.ts'
import { hosts } from './look-alikes.ts'
import { Random } from './random.ts'
import { type Hostile, hostile } from './spans.ts'

/** What a run found. */
export interface Findings {
  spans: number
  ours: number
  foreign: number
  /** Descriptions of what must not happen; the first hundred. */
  wrong: string[]
  /** Most CPU that one span took, in milliseconds, and what it was. */
  slowest: { milliseconds: number; span: string }
}

const environments = new Set<unknown>(['production', 'sandbox', ...Object.values(hosts)])

/** Metrics that are collected when we ask for them. */
class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** Makes this many spans from this seed. */
export async function fuzz(spans: number, seed: number): Promise<Findings> {
  const random = new Random(seed)
  const reader = new Reader()
  const meterProvider = new MeterProvider({ readers: [reader] })
  const processor = new MangopaySpanProcessor({ hosts, meterProvider })
  const sampler = processor.sampler({
    shouldSample: () => ({ decision: 0 }),
    toString: () => 'off',
  })
  const findings: Findings = { spans, ours: 0, foreign: 0, wrong: [], slowest: { milliseconds: 0, span: '' } }
  const wrong = (what: string) => {
    if (findings.wrong.length < 100) findings.wrong.push(what)
  }
  const log = logged()
  let least = 0
  let most = 0
  for (let made = 0; made < spans; made += 1) {
    const it = hostile(random)
    const { span, steps } = it
    const given = { ...it.plain, ...it.late }
    const label = () => `seed ${seed}, span ${made} (${it.owner}): ${describe(span)}`
    const before = process.cpuUsage()
    try {
      const start = safely(() => span['attributes']) as Attributes
      const { decision } = sampler.shouldSample(
        ROOT_CONTEXT,
        '1'.repeat(32),
        'GET',
        safely(() => span['kind']) as never,
        start,
        [],
      )
      if (decision !== 0 && it.owner === 'foreign') wrong(`the sampler took a foreign span, ${label()}`)
      if (decision === 0 && it.owner === 'ours') wrong(`the sampler dropped a span of ours, ${label()}`)
      if (steps.start) processor.onStart(span as never, ROOT_CONTEXT)
      if (it.response !== undefined) processor.responseHook(span as never, it.response)
      safely(() => Object.assign(start, it.late))
      if (steps.ending && steps.start) processor.onEnding(span as never)
      processor.onEnd(span as never)
      if (steps.twice) processor.onEnd(span as never)
    } catch (error) {
      wrong(`${error} thrown, ${label()}`)
    }
    // Of CPU: the time in which other processes had it says nothing.
    const { user, system } = process.cpuUsage(before)
    const took = (user + system) / 1_000
    if (took > findings.slowest.milliseconds) findings.slowest = { milliseconds: took, span: label() }
    if (it.owner !== 'open') findings[it.owner] += 1
    if (it.owner === 'ours') least += 1
    if (it.owner !== 'foreign') most += 1
    inspect(it, given, (what) => wrong(`${what}, ${label()}`))
  }
  const calls = Object.values(processor.snapshot().environments).reduce((sum, one) => sum + one.calls, 0)
  if (calls < least || calls > most) wrong(`seed ${seed}: ${calls} calls counted, not ${least} to ${most}`)
  if (leaked(processor.snapshot())) wrong(`seed ${seed}: a secret is in the snapshot`)
  if (leaked((await reader.collect()).resourceMetrics)) wrong(`seed ${seed}: a secret is in the metrics`)
  for (const line of log.end()) if (leaked(line)) wrong(`seed ${seed}: a secret is in the log: ${line}`)
  await meterProvider.shutdown()
  return findings
}

/** @param given Attributes that the span had before we saw it, and those that it got from others. */
function inspect({ owner, plain, base }: Hostile, given: Attributes, wrong: (what: string) => void): void {
  const said = plain['mangopay.environment']
  if (owner === 'foreign' && said !== undefined) wrong('a foreign span was taken for ours')
  if (owner === 'ours' && !environments.has(said)) wrong('a span of ours was not tagged')
  for (const [key, value] of Object.entries(plain)) {
    if (value !== given[key] && (leaked(key) || leaked(value))) wrong(`a secret in ${key}`)
  }
  if (leaked(base['name'])) wrong('a secret in the name of the span')
}

/** Reading a hostile span can throw; that is the fuzzer's own trouble. */
function safely<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function describe(span: Record<string, unknown>): string {
  const attributes = safely(() => span['attributes']) as Attributes | undefined
  const short = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > 120
      ? `${value.slice(0, 120)}… (${value.length})`
      : typeof value === 'bigint'
        ? `${value}n`
        : value
  const { kind, status, events, duration } = (safely(() => ({ ...span })) ?? {}) as Record<string, unknown>
  const all = { frozen: Object.isFrozen(span), kind, status, events, duration, attributes }
  return safely(() => JSON.stringify(all, short)) ?? 'unreadable'
}
