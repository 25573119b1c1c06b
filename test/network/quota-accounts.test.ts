/** Two client ids on one host: their quotas, shown apart or as one. */
import { describe, expect, it } from 'vitest'
import { lab, shown, start } from './quota-lab.ts'
import { expectTruth } from './truth.ts'

describe('two client ids on one host', () => {
  const clients = { 'first-platform': 'first-key-000000', 'second-platform': 'second-key-00000' }
  const call = (clientId: keyof typeof clients) =>
    lab.call('axios', {
      method: 'GET',
      url: `${lab.mock.url}/v2.01/${clientId}/users`,
      headers: { authorization: `Bearer ${lab.mock.issueToken(clientId)}` },
    })

  it('with aliases each is shown apart', async () => {
    await start({ clients }, { processor: { accounts: { 'first-platform': 'shop', 'second-platform': 'market' } } })
    for (let i = 0; i < 3; i++) await call('first-platform')
    await call('second-platform')
    const points = await lab.metrics()
    for (const [alias, clientId] of [
      ['shop', 'first-platform'],
      ['market', 'second-platform'],
    ] as const) {
      const of = { 'mangopay.account': alias, 'mangopay.rate_limit.window': '24h' }
      expect(points.value('mangopay.client.rate_limit.usage', of)).toBe(lab.mock.used(clientId)[1])
    }
    expect(lab.said).toEqual([])
    await expectTruth(lab)
  })

  it('without aliases the quota is that of the last, and one line says so', async () => {
    await start({ clients })
    for (let i = 0; i < 3; i++) await call('first-platform')
    await call('second-platform')
    expect(shown()?.[0]).toEqual(['15m', 1, 4])
    await call('first-platform')
    expect(shown()?.[0]).toEqual(['15m', 4, 1])
    expect(lab.said.filter((line) => line.includes('two client ids'))).toHaveLength(1)
    await expectTruth(lab)
  })
})
