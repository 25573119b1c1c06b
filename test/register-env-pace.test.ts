/** How much is sent at once and how often: OTEL_BSP_* and OTEL_METRIC_EXPORT_*. */
import { describe, expect, it } from 'vitest'
import { environment, run } from './fixtures/register/child.ts'
import { METRICS, TRACES, WITH, whileServing } from './fixtures/register/env-case.ts'
import { project, receiver } from './fixtures/register/lab.ts'

describe('environment', () => {
  it('batch size', async () => {
    const env = environment(receiver, { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1', OTEL_BSP_MAX_QUEUE_SIZE: '10' })
    await run([...WITH, 'calls.cjs'], project.folder, env)
    expect(receiver.spans).toHaveLength(4)
    expect(receiver.to(TRACES)).toHaveLength(4)
  })

  it('queue size', async () => {
    const env = environment(receiver, { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2', OTEL_BSP_MAX_QUEUE_SIZE: '2' })
    const ended = await run([...WITH, 'burst.cjs'], project.folder, env)
    expect(ended).toMatchObject({ code: 0 })
    expect(receiver.spans.length).toBeLessThan(20)
    expect(receiver.requestCount).toBe(20)
  })

  it.each([
    { name: 'the default delay of 5 s', env: {}, spans: 0, lines: [] },
    { name: 'OTEL_BSP_SCHEDULE_DELAY', env: { OTEL_BSP_SCHEDULE_DELAY: '200' }, spans: 1, lines: [] },
    {
      name: 'a delay that is no number',
      env: { OTEL_BSP_SCHEDULE_DELAY: '1s' },
      spans: 0,
      lines: [expect.stringContaining('OTEL_BSP_SCHEDULE_DELAY=1s is not a number above 0')],
    },
  ])('$name', async ({ env, spans, lines }) => {
    await whileServing(project, receiver, env, lines, () => expect(receiver.spans).toHaveLength(spans))
  })

  it.each([
    { name: 'the default interval of 60 s', env: {}, least: 0, most: 0 },
    { name: 'OTEL_METRIC_EXPORT_INTERVAL', env: { OTEL_METRIC_EXPORT_INTERVAL: '300' }, least: 2, most: 6 },
    {
      name: 'an interval with a longer time-out',
      env: { OTEL_METRIC_EXPORT_INTERVAL: '300', OTEL_METRIC_EXPORT_TIMEOUT: '30000' },
      least: 2,
      most: 6,
    },
  ])('$name', async ({ env, least, most }) => {
    await whileServing(project, receiver, env, [], () => {
      expect(receiver.to(METRICS).length).toBeGreaterThanOrEqual(least)
      expect(receiver.to(METRICS).length).toBeLessThanOrEqual(most)
    })
  })
})
