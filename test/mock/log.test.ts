/** What the mock remembers of the requests it got. */
import { describe, expect, it, vi } from 'vitest'
import { RequestLog } from '../../examples/mock/log.ts'
import { authorization, EVENTS, get, mock } from '../support/mock-events.ts'

describe('the log', () => {
  it('keeps the newest entries and exact totals', () => {
    const log = new RequestLog(50)
    for (let i = 0; i < 1_000; i++) {
      const entry = log.begin(i, 'GET', `/${i}`)
      if (i % 10 > 0) log.status(entry, i % 2 ? 200 : 500, i)
      log.end(entry, 'answered')
      log.end(entry, 'abandoned')
    }
    expect(log.entries.length).toBeLessThan(165)
    expect(log.entries.at(-1)).toMatchObject({ number: 1_000, path: '/999', state: 'answered' })
    expect(log.totals()).toEqual({
      requests: 1_000,
      statuses: { 200: 500, 500: 400 },
      results: {},
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
    await vi.waitFor(() => expect(mock.log.totals().open).toBe(1), 30_000)
    await mock.close()
    expect(await call).toBe('ended')
    await vi.waitFor(() => expect(mock.log.totals()).toMatchObject({ open: 0, withoutStatus: 1 }), 30_000)
  })
})
