/** What the demo's OTLP receiver makes of spans and points. */
import { afterEach, expect, it } from 'vitest'
import { type OtlpReceiver, startReceiver } from '../../examples/otlp-receiver.ts'

let receiver: OtlpReceiver
afterEach(() => receiver.close())
const post = async (path: string, body: unknown, type = 'application/json') => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return (await fetch(`${receiver.url}${path}`, { method: 'POST', body: text, headers: { 'content-type': type } }))
    .status
}

it('reads spans and points, keeps the last value of a series, and says what it cannot read', async () => {
  receiver = await startReceiver({ keepSpans: 1 })
  const attributes = [
    { key: 'text', value: { stringValue: 'a' } },
    { key: 'number', value: { intValue: '7' } },
    { key: 'list', value: { arrayValue: { values: [{ stringValue: '15m' }] } } },
    { key: 'no', value: { boolValue: false } },
  ]
  const [start, end] = ['1795000000000000000', '1795000000012000000']
  const status = { code: 2, message: 'canceled' }
  const span = { name: 'GET', startTimeUnixNano: start, endTimeUnixNano: end, attributes, status }
  const spans = [{ ...span, name: 'old' }, span]
  expect(await post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] })).toBe(200)
  expect(receiver.spanCount).toBe(2)
  const read = { text: 'a', number: 7, list: ['15m'], no: false }
  const expected = { name: 'GET', start: 1_795_000_000_000, milliseconds: 12, status: 'error', message: 'canceled' }
  expect(receiver.spans).toMatchObject([{ ...expected, attributes: read }])

  for (const asInt of [4, 5]) {
    const calls = { name: 'calls', sum: { dataPoints: [{ attributes, asInt }, { asDouble: 0.5 }] } }
    const seconds = { name: 'seconds', histogram: { dataPoints: [{ count: 3, sum: 1.5 }] } }
    await post('/v1/metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics: [calls, seconds] }] }] })
  }
  expect(receiver.points('calls').map(({ value }) => value)).toEqual([5, 0.5])
  expect(receiver.points('seconds')).toMatchObject([{ attributes: {}, value: 3, sum: 1.5 }])

  expect(await post('/v1/traces', '{')).toBe(400)
  expect(await post('/v1/traces', '', 'application/x-protobuf')).toBe(415)
  expect(await post('/other', {})).toBe(404)
  expect(receiver.exports).toEqual({ traces: 1, metrics: 2, refused: 3 })
})
