/** The strip that holds the library's counts against those of the mock. */
import { describe, expect, it } from 'vitest'
import { neverArrived, TruthWatch } from '../../examples/demo/page/truth.ts'
import { RequestLog } from '../../examples/mock/log.ts'
import type { ReceivedSpan } from '../../examples/otlp-receiver.ts'
import type { AppState } from '../../examples/traffic/messages.ts'

const state = (
  time: number,
  calls: number,
  inFlight: number,
  counts: { status429?: number; status500?: number; failures?: Record<string, number> } = {},
) =>
  ({
    time,
    snapshot: { environments: { sandbox: { calls, status429: 0, status500: 0, failures: {}, ...counts } } },
    counts: { inFlight },
  }) as unknown as AppState

describe('the truth strip', () => {
  const logOf = (count: number, time = 1_000) => {
    const log = new RequestLog(1_000)
    const entries = Array.from({ length: count }, () => log.begin(time, 'GET', '/'))
    return { log, entries }
  }

  it('is equal when the counts are, and explained while the rest is in flight', () => {
    const { log } = logOf(10)
    expect(new TruthWatch().look(state(1_000, 10, 0), log, 0)).toMatchObject({ state: 'equal', inFlight: 0 })
    expect(new TruthWatch().look(state(1_000, 7, 3), log, 0)).toMatchObject({ state: 'explained', inFlight: 3 })
    expect(new TruthWatch().look(state(1_000, 12, 0), log, 2)).toMatchObject({ state: 'equal', neverArrived: 2 })
  })

  it('leaves out what has arrived since the library was asked', () => {
    const { log } = logOf(10)
    log.begin(2_000, 'GET', '/')
    expect(new TruthWatch().look(state(1_500, 10, 0), log, 0).state).toBe('equal')
  })

  it.each([
    ['missed a call', state(1_000, 9, 0)],
    ['counted one twice', state(1_000, 11, 3)],
    ['missed more than is in flight', state(1_000, 5, 4)],
    ['missed a 429', state(1_000, 10, 0, { status429: 0, status500: 1 })],
    ['took a 429 for a 500', state(1_000, 10, 0, { status429: 0, status500: 2 })],
  ])('differs when the library %s', (_, own) => {
    const { log, entries } = logOf(10)
    for (const [i, entry] of entries.entries()) log.status(entry, i === 0 ? 429 : i === 1 ? 500 : 200)
    const watch = new TruthWatch()
    expect([1, 2, 3, 4].map(() => watch.look(own, log, 0).state)).toEqual([
      'settling',
      'settling',
      'differs',
      'differs',
    ])
    expect(watch.look(state(1_000, 10, 0, { status429: 1, status500: 1 }), log, 0).state).toBe('equal')
  })

  it('waits for the spans of calls that failed on the network, and not for ever', () => {
    const { log } = logOf(10)
    const watch = new TruthWatch()
    watch.look(state(1_000, 10, 0), log, 0)
    const refused = state(1_000, 12, 0, { failures: { network: 2 } })
    expect([1, 2, 3].map(() => watch.look(refused, log, 0).state)).toEqual(['explained', 'explained', 'explained'])
    expect(watch.look(refused, log, 2).state).toBe('equal')
    expect([1, 2, 3].map(() => watch.look(refused, log, 0).state)).toEqual(['settling', 'settling', 'differs'])
  })

  it('tells calls that never arrived by the way they ended', () => {
    const span = (attributes: ReceivedSpan['attributes'], exception = '') =>
      ({
        attributes,
        message: '',
        events: [{ name: 'exception', attributes: { 'exception.type': exception } }],
      }) as unknown as ReceivedSpan
    expect(neverArrived(span({ 'error.type': 'Error' }, 'ECONNREFUSED'))).toBe(true)
    expect(neverArrived(span({ 'error.type': 'ENOTFOUND' }))).toBe(true)
    expect(neverArrived(span({ 'error.type': 'ECONNRESET' }, 'ECONNRESET'))).toBe(false)
    expect(neverArrived(span({ 'error.type': '500' }))).toBe(false)
  })
})
