/** Whatever goes wrong with telemetry, the app is the same with and without this library; docs/faults.md says what is lost. */
import { describe, expect, it } from 'vitest'
import type { SeveralSettings } from '../children/several.ts'
import type { Manner } from '../support/receiver.ts'
import { type Running, start } from '../support/run.ts'
import { sideBySide, snapshotOf } from '../support/side-by-side.ts'

const REQUESTS = 'mangopay.client.requests'

describe('a collector', () => {
  it.each<[string, Manner | 'none']>([
    ['that is not there', 'none'],
    ['that hangs', 'hang'],
    ['that answers 400', 400],
    ['that answers 503', 503],
  ])('%s: nothing is exported, the counts are there in process', async (_, manner) => {
    const { ended, mock, collector } = await sideBySide({ patience: 400 }, manner)
    expect(ended.status).toBe(0)
    expect(snapshotOf(ended)?.calls).toBe(mock.log.totals().requests)
    expect(collector.sum(REQUESTS)).toBe(0)
  })

  it('that comes back gets every count, though it never sees the spans of the meantime', async () => {
    const { ended, mock, collector } = await sideBySide(
      { end: 'graceful', interval: 150, calls: 20, queue: 4 },
      503,
      async ({ collector: own }, child) => {
        await child.next()
        while (own.received < 3) await new Promise((resolve) => setTimeout(resolve, 20))
        own.manner = 'accept'
        child.signal('SIGTERM')
      },
    )
    expect(ended.status).toBe(3)
    expect(collector.sum(REQUESTS)).toBe(mock.log.totals().requests)
    expect(collector.spans.length).toBeLessThan(20)
  })
})

describe('the end of the process', () => {
  it('shutdown sends the last interval', async () => {
    const { ended, mock, collector, known } = await sideBySide({})
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    // Each of these cases searches what leaves the process for secrets, and would find them.
    expect([...known].some((place) => /\[url\.full\].* holds wlt_m_01JSECRETWALLET/.test(place))).toBe(true)
    expect(collector.sum(REQUESTS)).toBe(mock.log.totals().requests)
    expect(collector.sum('mangopay.client.request.duration')).toBe(mock.log.totals().requests)
    expect(collector.spans.filter(({ name }) => name.includes('{clientId}'))).toHaveLength(10)
  })

  it('shut down twice at once, then again, with calls in between: those are counted in process only', async () => {
    const { ended, mock, collector } = await sideBySide({ end: 'shutdown thrice' })
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    expect(mock.log.totals().requests).toBe(14)
    expect(snapshotOf(ended)?.calls).toBe(14)
    expect(collector.sum(REQUESTS)).toBe(10)
    expect(collector.spans).toHaveLength(10)
  })

  it('SIGTERM with a full queue of spans: the counts are whole', async () => {
    const { ended, mock, collector } = await sideBySide(
      { end: 'graceful', calls: 40, queue: 4, patience: 1_000 },
      'hang',
      async ({ collector: own }, child) => {
        await child.next()
        own.manner = 'accept'
        child.signal('SIGTERM')
      },
    )
    expect(ended).toMatchObject({ status: 3, stdout: expect.stringContaining('SIGTERM') })
    expect(collector.sum(REQUESTS)).toBe(mock.log.totals().requests)
    expect(collector.spans.length).toBeLessThan(40)
  })

  it('SIGTERM in an app that has no handler: it ends by the signal, and what was exported before is kept', async () => {
    const { ended, mock, collector } = await sideBySide(
      { end: 'signal', interval: 100 },
      'accept',
      async ({ collector: own, settings }, child) => {
        await child.next()
        const isThere = () => (settings.ours ? own.sum(REQUESTS) === 10 : own.received > 0)
        while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20))
        child.signal('SIGTERM')
      },
    )
    expect(ended.status).toBe('SIGTERM')
    expect(collector.sum(REQUESTS)).toBe(mock.log.totals().requests)
  })

  it.each([
    ['by itself', 0],
    ['exit', 4],
  ] as const)(
    'nobody shuts the SDK down (%s): the last interval is lost, and nothing is held up',
    async (end, status) => {
      const { ended, collector } = await sideBySide({ end })
      expect(ended).toMatchObject({ status, stderr: '' })
      expect(collector.sum(REQUESTS)).toBe(0)
    },
  )

  it('nobody shuts the SDK down and the library watches for spikes: its timer holds nothing up', async () => {
    const patience = async (_: unknown, { signal, ended }: Running) => {
      const timer = setTimeout(() => signal('SIGKILL'), 90_000)
      void ended.then(() => clearTimeout(timer))
    }
    const { ended, mock } = await sideBySide({ end: 'by itself', watches: true }, 'accept', patience)
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    expect(snapshotOf(ended)?.calls).toBe(mock.log.totals().requests)
  })
})

describe('rejections', () => {
  it('one of the app that nobody takes ends it as ever', async () => {
    const { ended } = await sideBySide({ end: 'rejection' })
    expect(ended.status).toBe(1)
    expect(ended.stderr).toContain('of the app')
  })

  it('one of the app that its listener takes is the only one it sees', async () => {
    const { ended } = await sideBySide({ end: 'handled rejection' })
    expect(ended).toMatchObject({ status: 0, stderr: '' })
    expect(ended.stdout.match(/unhandled/g)).toHaveLength(1)
  })

  it('callbacks that throw or reject reach nobody', async () => {
    const { ended, mock, collector } = await sideBySide({ end: 'bad callbacks' }, 'accept', async ({ mock: own }) => {
      own.failNext({ kind: 'status', status: 500 }, 4)
    })
    expect(ended.status).toBe(0)
    expect(ended.stderr.match(/a callback failed; the application is not affected/g)).toHaveLength(1)
    expect(snapshotOf(ended)?.spikes.map(({ kind }) => kind)).toContain('500')
    expect(collector.sum(REQUESTS)).toBe(mock.log.totals().requests)
  })

  it("the official SDK's crash on a reset ends the process the same; what was exported before is kept", async () => {
    const { ended, mock, collector } = await sideBySide({ end: 'sdk reset', interval: 60 }, 'accept', async (stage) => {
      stage.mock.failNext({ kind: 'reset' }, 1, ['GET /users/{userId}'])
    })
    expect(ended.status).toBe(1)
    expect(ended.stdout).not.toContain('never reached')
    expect(ended.stderr).toContain("Cannot read properties of undefined (reading 'data')")
    // Ten calls, the SDK's token, and the call that was reset.
    expect(mock.log.totals()).toMatchObject({ requests: 12, withoutStatus: 1 })
    const { calls, failures } = snapshotOf(ended) ?? {}
    expect([calls, failures]).toEqual([12, { network: 1 }])
    expect(collector.sum(REQUESTS)).toBeLessThan(12)
  })
})

describe('several at once', () => {
  it.each<[SeveralSettings['kind'], number]>([
    ['cluster', 8],
    ['threads', 3],
  ])('%s of %i: each exports its own, and together they are the log', async (kind, count) => {
    const { ended, mock, collector } = await sideBySide({ calls: 6 }, 'accept', undefined, (service) =>
      start('several', { kind, count, service } satisfies SeveralSettings),
    )
    const one = [0, 'called: {"200":6}\nshut down\n', '']
    expect(ended).toMatchObject({ status: 0, stdout: `${JSON.stringify(Array(count).fill(one))}\n`, stderr: '' })
    expect(mock.log.totals().requests).toBe(6 * count)
    expect(collector.sum(REQUESTS)).toBe(6 * count)
    expect(new Set(collector.series(REQUESTS).map(({ sender }) => sender)).size).toBe(count)
  })
})
