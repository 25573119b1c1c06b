/** What the demo's OTLP receiver makes of spans and points. */
import { afterEach, describe, expect, it } from 'vitest'
import { type OtlpReceiver, startReceiver } from '../../examples/otlp-receiver.ts'

describe('the OTLP receiver', () => {
  let receiver: OtlpReceiver
  afterEach(() => receiver.close())
  const post = async (path: string, body: string, type = 'application/json') =>
    (await fetch(`${receiver.url}${path}`, { method: 'POST', body, headers: { 'content-type': type } })).status

  it('reads spans and points, and keeps the last value of a series', async () => {
    receiver = await startReceiver({ keepSpans: 1 })
    const attributes = [
      { key: 'text', value: { stringValue: 'a' } },
      { key: 'number', value: { intValue: '7' } },
      { key: 'list', value: { arrayValue: { values: [{ stringValue: '15m' }] } } },
      { key: 'no', value: { boolValue: false } },
    ]
    const span = {
      traceId: 't',
      spanId: 's',
      name: 'GET',
      kind: 3,
      startTimeUnixNano: '1795000000000000000',
      endTimeUnixNano: '1795000000012000000',
      attributes,
      status: { code: 2, message: 'canceled' },
    }
    const spans = (list: unknown[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] })
    expect(await post('/v1/traces', spans([{ ...span, name: 'old' }, span]))).toBe(200)
    expect(receiver.spans).toHaveLength(1)
    expect(receiver.spanCount).toBe(2)
    expect(receiver.spans[0]).toMatchObject({
      name: 'GET',
      start: 1_795_000_000_000,
      milliseconds: 12,
      status: 'error',
      message: 'canceled',
      attributes: { text: 'a', number: 7, list: ['15m'], no: false },
    })
    const metrics = (value: number) =>
      JSON.stringify({
        resourceMetrics: [
          {
            scopeMetrics: [
              {
                metrics: [
                  { name: 'calls', sum: { dataPoints: [{ attributes, asInt: value }, { asDouble: 0.5 }] } },
                  { name: 'seconds', histogram: { dataPoints: [{ count: 3, sum: 1.5 }] } },
                ],
              },
            ],
          },
        ],
      })
    await post('/v1/metrics', metrics(4))
    await post('/v1/metrics', metrics(5))
    expect(receiver.points('calls').map(({ value }) => value)).toEqual([5, 0.5])
    expect(receiver.points('seconds')).toMatchObject([{ attributes: {}, value: 3, sum: 1.5 }])
    expect(receiver.points('unknown')).toEqual([])
  })

  it('says what it cannot read', async () => {
    receiver = await startReceiver()
    expect(await post('/v1/traces', '{', 'application/json')).toBe(400)
    expect(await post('/v1/traces', '', 'application/x-protobuf')).toBe(415)
    expect(await post('/other', '{}')).toBe(404)
    expect(receiver.exports).toEqual({ traces: 0, metrics: 0, refused: 3 })
  })
})
