/** Answers of the mock that break on the way, one by one and by chance. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import axios from 'axios'
import { describe, expect, it, vi } from 'vitest'
import type { Fault } from '../../examples/scenarios.ts'
import { authorization, EVENTS, get, mock, start } from '../support/mock-events.ts'

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
    const seen = await overTheWire(end === 'nothing' ? 2_500 : 60_000)
    expect(seen.end).toBe(end)
    if (headed) {
      expect(seen.head).toMatch(/^HTTP\/1.1 200 OK/)
      // Half of the body arrived, though the headers promised all of it.
      expect(seen.body.length).toBe(Math.floor(lengthOf(seen.head) / 2))
    } else {
      expect(seen.head).toBe('')
    }
    await vi.waitFor(() => expect(mock.log.entries[0]?.state).toBe(state), 30_000)
    expect(mock.log.entries[0]?.status).toBe(headed ? 200 : undefined)
    expect(mock.log.totals()).toMatchObject({ requests: 1, withoutStatus: headed ? 0 : 1, open: 0 })
  })

  it('takes its time when slow, and says what the client did not wait for', async () => {
    mock.failNext({ kind: 'slow', milliseconds: 50 })
    expect((await get()).status).toBe(200)
    mock.failNext({ kind: 'slow', milliseconds: 600 })
    const patience = new AbortController()
    const given = get(patience.signal).catch((error) => error.name)
    await vi.waitFor(() => expect(mock.log.totals().open).toBe(1), 30_000)
    patience.abort()
    expect(await given).toBe('AbortError')
    await vi.waitFor(
      () => expect(mock.log.entries.map(({ state }) => state)).toEqual(['answered', 'abandoned']),
      30_000,
    )
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
