import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chooseFault, chooseOperation, seededRandom } from '../../examples/chance.ts'
import { operationShape, ROUTE_LINES } from '../../examples/mock/routes.ts'
import { type FaultShare, SCENARIOS, type Scenario, scenarioNamed } from '../../examples/scenarios.ts'
import { makeCallers } from '../../examples/traffic/clients.ts'
import { Planner } from '../../examples/traffic/operations.ts'
import { ROUTES } from '../../src/request/routes.ts'

const ALL = [...SCENARIOS, scenarioNamed('proof')]
const TIMES = [0, 1, 3, 10, 60, 600, 3_605, 86_400]
const each = (check: (scenario: Scenario) => void) => {
  for (const scenario of ALL) check(scenario)
}
const shareOf = (faults: readonly FaultShare[]) => faults.reduce((sum, { share }) => sum + share, 0)

describe('scenarios', () => {
  it('have names and keys of their own', () => {
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length)
    expect(new Set(ALL.map(({ key }) => key)).size).toBe(ALL.length)
  })

  it('call only operations that the library and the mock know by that name', () => {
    const library = Object.values(ROUTES).flat()
    const mock = ROUTE_LINES.map(operationShape)
    each(({ operations, faults, fates = () => [] }) => {
      for (const name of [
        ...operations.map((o) => o.operation),
        ...TIMES.flatMap(fates).flatMap((f) => f.only),
        ...TIMES.flatMap(faults).flatMap((f) => f.only ?? []),
      ]) {
        expect(library).toContain(name)
        expect(mock).toContain(operationShape(name))
      }
    })
  })

  it('are functions of time with rates above 0 and shares up to 1', () => {
    each(({ rate, faults }) => {
      for (const seconds of TIMES) {
        expect(rate(seconds)).toBeGreaterThan(0)
        expect(rate(seconds)).toBe(rate(seconds))
        expect(faults(seconds)).toEqual(faults(seconds))
        expect(shareOf(faults(seconds))).toBeLessThanOrEqual(1)
      }
    })
  })

  it('name alerts that exist', () => {
    const rules = readFileSync(new URL('../../alerts/mangopay.rules.yml', import.meta.url), 'utf8')
    each(({ alerts }) => {
      for (const name of alerts) expect(rules).toMatch(new RegExp(`alert: ${name}\\b`))
    })
  })

  it('stay within the default quota on a normal day, and leave it in the retry loop', () => {
    const callsIn = ({ rate }: Scenario, seconds: number) => {
      let calls = 0
      for (let second = 0; second < seconds; second++) calls += rate(second)
      return calls
    }
    expect(callsIn(scenarioNamed('normal'), 900)).toBeLessThan(0.5 * 2_300)
    expect(callsIn(scenarioNamed('normal'), 86_400)).toBeLessThan(0.9 * 105_600)
    expect(callsIn(scenarioNamed('payday-batch'), 900)).toBeLessThan(2_300)
    expect(callsIn(scenarioNamed('retry-loop'), 90)).toBeGreaterThan(2_300)
  })

  it('are refused by a name nobody knows, with the names that there are', () => {
    expect(() => scenarioNamed('nothing')).toThrow(/"nothing".*normal, retry-loop/)
  })
})

describe('chance', () => {
  it('is the same for the same seed and spread evenly', () => {
    const first = seededRandom(3)
    const second = seededRandom(3)
    const buckets = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 10_000; i++) {
      const value = first()
      expect(second()).toBe(value)
      buckets[Math.floor(value * 10)] = (buckets[Math.floor(value * 10)] ?? 0) + 1
    }
    for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })

  it('chooses operations by weight and faults by share', () => {
    const random = seededRandom(4)
    const operations = [
      { operation: 'GET /events', weight: 3, client: 'sdk' },
      { operation: 'GET /hooks', weight: 1, client: 'sdk' },
    ] as const
    const faults: FaultShare[] = [
      { share: 0.5, fault: { kind: 'reset' }, only: ['GET /hooks'] },
      { share: 0.2, fault: { kind: 'hang' } },
    ]
    let events = 0
    const kinds: Record<string, number> = {}
    for (let i = 0; i < 4_000; i++) {
      if (chooseOperation(operations, random).operation === 'GET /events') events++
      const kind = chooseFault(faults, () => false, random)?.kind ?? 'none'
      kinds[kind] = (kinds[kind] ?? 0) + 1
    }
    expect(events / 4_000).toBeCloseTo(0.75, 1)
    expect(kinds['reset']).toBeUndefined()
    expect((kinds['hang'] ?? 0) / 4_000).toBeCloseTo(0.2, 1)
  })
})

describe('the plan of calls', () => {
  it('is the same for the same seed, fills every placeholder and keeps keys within the documented form', () => {
    const first = new Planner(5)
    const second = new Planner(5)
    each(({ operations }) => {
      for (const { operation } of operations) {
        const call = first.plan(operation)
        expect(second.plan(operation)).toEqual(call)
        expect(call.path).not.toMatch(/[{}]/)
        if (call.idempotencyKey !== undefined) expect(call.idempotencyKey).toMatch(/^[A-Za-z0-9-]{16,36}$/)
      }
    })
    const key = first.plan('POST /transfers').idempotencyKey
    const reused = Array.from({ length: 500 }, () => first.plan('POST /transfers', true).idempotencyKey)
    expect(reused).toContain(key)
  })

  it('is known to the SDK wherever a scenario asks for it', async () => {
    // Nobody listens there: the calls fail, which is a verdict; an operation without a method would throw.
    const account = { baseUrl: 'http://127.0.0.1:9', clientId: 'nobody', apiKey: 'none', timeout: 200 }
    const callers = makeCallers(account)
    const planner = new Planner(6)
    const names = new Set(
      ALL.flatMap(({ operations }) => operations.filter((o) => o.client === 'sdk')).map((o) => o.operation),
    )
    for (const name of names) expect(await callers.sdk(planner.plan(name))).toBe('failed')
  })
})
