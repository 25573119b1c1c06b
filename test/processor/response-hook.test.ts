/** What the processor learns from the response itself: its challenge, its end and its quota headers. */
import { SpanKind } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { HOST, setUp, tagsOf } from '../support/traced-calls.ts'

describe('the response hook', () => {
  const challenge = 'PendingUserAction RedirectUrl=https://sca.example/?token=secret'

  it.each<[what: string, response: unknown]>([
    ['http', { headers: { 'www-authenticate': challenge }, complete: true }],
    ['undici', { request: {}, response: { headers: [Buffer.from('WWW-Authenticate'), Buffer.from(challenge)] } }],
  ])('of %s sees that a 401 asks for strong customer authentication, and keeps the link to itself', (_, response) => {
    const { mangopay, start, answer, last } = setUp()
    const span = start()
    mangopay.responseHook(span, response)
    answer(span, 401)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.error.category': 'sca_required' })
    expect(JSON.stringify(last().attributes)).not.toContain('RedirectUrl')
    expect(JSON.stringify(last().attributes)).not.toContain('secret')
  })

  it('is not needed where the header is recorded on the span', () => {
    for (const key of ['http.response.header.www-authenticate', 'http.response.header.www_authenticate']) {
      for (const value of [challenge, [challenge]]) {
        const { start, answer, last } = setUp()
        const span = start()
        span.setAttribute(key, value)
        answer(span, 401)
        expect(tagsOf(last())).toMatchObject({ 'mangopay.error.category': 'sca_required' })
      }
    }
  })

  it('sees a body that was cut although the span looks fine', () => {
    const response = { headers: {}, complete: false }
    const { mangopay, start, answer, last } = setUp()
    const cut = start({ 'http.request.method': 'POST', 'url.full': `https://${HOST}/v2.01/acme/transfers` })
    mangopay.responseHook(cut, response)
    answer(cut, 200)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.error.category': 'network', 'mangopay.outcome': 'unknown' })
    const whole = start()
    mangopay.responseHook(whole, response)
    response.complete = true
    answer(whole, 200)
    expect(tagsOf(last())).toMatchObject({ 'mangopay.outcome': 'success' })
  })

  it('reads nothing once the span has ended', () => {
    const { mangopay, start, answer } = setUp()
    const span = start()
    answer(span, 200)
    const headers = { date: new Date().toUTCString(), 'x-ratelimit': '1', 'x-ratelimit-remaining': '1' }
    const reset = `${Math.floor(Date.now() / 60_000) * 60 + 900}`
    mangopay.responseHook(span, { headers: { ...headers, 'x-ratelimit-reset': reset } })
    expect(mangopay.snapshot().environments['sandbox']?.quota).toEqual([])
  })

  it('ignores the answers of others and of the application’s own server', () => {
    const { mangopay, start, tracer } = setUp()
    const headers = Object.defineProperty({}, 'headers', { get: () => expect.unreachable() })
    mangopay.responseHook(start({ 'server.address': 'api.stripe.com' }), headers)
    mangopay.responseHook(tracer.startSpan('GET', { kind: SpanKind.SERVER }), headers)
  })

  it('knows more than the headers that are recorded on the span', () => {
    const { mangopay, start, answer, last } = setUp()
    const span = start()
    const headers = {
      'x-ratelimit': '2300',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1800000900',
      date: new Date(1_800_000_000_000).toUTCString(),
    }
    mangopay.responseHook(span, { headers, complete: true })
    span.setAttribute('http.response.header.x-ratelimit', ['2300'])
    answer(span, 429)
    expect(last().attributes['mangopay.rate_limit.exhausted_windows']).toEqual(['15m'])
  })

  it('names the exhausted windows of a 429, and only of a 429', () => {
    const server = Date.UTC(2026, 10, 23, 12)
    const headers = {
      date: new Date(server).toUTCString(),
      'x-ratelimit': '2300, 4400',
      'x-ratelimit-remaining': '0, 100',
      'x-ratelimit-reset': `${server / 1000 + 900}, ${server / 1000 + 1800}`,
    }
    const { mangopay, start, answer, last } = setUp()
    for (const [status, exhausted] of [
      [429, ['15m']],
      [200, undefined],
    ] as const) {
      const span = start()
      mangopay.responseHook(span, { headers })
      answer(span, status)
      expect(last().attributes['mangopay.rate_limit.exhausted_windows']).toEqual(exhausted)
    }
    expect(mangopay.snapshot().environments['sandbox']?.quota).toMatchObject([
      { window: '15m', limit: 2300, used: 2300, remaining: 0 },
      { window: '30m', limit: 4500, used: 4400, remaining: 100 },
    ])
  })
})
