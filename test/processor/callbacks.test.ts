/** The application's own callbacks: when they are called, and what they cannot do to it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { runInNewContext } from 'node:vm'
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { describe, expect, it, vi } from 'vitest'
import { said, setUp } from '../support/traced-calls.ts'

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

  it('hear of a low quota with the call that showed it, not when a timer looks', async () => {
    const now = Date.UTC(2026, 10, 23, 12)
    const heard: string[] = []
    const { mangopay, start, answer } = setUp({
      clock: () => now,
      onQuotaLow: ({ state, remaining }) => void heard.push(`${state} ${remaining}`),
    })
    const headers = { date: new Date(now).toUTCString(), 'x-ratelimit': '99', 'x-ratelimit-remaining': '1' }
    const span = start()
    mangopay.responseHook(span, { headers: { ...headers, 'x-ratelimit-reset': `${now / 1000 + 900}` } })
    answer(span, 200)
    await settle()
    expect(heard).toEqual(['started 1'])
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

  it('that return a rejecting promise of another realm do not end the process', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const { start, answer } = setUp({
      spike: { minimumCount: 1 },
      onSpike: runInNewContext('() => Promise.reject(new Error("hostile"))') as () => void,
    })
    answer(start(), 500)
    await settle()
    await settle()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('are told the end although the MeterProvider throws, which is tried once', async () => {
    const states: string[] = []
    let created = 0
    const meter = new Proxy(new MeterProvider().getMeter('broken'), {
      get: (it, key) => {
        if (key === 'createHistogram') created++
        if (key === 'addBatchObservableCallback') throw new Error('hostile')
        const member: unknown = Reflect.get(it, key)
        return typeof member === 'function' ? member.bind(it) : member
      },
    })
    let now = 1e12
    const { mangopay, start, answer } = setUp({
      clock: () => now,
      meterProvider: { getMeter: () => meter },
      spike: { minimumCount: 1, minimumSeconds: 0, windowSeconds: 10, kinds: ['500'] },
      onSpike: ({ state }) => void states.push(state),
    })
    for (let i = 0; i < 10; i++) answer(start(), 500)
    now += 20_000
    mangopay.snapshot()
    await settle()
    answer(start(), 500)
    await mangopay.shutdown()
    expect(states).toEqual(['started', 'ended', 'started', 'ended'])
    expect(created).toBe(1)
  })

  it('hold no request’s AsyncLocalStorage', async () => {
    const storage = new AsyncLocalStorage<string>()
    const stores: unknown[] = []
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let now = 1e12
    const { start, answer } = setUp({
      clock: () => now,
      spike: { minimumCount: 1, minimumSeconds: 0, windowSeconds: 10, kinds: ['500'] },
      onSpike: ({ state }) => void stores.push([state, storage.getStore()]),
    })
    storage.run('a request', () => answer(start(), 500))
    await settle()
    now += 20_000
    vi.advanceTimersByTime(2_000)
    await settle()
    expect(stores.at(-1)).toEqual(['ended', undefined])
    vi.useRealTimers()
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
