import { afterEach, describe, expect, it } from 'vitest'
import type { ClientName } from './instrumented.ts'
import { type Lab, startLab } from './lab.ts'
import { expectTruth } from './truth.ts'

let lab: Lab
afterEach(() => lab.close())

const told = () =>
  lab
    .spans()
    .map(({ attributes }) => [
      attributes['mangopay.operation'],
      attributes['http.response.status_code'],
      attributes['mangopay.outcome'],
    ])

describe.each<ClientName>(['sdk', 'axios', 'fetch'])('%s', (client) => {
  it.each([301, 302, 303, 307, 308] as const)('counts both hops of a %i', async (status) => {
    lab = await startLab()
    await lab.call(client, { method: 'GET', url: lab.url('/clients') }) // the SDK's token
    lab.forget()
    lab.mock.failNext({ kind: 'redirect', status })
    const { status: last } = await lab.call(client, { method: 'GET', url: lab.url('/users/user_m_01SECRET') })
    expect(last).toBe(200)
    await expectTruth(lab, { notExported: true })
    // fetch ends a hop before the next starts; follow-redirects ends it after.
    expect(told().sort()).toEqual([
      ['GET /users/{userId}', 200, 'success'],
      ['GET /users/{userId}', status, 'success'],
    ])
    for (const { attributes } of lab.spans()) {
      expect(attributes).not.toHaveProperty('mangopay.error.category')
      expect(attributes).not.toHaveProperty('mangopay.error.retryable')
    }
  })

  it('does not know what the first hop of a write did', async () => {
    lab = await startLab()
    await lab.call(client, { method: 'GET', url: lab.url('/clients') })
    lab.forget()
    lab.mock.failNext({ kind: 'redirect', status: 307 })
    await lab.call(client, { method: 'POST', url: lab.url('/transfers'), body: { Amount: 1 } })
    await expectTruth(lab, { notExported: true })
    expect(told().sort()).toEqual([
      ['POST /transfers', 200, 'success'],
      ['POST /transfers', 307, 'unknown'],
    ])
  })
})

describe.each<ClientName>(['axios', 'fetch', 'undici'])('%s', (client) => {
  it('counts one call when the redirect is not followed', async () => {
    lab = await startLab()
    lab.mock.failNext({ kind: 'redirect', status: 302 }, 2)
    await lab.call(client, { method: 'GET', url: lab.url('/users'), follow: false })
    await lab.call(client, { method: 'POST', url: lab.url('/transfers'), body: {}, follow: false })
    await expectTruth(lab)
    expect(told()).toEqual([
      ['GET /users', 302, 'success'],
      ['POST /transfers', 302, 'unknown'],
    ])
  })
})

it('counts each hop of a chain, and the failure at its end', async () => {
  lab = await startLab()
  lab.mock.failNext({ kind: 'redirect', status: 302 }, 3)
  lab.mock.failNext({ kind: 'status', status: 500 })
  await lab.call('axios', { method: 'GET', url: lab.url('/users') })
  await expectTruth(lab)
  const statuses = told().map(([, status]) => status)
  expect(statuses.sort()).toEqual([302, 302, 302, 500])
})
