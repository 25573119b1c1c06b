/** How much is sent at once and how often: OTEL_BSP_* and OTEL_METRIC_EXPORT_*. */
import { describe, expect, it } from 'vitest'
import { environment, run, start } from './fixtures/child.ts'
import { METRICS, TRACES, WITH, whileServing } from './fixtures/env-case.ts'
import { project, receiver } from './fixtures/lab.ts'

describe('environment', () => {
  it('batch size', async () => {
    const env = environment(receiver, { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1', OTEL_BSP_MAX_QUEUE_SIZE: '10' })
    await run([...WITH, 'calls.cjs'], project.folder, env)
    expect(receiver.spans).toHaveLength(4)
    expect(receiver.to(TRACES)).toHaveLength(4)
  })

  it.each(['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'OTEL_BSP_MAX_QUEUE_SIZE'])('half a span as %s', async (variable) => {
    const { child, ended } = start([...WITH, 'one.cjs'], project.folder, environment(receiver, { [variable]: '0.5' }))
    const overdue = setTimeout(() => child.kill('SIGKILL'), 10_000) // it went on for ever
    const line = expect.stringContaining(`${variable}=0.5 is not a whole number from 1`)
    expect(await ended).toMatchObject({ code: 0, stdout: 'done\n', lines: [line] })
    clearTimeout(overdue)
    expect(receiver.spans).toHaveLength(1)
    expect(receiver.to(TRACES)).toHaveLength(1)
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
      name: 'a delay that no timer bears',
      env: { OTEL_BSP_SCHEDULE_DELAY: '9999999999' },
      spans: 0,
      lines: [expect.stringContaining('OTEL_BSP_SCHEDULE_DELAY=9999999999 is not a whole number from 1')],
    },
    {
      name: 'a delay that is no number',
      env: { OTEL_BSP_SCHEDULE_DELAY: '1s' },
      spans: 0,
      lines: [expect.stringContaining('OTEL_BSP_SCHEDULE_DELAY=1s is not a whole number from 1')],
    },
  ])('$name', async ({ env, spans, lines }) => {
    await whileServing(project, receiver, env, lines, () => expect(receiver.spans).toHaveLength(spans))
  })

  it.each([
    { name: 'the default interval of 60 s', env: {}, least: 0, most: 0 },
    { name: 'OTEL_METRIC_EXPORT_INTERVAL', env: { OTEL_METRIC_EXPORT_INTERVAL: '300' }, least: 2, most: 6 },
    {
      name: 'an interval that no timer bears',
      env: { OTEL_METRIC_EXPORT_INTERVAL: '9999999999' },
      least: 0,
      most: 0,
      lines: [expect.stringContaining('OTEL_METRIC_EXPORT_INTERVAL=9999999999 is not a whole number from 1')],
    },
    {
      name: 'an interval with a longer time-out',
      env: { OTEL_METRIC_EXPORT_INTERVAL: '300', OTEL_METRIC_EXPORT_TIMEOUT: '30000' },
      least: 2,
      most: 6,
    },
  ])('$name', async ({ env, least, most, lines = [] }) => {
    await whileServing(project, receiver, env, lines, () => {
      expect(receiver.to(METRICS).length).toBeGreaterThanOrEqual(least)
      expect(receiver.to(METRICS).length).toBeLessThanOrEqual(most)
    })
  })
})
