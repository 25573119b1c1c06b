/** The mock as a program of its own, and how it is told what to do. */
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { SCENARIOS, scenarioNamed } from '../../examples/scenarios.ts'
import { authorization, EVENTS, get, mock, start } from '../support/mock-events.ts'

describe('the control server', () => {
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${mock.controlUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return [response.status, (await response.json()) as unknown] as const
  }

  it('sets faults, spends quota and tells the totals on a port of its own', async () => {
    await mock.close()
    await start({ controlPort: 0 })
    await control('POST', '/faults', { faults: [{ share: 1, fault: { kind: 'status', status: 500 } }] })
    expect((await get()).status).toBe(500)
    await control('POST', '/faults', { faults: [] })
    await control('POST', '/fail-next', { fault: { kind: 'edge', status: 520 } })
    expect((await get()).status).toBe(520)
    // None of this is on the API's port, where the path of a control call is as unknown as any other.
    expect((await fetch(`${mock.url}/totals`, { headers: { authorization } })).status).toBe(404)
    await control('POST', '/spend', { calls: 2_300 })
    expect((await get()).status).toBe(429)
    await control('POST', '/revoke-tokens')
    expect((await get()).status).toBe(401)
    expect((await control('GET', '/totals'))[1]).toMatchObject({ statuses: { 401: 1, 404: 1, 429: 1, 500: 1, 520: 1 } })
    expect((await control('GET', '/used'))[1]).toEqual([2_302, 2_302, 2_302, 2_302])
    expect((await control('GET', '/no-such-call'))[0]).toBe(404)
    expect(await control('POST', '/faults', { fault: 'wrong' })).toEqual([
      400,
      { error: expect.stringContaining('faults') },
    ])
  })

  const status500 = { kind: 'status', status: 500 }
  const only = (operation: unknown) => ({ fault: status500, only: operation })
  const share = (value: unknown) => ({ faults: [{ share: value, fault: status500 }] })
  it.each([
    ['/fail-next', {}, 'fault', 'missing'],
    ['/fail-next', { fault: { kind: 'bogus' } }, 'fault.kind', '"bogus"'],
    ['/fail-next', { fault: { kind: 'status' } }, 'fault.status', 'missing'],
    ['/fail-next', { fault: { kind: 'status', status: 600 } }, 'fault.status', '600'],
    ['/fail-next', { fault: { kind: 'edge', status: 500 } }, 'fault.status', '500'],
    ['/fail-next', { fault: { kind: 'slow', milliseconds: -1 } }, 'fault.milliseconds', '-1'],
    ['/fail-next', { fault: { kind: 'cut' } }, 'fault.how', 'missing'],
    ['/fail-next', { fault: { kind: 'hang', seconds: 3 } }, 'fault.seconds', '3'],
    ['/fail-next', { fault: status500, times: 0 }, 'times', '0'],
    ['/fail-next', { fault: status500, time: 2 }, 'time', '2'],
    ['/fail-next', only(['GET /nothing']), 'only[0]', '"GET /nothing"'],
    ['/faults', { faults: [{ nonsense: 1 }] }, 'faults[0].share', 'missing'],
    ['/faults', share(7), 'faults[0].share', '7'],
    ['/faults', { faults: [{ share: 1, ...only([7]) }] }, 'faults[0].only[0]', '7'],
    ['/spend', { calls: -5 }, 'calls', '-5'],
    ['/spend', { calls: 1e12 }, 'calls', '1000000000000'],
    ['/spend', { calls: 1, clientId: 'nobody' }, 'clientId', '"nobody"'],
    ['/spend', { calls: 1, secondsAgo: -1 }, 'secondsAgo', '-1'],
    ['/lock', { clientId: 'nobody' }, 'clientId', '"nobody"'],
    ['/lock', { clientId: 'demo-platform', locked: 'no' }, 'locked', '"no"'],
    ['/revoke-tokens', { clientId: 'demo-platform' }, 'clientId', '"demo-platform"'],
  ])('refuses %s %j, names "%s" and tells its value', async (path, input, name, value) => {
    await mock.close()
    await start({ controlPort: 0 })
    const [status, body] = await control('POST', path, input)
    const { error } = body as { error: string }
    expect([status, error]).toEqual([400, expect.stringContaining(`"${name}" `)])
    expect(error.endsWith(value), error).toBe(true)
    // Nothing of it was done.
    expect((await get()).status).toBe(200)
    expect(mock.used()).toEqual([1, 1, 1, 1])
  })

  it('knows the clients of this mock, and no other', async () => {
    await mock.close()
    await start({ controlPort: 0, clients: { shop: 'key' } })
    expect((await control('POST', '/spend', { calls: 1, clientId: 'shop' }))[0]).toBe(200)
    expect((await control('POST', '/lock', { clientId: 'shop' }))[0]).toBe(200)
    // Whose quota is meant when it is not said: the examples' client, whom this mock does not know.
    expect((await control('POST', '/spend', { calls: 1 }))[0]).toBe(400)
    expect(mock.used('shop')).toEqual([1, 1, 1, 1])
  })

  it('refuses what is no JSON object', async () => {
    await mock.close()
    await start({ controlPort: 0 })
    for (const body of ['{"calls"', 'null', '[]', '7']) {
      const response = await fetch(`${mock.controlUrl}/spend`, { method: 'POST', body })
      expect([body, response.status]).toEqual([body, 400])
      expect(await response.json()).toEqual({
        error: expect.stringMatching(body === '{"calls"' ? /JSON/ : /^the input must be an object/),
      })
    }
  })

  it('takes every kind of fault, and all that the scenarios play', async () => {
    await mock.close()
    await start({ controlPort: 0 })
    for (const scenario of [...SCENARIOS, scenarioNamed('proof')]) {
      for (const seconds of [0, 10, 60]) {
        expect(await control('POST', '/faults', { faults: scenario.faults(seconds) })).toEqual([200, null])
      }
    }
    for (const input of [
      { fault: { kind: 'status', status: 599 }, times: 2, only: ['POST /oauth/token', 'GET /users/{userId}'] },
      { fault: { kind: 'slow', milliseconds: 0.5 } },
      { fault: { kind: 'redirect' }, only: ['GET /v2.01/{clientId}/events/'] },
      { fault: { kind: 'stall' } },
    ]) {
      expect([input, ...(await control('POST', '/fail-next', input))]).toEqual([input, 200, null])
    }
    const client = { clientId: 'demo-platform' }
    expect((await control('POST', '/spend', { calls: 3, ...client, secondsAgo: 1_000.5 }))[0]).toBe(200)
    expect(mock.used()).toEqual([0, 3, 3, 3])
    for (const input of [client, { ...client, locked: false }])
      expect((await control('POST', '/lock', input))[0]).toBe(200)
  })

  it('outlives a client that goes away in the middle of its input', async () => {
    await mock.close()
    await start({ controlPort: 0 })
    const socket = connect(Number(new URL(mock.controlUrl ?? '').port), '127.0.0.1')
    socket.write('POST /spend HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"calls"')
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await control('GET', '/totals'))[0]).toBe(200)
  })

  const program = fileURLToPath(new URL('../../build/examples/mock/main.js', import.meta.url))
  it('comes with the mock as a program, which a signal ends', async () => {
    const child = spawn(process.execPath, [program, '--port', '0', '--control-port', '0', '--scenario', 'outage'])
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (chunk) => resolve(String(chunk)))
      child.once('exit', (code) => reject(new Error(`ended with ${code}; is the project built?`)))
    })
    const { url, controlUrl } = JSON.parse(line)
    expect([401, 500, 502, 520]).toContain((await fetch(`${url}${EVENTS}`)).status)
    expect(await (await fetch(`${controlUrl}/totals`)).json()).toMatchObject({ requests: 1 })
    child.kill('SIGTERM')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
  })
})
