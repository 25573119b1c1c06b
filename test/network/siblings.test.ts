/** Two instrumentations of undici in one process, as of auto-instrumentations and of an own one: each request is one call. */
import { SpanKind } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { undiciInstrumentation } from './instrumented.ts'
import { LAB_ENVIRONMENT, type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

const second = new UndiciInstrumentation()
let lab: Lab
beforeEach(() => second.enable())
afterEach(async () => {
  second.disable()
  await lab.close()
})

const calls = async (client: 'fetch' | 'undici', times: number) => {
  lab.mock.failNext({ kind: 'status', status: 429 })
  const url = lab.url('/users')
  await Promise.all(Array.from({ length: times }, () => lab.call(client, { method: 'GET', url })))
  await lab.call(client, { method: 'POST', url: lab.url('/transfers'), body: { Amount: 1 } })
  lab.mock.failNext({ kind: 'reset' })
  await lab.call(client, { method: 'POST', url: lab.url('/transfers'), body: { Amount: 1 } })
}

describe.each(['fetch', 'undici'] as const)('%s', (client) => {
  const orders = {
    'both before us': [],
    'both after us': [undiciInstrumentation, second],
    'one before us, one after': [second],
    'the same, the other way round': [undiciInstrumentation],
  }
  const rows = Object.entries(orders).flatMap(([order, late]) =>
    (['both', 'first', 'second', 'none'] as const).map((hooks) => [order, hooks, late] as const),
  )
  it.each(rows)('%s (hooks: %s)', async (_, hooks, late) => {
    lab = await startLab()
    const { responseHook } = lab.mangopay
    undiciInstrumentation.setConfig(hooks === 'both' || hooks === 'first' ? { responseHook } : {})
    second.setConfig(hooks === 'both' || hooks === 'second' ? { responseHook } : {})
    second.setTracerProvider(lab.provider)
    for (const one of late) one.disable()
    for (const one of late) one.enable()
    await lab.call(client, { method: 'GET', url: lab.url('/clients') }) // from then on the order is known
    await calls(client, 5)
    await expectTruth(lab, { notExported: true })
    expect(lab.mangopay.snapshot().environments[LAB_ENVIRONMENT]).toMatchObject({ calls: 8, status429: 1 })
    // Both spans of each are tagged alike.
    const spans = lab.allSpans().filter(({ kind }) => kind === SpanKind.CLIENT)
    expect(spans).toHaveLength(16)
    const tagged = spans.map(
      ({ attributes }) => `${attributes['mangopay.operation']} ${attributes['mangopay.outcome']}`,
    )
    for (const tags of new Set(tagged)) expect(tagged.filter((one) => one === tags).length % 2, tags).toBe(0)
    expect(lab.said.filter((line) => line.includes('two instrumentations of undici'))).toHaveLength(1)
  })

  it('one alone says nothing', async () => {
    second.disable()
    lab = await startLab()
    await calls(client, 5)
    await expectTruth(lab)
    expect(lab.said).toEqual([])
  })
})
