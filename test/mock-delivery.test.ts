import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import axios from 'axios'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RequestLog } from '../examples/mock/log.ts'
import { type Mock, startMock } from '../examples/mock/server.ts'
import type { Fault } from '../examples/scenarios.ts'

let mock: Mock
let authorization: string
const EVENTS = '/v2.01/demo-platform/events'

const start = async (options: Parameters<typeof startMock>[0] = {}) => {
  mock = await startMock(options)
  authorization = `Bearer ${mock.issueToken()}`
}
beforeEach(() => start())
afterEach(() => mock.close())

const get = (signal?: AbortSignal) =>
  fetch(`${mock.url}${EVENTS}`, { headers: { authorization }, ...(signal ? { signal } : {}) })

/** One request over a bare socket: the bytes that came, and how the connection ended. */
const overTheWire = (
  patience = 5_000,
  connection = 'keep-alive',
): Promise<{ head: string; body: string; end: string }> =>
  new Promise((resolve) => {
    const socket = connect(mock.port, '127.0.0.1', () => {
      socket.write(
        `GET ${EVENTS} HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nAuthorization: ${authorization}\r\n\r\n`,
      )
    })
    let text = ''
    let end = 'nothing'
    const finish = () => {
      const [head = '', body = ''] = text.split('\r\n\r\n')
      socket.destroy()
      resolve({ head, body, end })
    }
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('end', () => {
      end = 'FIN'
    })
    socket.on('error', (error) => {
      end = 'code' in error && error.code === 'ECONNRESET' ? 'RST' : String(error)
    })
    socket.on('close', finish)
    setTimeout(finish, patience).unref()
  })

const lengthOf = (head: string) => Number(/content-length: (\d+)/i.exec(head)?.[1])

describe('broken deliveries on the wire', () => {
  it.each<[Fault, string, boolean, string]>([
    [{ kind: 'reset' }, 'RST', false, 'unanswered'],
    [{ kind: 'cut', how: 'fin' }, 'FIN', true, 'cut'],
    [{ kind: 'cut', how: 'reset' }, 'RST', true, 'cut'],
    [{ kind: 'stall' }, 'nothing', true, 'abandoned'],
    [{ kind: 'hang' }, 'nothing', false, 'abandoned'],
  ])('%j ends in %s', async (fault, end, headed, state) => {
    mock.failNext(fault)
    // To see that nothing comes takes patience; what does come ends the wait.
    const seen = await overTheWire(end === 'nothing' ? 1_000 : 5_000)
    expect(seen.end).toBe(end)
    if (headed) {
      expect(seen.head).toMatch(/^HTTP\/1.1 200 OK/)
      // Half of the body arrived, though the headers promised all of it.
      expect(seen.body.length).toBe(Math.floor(lengthOf(seen.head) / 2))
    } else {
      expect(seen.head).toBe('')
    }
    await vi.waitFor(() => expect(mock.log.entries[0]?.state).toBe(state))
    expect(mock.log.entries[0]?.status).toBe(headed ? 200 : undefined)
    expect(mock.log.totals()).toMatchObject({ requests: 1, withoutStatus: headed ? 0 : 1, open: 0 })
  })

  it('takes its time when slow, and says what the client did not wait for', async () => {
    mock.failNext({ kind: 'slow', milliseconds: 150 })
    const before = performance.now()
    expect((await get()).status).toBe(200)
    expect(performance.now() - before).toBeGreaterThan(140)
    mock.failNext({ kind: 'slow', milliseconds: 600 })
    const patience = new AbortController()
    const given = get(patience.signal).catch((error) => error.name)
    await vi.waitFor(() => expect(mock.log.totals().open).toBe(1))
    patience.abort()
    expect(await given).toBe('AbortError')
    await vi.waitFor(() => expect(mock.log.entries.map(({ state }) => state)).toEqual(['answered', 'abandoned']))
    await sleep(650)
    expect(mock.log.totals()).toMatchObject({ requests: 2, statuses: { 200: 1 }, withoutStatus: 1, open: 0 })
  })

  it('repeats the three headers as lines of their own', async () => {
    const { head } = await overTheWire(5_000, 'close')
    expect(head.match(/^X-RateLimit-Remaining: \d+$/gm)).toHaveLength(4)
  })

  it('breaks axios and fetch the way the network does', async () => {
    mock.failNext({ kind: 'reset' }, 2)
    await expect(axios.get(`${mock.url}${EVENTS}`, { headers: { authorization } })).rejects.toMatchObject({
      code: 'ECONNRESET',
    })
    await expect(get()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    mock.failNext({ kind: 'cut', how: 'fin' })
    const cut = await get()
    expect(cut.status).toBe(200)
    await expect(cut.text()).rejects.toThrow('terminated')
  })
})

describe('faults by chance', () => {
  const statuses = async (seed: number) => {
    await mock.close()
    await start({ seed, faults: [{ share: 0.3, fault: { kind: 'status', status: 500 } }] })
    const list: number[] = []
    for (let i = 0; i < 60; i++) list.push((await get()).status)
    return list
  }

  it('are the same for the same seed, and about as many as asked for', async () => {
    const first = await statuses(7)
    expect(await statuses(7)).toEqual(first)
    expect(await statuses(8)).not.toEqual(first)
    const failed = first.filter((status) => status === 500).length
    expect(failed).toBeGreaterThan(8)
    expect(failed).toBeLessThan(30)
  })
})

describe('the log', () => {
  it('keeps the newest entries and exact totals', () => {
    const log = new RequestLog(50)
    for (let i = 0; i < 1_000; i++) {
      const entry = log.begin(i, 'GET', `/${i}`)
      if (i % 10 > 0) log.status(entry, i % 2 ? 200 : 500)
      log.end(entry, 'answered')
      log.end(entry, 'abandoned')
    }
    expect(log.entries.length).toBeLessThan(165)
    expect(log.entries.at(-1)).toMatchObject({ number: 1_000, path: '/999', state: 'answered' })
    expect(log.totals()).toEqual({
      requests: 1_000,
      statuses: { 200: 500, 500: 400 },
      withoutStatus: 100,
      open: 0,
      malformed: 0,
    })
  })

  it('has the raw request target, query and all', async () => {
    await fetch(`${mock.url}${EVENTS}?page=2&Sort=Date%3AASC`, { headers: { authorization } })
    expect(mock.log.entries[0]?.path).toBe(`${EVENTS}?page=2&Sort=Date%3AASC`)
  })

  it('says what is still open, and closing the mock ends it', async () => {
    mock.failNext({ kind: 'hang' })
    const call = get().catch(() => 'ended')
    await vi.waitFor(() => expect(mock.log.totals().open).toBe(1))
    await mock.close()
    expect(await call).toBe('ended')
    await vi.waitFor(() => expect(mock.log.totals()).toMatchObject({ open: 0, withoutStatus: 1 }))
  })
})

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
