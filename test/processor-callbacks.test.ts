/** The application's own callbacks: when they are called, and what they cannot do to it. */
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { describe, expect, it } from 'vitest'
import { said, setUp } from './support/traced-calls.ts'

describe('callbacks', () => {
  const settle = () => new Promise((resolve) => setImmediate(resolve))

  it('are called after the span’s own work, outside of its trace, and what they throw stays here', async () => {
    let now = 1e12
    const events: string[] = []
    const { mangopay, start, answer } = setUp({
      clock: () => now,
      spike: { minimumCount: 2, minimumSeconds: 0, windowSeconds: 10, kinds: ['429'] },
      onSpike: ({ state, count, environment }) => {
        events.push(`${state} ${count} ${environment} ${trace.getSpan(context.active()) === undefined}`)
        throw new Error('hostile')
      },
    })
    answer(start(), 429)
    answer(start(), 429)
    expect(events).toEqual([])
    await settle()
    expect(events).toEqual(['started 2 sandbox true'])
    now += 10_000
    mangopay.snapshot()
    await settle()
    expect(events).toEqual(['started 2 sandbox true', 'ended 0 sandbox true'])
    expect(said.filter((line) => line.includes('a callback failed'))).toHaveLength(1)
  })

  it('that reject are reported, not unhandled', async () => {
    const { start, answer } = setUp({
      spike: { minimumCount: 1 },
      onSpike: (async () => {
        throw new Error('hostile')
      }) as () => void,
    })
    answer(start(), 500)
    await settle()
    await settle()
  })

  it('do not see the trace of the call that set them off', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    let seen: unknown = 'nothing'
    const { start, answer } = setUp({
      spike: { minimumCount: 1, kinds: ['500'] },
      onSpike: () => {
        seen = trace.getSpan(context.active())
      },
    })
    const span = start()
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => answer(span, 500))
    await settle()
    context.disable()
    expect(seen).toBeUndefined()
  })

  it('get their end at shutdown', async () => {
    const states: string[] = []
    const { provider, start, answer } = setUp({
      spike: { minimumCount: 1, kinds: ['500'] },
      onSpike: ({ state }) => void states.push(state),
    })
    answer(start(), 500)
    await provider.shutdown()
    expect(states).toEqual(['started', 'ended'])
  })
})
