/**
 * `countFrom: 'requests'` in set-ups that lead spans astray: the real clients against the mock, whose log is the truth.
 */
import { SpanStatusCode } from '@opentelemetry/api'
import { AlwaysOffSampler, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { MangopayClientMonitor, MangopaySpanProcessor } from 'opentelemetry-mangopay'
import { afterEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../examples/scenarios.ts'
import type { ClientName } from '../network/instrumented.ts'
import { LAB_ENVIRONMENT, type Lab, type LabOptions, startLab } from '../network/lab.ts'
import { expectTruth } from '../network/truth.ts'

const CLIENTS: ClientName[] = ['sdk', 'axios', 'fetch', 'undici']
const FAULTS: (Fault | undefined)[] = [
  undefined,
  { kind: 'status', status: 429 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 409 },
  { kind: 'reset' },
]

let lab: Lab
afterEach(() => lab.close())

async function traffic(): Promise<void> {
  for (const client of CLIENTS) {
    await lab.call(client, { method: 'GET', url: lab.url('/clients') }) // the SDK's also fetches a token
    for (const fault of FAULTS) {
      if (client === 'sdk' && fault?.kind === 'reset') continue // it never tells its caller
      for (const ask of [
        { method: 'GET', url: lab.url('/users/user_m_01SECRET?Sort=x') },
        { method: 'POST', url: lab.url('/transfers'), body: { Amount: 1 } },
      ] as const) {
        if (fault !== undefined) lab.mock.failNext(fault)
        await lab.call(client, ask)
      }
    }
  }
}

const marksErrors: SpanProcessor = {
  onStart: (span) => void span.setStatus({ code: SpanStatusCode.ERROR, message: 'payin refused' }),
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
}

const SETUPS: [string, LabOptions, { notExported?: true }][] = [
  ['as usual', {}, {}],
  ['without a hook', { noHook: true }, {}],
  ['with a sampler that drops everything', { sampler: () => new AlwaysOffSampler() }, { notExported: true }],
  ['with no processor of ours', { processors: (_, exporting) => [exporting] }, { notExported: true }],
  ['with spans that the app marks', { processors: (ours, exporting) => [ours, marksErrors, exporting] }, {}],
]

describe.each(SETUPS)('%s', (_, options, beyond) => {
  it('counts every request once, and says on its span what was counted', async () => {
    lab = await startLab({ ...options, processor: { countFrom: 'requests' } })
    await traffic()
    await expectTruth(lab, beyond)
    const { failures, unknownOutcomes } = environment(lab.mangopay) ?? {}
    expect(failures).toEqual({ rate_limit: 8, server_error: 8, idempotency_conflict: 8, network: 6 })
    expect(unknownOutcomes).toBe(11)
    if (beyond.notExported) return
    const tagged: Record<string, number> = {}
    let unknown = 0
    for (const { attributes } of lab.spans()) {
      const category = attributes['mangopay.error.category']
      if (category !== undefined) tagged[String(category)] = (tagged[String(category)] ?? 0) + 1
      if (attributes['mangopay.outcome'] === 'unknown') unknown++
    }
    expect({ tagged, unknown }).toEqual({ tagged: failures, unknown: unknownOutcomes })
  })
})

const environment = (of: MangopaySpanProcessor | MangopayClientMonitor) => of.snapshot().environments[LAB_ENVIRONMENT]

it('counts each once, whoever watches beside it', async () => {
  lab = await startLab({ processor: { countFrom: 'requests' } })
  const options = { hosts: { [lab.mock.hostPort]: LAB_ENVIRONMENT } }
  const others = [
    new MangopaySpanProcessor({ ...options, countFrom: 'requests' }),
    new MangopayClientMonitor(options),
    new MangopayClientMonitor({ hosts: {} }),
  ]
  await traffic()
  await expectTruth(lab)
  expect(others.map(environment)).toEqual([undefined, undefined, undefined])
  await Promise.all(others.map((one) => one.shutdown()))
})

it('leaves nothing to a processor that counts from spans', async () => {
  lab = await startLab()
  const monitor = new MangopayClientMonitor({ hosts: { [lab.mock.hostPort]: LAB_ENVIRONMENT } })
  await traffic()
  expect(environment(lab.mangopay)).toBeUndefined()
  expect(environment(monitor)?.calls).toBe(lab.mock.log.totals().requests)
  await monitor.shutdown()
  await lab.call('axios', { method: 'GET', url: lab.url('/clients') })
  expect(environment(lab.mangopay)?.calls).toBe(1)
  expect(lab.spans()).toHaveLength(lab.mock.log.totals().requests)
})

it('reads the quota without a hook', async () => {
  lab = await startLab({ noHook: true, processor: { countFrom: 'requests' } })
  for (const client of CLIENTS) {
    await lab.call(client, { method: 'GET', url: lab.url('/clients') })
    const { quota = [] } = environment(lab.mangopay) ?? {}
    expect(quota.map(({ used }) => used)).toEqual(lab.mock.used())
  }
})
