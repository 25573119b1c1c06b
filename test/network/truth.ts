/** Holds everything the library counted against the mock's own log: the last word of every test here. */
import { SpanKind } from '@opentelemetry/api'
import { expect } from 'vitest'
import type { LogEntry } from '../../examples/mock/log.ts'
import { operationShape, shapeOfRequest } from '../../examples/mock/routes.ts'
import { LAB_ENVIRONMENT, type Lab } from './lab.ts'
import type { Points } from './points.ts'

/** How often each operation was answered with each status, `none` without one. */
export type Tallied = Record<string, number>

const add = (tally: Tallied, key: string, count: number) => {
  if (count > 0) tally[key] = (tally[key] ?? 0) + count
}

const sorted = (tally: Tallied): Tallied =>
  Object.fromEntries(Object.entries(tally).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))

/** The library's name of an operation in the mock's spelling. */
const shapeOf = (operation: unknown) => (operation === '_OTHER' ? '_OTHER' : operationShape(String(operation)))

/** The log, counted. */
export const tallyOfLog = (entries: readonly LogEntry[]): Tallied => {
  const tally: Tallied = {}
  for (const { method, path, status } of entries) {
    add(tally, `${shapeOfRequest(method, path) ?? '_OTHER'} ${status ?? 'none'}`, 1)
  }
  return sorted(tally)
}

/** The counter, likewise. */
export const tallyOfMetrics = (metrics: Points): Tallied => {
  const tally: Tallied = {}
  for (const { attributes, value } of metrics.of('mangopay.client.requests')) {
    const status = attributes['http.response.status_code'] ?? 'none'
    add(tally, `${shapeOf(attributes['mangopay.operation'])} ${status}`, value)
  }
  return sorted(tally)
}

/** What a test did that a server's log cannot show. */
export interface Beyond {
  /** Calls that never arrived, by operation as the library names it. */
  unreached?: Record<string, number>
  /** Set when spans were dropped by a sampler: the exported ones are not compared then. */
  notExported?: true
  /** Set when no MeterProvider was there for all calls: durations begin with it. */
  noDurations?: true
  /** Metrics to compare in place of a new collection. */
  metrics?: Awaited<ReturnType<Lab['metrics']>>
}

/**
 * Counters, snapshot, durations and exported spans against the mock's log. Waits a moment first: a client that gives
 * up tells its caller before its span has ended and before the server has noticed.
 */
export const expectTruth = async (lab: Lab, { unreached = {}, ...beyond }: Beyond = {}): Promise<void> => {
  const { log } = lab.mock
  const total = () => Object.values(unreached).reduce((sum, count) => sum + count, log.totals().requests)
  const isSettled = () =>
    log.totals().open === 0 && (lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]?.calls ?? 0) >= total()
  for (let i = 0; i < 100 && !isSettled(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  const truth = tallyOfLog(log.entries)
  for (const [operation, count] of Object.entries(unreached)) add(truth, `${shapeOf(operation)} none`, count)
  const expected = sorted(truth)

  const metrics = beyond.metrics ?? (await lab.metrics())
  expect(tallyOfMetrics(metrics), 'mangopay.client.requests').toEqual(expected)

  const byOperation = sumBy(expected, (key) => key.slice(0, key.lastIndexOf(' ')))
  if (beyond.noDurations === undefined) {
    const timed: Tallied = {}
    for (const { attributes, value } of metrics.of('mangopay.client.request.duration')) {
      add(timed, shapeOf(attributes['mangopay.operation']), value)
    }
    expect(sorted(timed), 'mangopay.client.request.duration').toEqual(byOperation)
  }
  expectSnapshot(lab, expected, byOperation)
  for (const { kind, attributes } of lab.allSpans()) {
    // The mock runs in the same process and is instrumented too.
    if (kind !== SpanKind.CLIENT) expect(Object.keys(attributes).join(' '), 'a SERVER span').not.toMatch(/mangopay/)
  }
  if (beyond.notExported === undefined) {
    const spans: Tallied = {}
    for (const { attributes } of lab.spans()) {
      const status = attributes['http.response.status_code'] ?? attributes['http.status_code'] ?? 'none'
      add(spans, `${shapeOf(attributes['mangopay.operation'])} ${status}`, 1)
    }
    expect(sorted(spans), 'exported spans').toEqual(expected)
  }
}

function sumBy(tally: Tallied, group: (key: string) => string): Tallied {
  const sums: Tallied = {}
  for (const [key, count] of Object.entries(tally)) add(sums, group(key), count)
  return sorted(sums)
}

function expectSnapshot(lab: Lab, expected: Tallied, byOperation: Tallied): void {
  const snapshot = lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]
  const statuses = sumBy(expected, (key) => key.slice(key.lastIndexOf(' ') + 1))
  const calls: Tallied = {}
  for (const [name, operation] of Object.entries(snapshot?.operations ?? {})) add(calls, shapeOf(name), operation.calls)
  expect(sorted(calls), 'snapshot().operations').toEqual(byOperation)
  expect(snapshot?.status429 ?? 0, 'snapshot().status429').toBe(statuses['429'] ?? 0)
  expect(snapshot?.status500 ?? 0, 'snapshot().status500').toBe(statuses['500'] ?? 0)
  const all = Object.values(byOperation).reduce((sum, count) => sum + count, 0)
  expect(snapshot?.calls ?? 0, 'snapshot().calls').toBe(all)
}
