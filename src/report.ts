import type { Cell } from './metrics/series.ts'
import { ERROR_KINDS } from './rates/window.ts'
import type { EnvironmentSnapshot, OperationSnapshot, Snapshot } from './snapshot.ts'
import type { Ledger } from './statistics.ts'

/** Takes stock, as plain data. */
export function report(ledger: Ledger, windowSeconds: number, samplerInUse: boolean): Snapshot {
  const time = ledger.now()
  const environments = new Map<string, EnvironmentSnapshot>()
  for (const [name, { window, spikes }] of ledger.environments) {
    const kinds = ERROR_KINDS.map((kind) => [
      kind,
      { count: window.count(time, kind), ratio: window.ratio(time, kind) },
    ])
    environments.set(name, {
      calls: 0,
      status429: 0,
      status500: 0,
      failures: {},
      unknownOutcomes: 0,
      rates: { windowSeconds, calls: window.calls(time), kinds: Object.fromEntries(kinds) },
      quota: [],
      spikes: spikes.active(time),
      operations: {},
    })
  }
  for (const cell of ledger.cells) {
    const environment = environments.get(cell.environment)
    if (environment !== undefined && cell.count > 0) add(environment, cell)
  }
  for (const { environment, readingTimestamp: _, ...quota } of ledger.quotas()) {
    environments.get(environment)?.quota.push(quota)
  }
  return { time, samplerInUse, environments: Object.fromEntries(environments) }
}

function add(environment: EnvironmentSnapshot, { operation: name, status, verdict, count }: Cell): void {
  const operation: OperationSnapshot = environment.operations[name] ?? {
    calls: 0,
    failures: 0,
    status429: 0,
    status500: 0,
  }
  environment.operations[name] = operation
  environment.calls += count
  operation.calls += count
  if (verdict.outcome === 'unknown') environment.unknownOutcomes += count
  if (verdict.category !== undefined) {
    environment.failures[verdict.category] = (environment.failures[verdict.category] ?? 0) + count
    operation.failures += count
  }
  if (status === 429) {
    environment.status429 += count
    operation.status429 += count
  }
  if (status === 500) {
    environment.status500 += count
    operation.status500 += count
  }
}
