/** What is not established of the real API, both ways; and a status that is none. */
import { describe, expect, it } from 'vitest'
import type { ClientName } from './instrumented.ts'
import { CLIENTS, get, lab, shown, start } from './quota-lab.ts'
import { expectTruth } from './truth.ts'

describe.each(CLIENTS)('%s', (client) => {
  it('429s without the headers: the last reading stands, and no window is named', async () => {
    await start({ quotaHeadersOn: { refused: false } })
    for (let i = 0; i < 8; i++) await get(client)
    expect(shown()).toEqual([
      ['15m', 5, 0],
      ['24h', 5, 95],
    ])
    const last = lab.spans().at(-1)?.attributes
    expect(last?.['mangopay.error.category']).toBe('rate_limit')
    expect(last).not.toHaveProperty('mangopay.rate_limit.exhausted_windows')
    await expectTruth(lab)
  })

  it('429s that use quota themselves', async () => {
    await start({ quotaUsedBy: { refused: true } })
    for (let i = 0; i < 8; i++) await get(client)
    expect(shown()).toEqual([
      ['15m', 8, 0],
      ['24h', 8, 92],
    ])
    await expectTruth(lab)
  })

  it('errors that neither use quota nor tell it', async () => {
    await start({ quotaHeadersOn: { errors: false }, quotaUsedBy: { errors: false } })
    await get(client)
    lab.mock.failNext({ kind: 'status', status: 500 }, 3)
    for (let i = 0; i < 3; i++) await get(client)
    expect(shown()).toEqual([
      ['15m', 1, 4],
      ['24h', 1, 99],
    ])
    await expectTruth(lab)
  })
})

it('token calls that use quota and tell it, at the right account', async () => {
  await start({ quotaHeadersOn: { tokens: true }, quotaUsedBy: { tokens: true } })
  await get('sdk')
  expect(lab.mock.used()).toEqual([2, 2])
  expect(shown()).toEqual([
    ['15m', 2, 3],
    ['24h', 2, 98],
  ])
  await expectTruth(lab)
})

it.each<ClientName>(['axios', 'undici'])('%s: a status that is no HTTP status is unexpected', async (client) => {
  await start({})
  lab.mock.failNext({ kind: 'status', status: 777 }, 2)
  await get(client)
  await lab.call(client, { method: 'POST', url: lab.url('/transfers'), body: {} })
  const tags = lab
    .spans()
    .map(({ attributes }) => [attributes['mangopay.error.category'], attributes['mangopay.outcome']])
  expect(tags).toEqual([
    ['unexpected_response', 'failure'],
    ['unexpected_response', 'unknown'],
  ])
  // It has no place among the status codes of the counter.
  const counted = (await lab.metrics()).of('mangopay.client.requests').filter(({ value }) => value > 0)
  expect(counted).toHaveLength(2)
  for (const { attributes } of counted) expect(attributes).not.toHaveProperty('http.response.status_code')
})
