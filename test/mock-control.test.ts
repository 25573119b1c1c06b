/** The mock as a program of its own, and how it is told what to do. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { authorization, EVENTS, get, mock, start } from './support/mock-events.ts'

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

  const program = fileURLToPath(new URL('../build/examples/mock/main.js', import.meta.url))
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
