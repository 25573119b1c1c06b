import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { MockOptions } from '../../examples/mock/options.ts'
import { DEFAULT_QUOTA, quotaHeaders, SIX_WINDOWS, SlidingQuota, THREE_WINDOWS } from '../../examples/mock/quota.ts'
import { type Mock, startMock } from '../../examples/mock/server.ts'

const USER = '/v2.01/demo-platform/users/user_m_01J82SPSKW53XZM936PDVN76W0'
let mock: Mock
afterEach(() => mock?.close())

const start = async (options: MockOptions) => {
  mock = await startMock(options)
  const headers = { authorization: `Bearer ${mock.issueToken()}` }
  return () => fetch(`${mock.url}${USER}`, { headers })
}

describe('sliding quota', () => {
  it('counts like a naive list of calls, for any order of calls and pauses', () => {
    const steps = fc.array(
      fc.record({ pause: fc.integer({ min: 0, max: 40_000 }), calls: fc.integer({ min: 0, max: 4 }) }),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(steps, (list) => {
        const windows = [
          { seconds: 60, limit: 9 },
          { seconds: 300, limit: 20 },
          { seconds: 3_600, limit: 100 },
        ]
        const quota = new SlidingQuota(windows)
        const naive: number[] = []
        let now = 1_795_000_000_000
        for (const { pause, calls } of list) {
          now += pause
          const used = windows.map(({ seconds }) => naive.filter((at) => at > now - seconds * 1_000).length)
          expect(quota.used(now)).toEqual(used)
          expect(quota.allows(now)).toBe(used.every((count, i) => count < (windows[i]?.limit ?? 0)))
          quota.add(now, calls)
          for (let i = 0; i < calls; i++) naive.push(now)
        }
      }),
    )
  })

  it('stays exact beyond the point where it forgets old calls', () => {
    const quota = new SlidingQuota([{ seconds: 10, limit: 1_000_000 }])
    for (let second = 0; second < 100; second++) quota.add(second * 1_000, 500)
    expect(quota.used(99_000)).toEqual([5_000])
    expect(quota.used(108_999)).toEqual([500])
    expect(quota.used(109_000)).toEqual([0])
  })

  it('takes calls of other processes in any order', () => {
    const quota = new SlidingQuota([{ seconds: 100, limit: 50 }])
    quota.add(90_000, 2)
    quota.add(20_000, 3)
    expect(quota.used(100_000)).toEqual([5])
    expect(quota.used(120_000)).toEqual([2])
  })

  it('sets Reset one window after the floored minute, the 24 h one a minute short', () => {
    const quota = new SlidingQuota(DEFAULT_QUOTA)
    const now = 1_740_398_537_250
    quota.add(now, 6)
    expect(quotaHeaders(quota, now)).toEqual({
      'X-RateLimit': ['6', '6', '6', '6'],
      'X-RateLimit-Remaining': ['2294', '4494', '8794', '105594'],
      'X-RateLimit-Reset': ['1740399420', '1740400320', '1740402120', '1740484860'],
    })
  })
})

describe('quota over HTTP', () => {
  it.each([
    ['3', THREE_WINDOWS],
    ['4', DEFAULT_QUOTA],
    ['6', SIX_WINDOWS],
  ])('sends %s windows, shortest first, as repeated header lines', async (_, quota) => {
    const call = await start({ quota })
    await call()
    const response = await call()
    expect(response.headers.get('x-ratelimit')).toBe(quota.map(() => '2').join(', '))
    expect(response.headers.get('x-ratelimit-remaining')).toBe(quota.map(({ limit }) => limit - 2).join(', '))
    const date = Math.floor(Date.parse(response.headers.get('date') ?? '') / 60_000) * 60
    const windows = response.headers
      .get('x-ratelimit-reset')
      ?.split(', ')
      .map((reset) => Number(reset) - date)
    expect(windows).toEqual(quota.map(({ seconds }) => (seconds === 86_400 ? 86_340 : seconds)))
  })

  it('answers 429 beyond a window and lets a call through as soon as the oldest has left it', async () => {
    let now = 1_795_000_000_000
    const call = await start({ clock: () => now, quota: [{ seconds: 60, limit: 3 }], tokenSeconds: 1e6 })
    const statuses: number[] = []
    for (const pause of [0, 10_000, 10_000, 10_000, 29_999, 1, 0, 10_000]) {
      now += pause
      statuses.push((await call()).status)
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429, 200, 429, 200])
    expect(mock.log.totals().statuses).toEqual({ 200: 5, 429: 3 })
    expect(mock.used()).toEqual([3])
  })

  it('keeps every client its own quota', async () => {
    mock = await startMock({ quota: [{ seconds: 60, limit: 1 }], clients: { one: 'key-of-one', two: 'key-of-two' } })
    const call = async (client: string) => {
      const headers = { authorization: `Bearer ${mock.issueToken(client)}` }
      return (await fetch(`${mock.url}/v2.01/${client}/events`, { headers })).status
    }
    expect([await call('one'), await call('one'), await call('two')]).toEqual([200, 429, 200])
  })

  it.each([
    [{}, ['1', '1', null]],
    [{ quotaHeadersOn: { refused: false, errors: false, tokens: true } }, [null, null, '1']],
    [
      { quotaUsedBy: { refused: true, errors: false, tokens: true }, quotaHeadersOn: { tokens: true } },
      ['0', '2', '3'],
    ],
  ])('puts the headers on 500, 429 and token calls as told: %j', async (options: MockOptions, expected) => {
    const call = await start({ ...options, quota: [{ seconds: 60, limit: 1 }] })
    const seen: (string | null)[] = []
    const header = (response: Response) => seen.push(response.headers.get('x-ratelimit'))
    mock.failNext({ kind: 'status', status: 500 })
    header(await call())
    if (options.quotaUsedBy?.errors === false) await call()
    header(await call())
    const basic = Buffer.from('demo-platform:demo-0c2b6a9e4f7d4c1f').toString('base64')
    const token = await fetch(`${mock.url}/v2.01/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    header(token)
    expect(seen).toEqual(expected)
  })

  it('has a clock of its own, which Date and Reset follow', async () => {
    const call = await start({ clock: () => 1_795_000_000_000, skewMilliseconds: -600_000 })
    const response = await call()
    expect(Date.parse(response.headers.get('date') ?? '')).toBe(1_794_999_400_000)
    expect(response.headers.get('x-ratelimit-reset')?.split(', ')[0]).toBe(`${1_794_999_360 + 900}`)
  })

  it('lets a test have the last word on headers', async () => {
    const call = await start({ alterHeaders: ({ Date: date = '' }) => ({ date, 'x-ratelimit': 'a, -1' }) })
    expect((await call()).headers.get('x-ratelimit')).toBe('a, -1')
  })
})
