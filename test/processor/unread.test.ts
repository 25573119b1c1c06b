/** Answers that nobody reads: their spans may never end, and they count all the same. */
import { SpanStatusCode } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { HOST, setUp } from '../support/traced-calls.ts'

const post = { 'http.request.method': 'POST', 'url.full': `https://${HOST}/v2.01/acme/transfers` }

describe.each([true, false])('an answer that nobody reads, with hook: %s', (withHook) => {
  const answered = (status: number) => {
    let now = 1_800_000_000_000
    const lab = setUp({ clock: () => now })
    const span = lab.start(post)
    if (withHook) lab.mangopay.responseHook(span, { headers: {}, complete: false })
    span.setAttribute('http.response.status_code', status)
    const calls = () => lab.mangopay.snapshot().environments['sandbox']?.calls ?? 0
    const wait = (seconds: number) => {
      now += seconds * 1000
      return calls()
    }
    return { ...lab, span, wait }
  }

  it('counts by its status, half a minute after somebody could see it', () => {
    for (const [status, failures] of [
      [200, {}],
      [502, { server_error: 1 }],
    ] as const) {
      const { mangopay, wait } = answered(status)
      expect([wait(0), wait(29)]).toEqual([0, 0])
      expect(wait(1)).toBe(1)
      expect(mangopay.snapshot().environments['sandbox']).toMatchObject({
        failures,
        unknownOutcomes: status === 502 ? 1 : 0,
      })
    }
  })

  it('counts once, also when its span ends later', () => {
    const { span, wait, last } = answered(200)
    wait(0)
    wait(30)
    span.end()
    expect(wait(0)).toBe(1)
    expect(last().attributes['mangopay.outcome']).toBe('success')
  })

  it.each(['forceFlush', 'shutdown'] as const)('counts at once by %s, after which the process may end', async (end) => {
    const { mangopay, span, wait, start } = answered(200)
    start(post) // has no answer
    await mangopay[end]()
    expect(wait(0)).toBe(1)
    await mangopay[end]()
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'terminated' })
    span.end()
    expect(wait(60)).toBe(1)
  })

  it('is left alone while somebody reads it', async () => {
    const { mangopay, span, wait, start } = answered(200)
    span.end()
    const slow = start(post)
    mangopay.responseHook(slow, { headers: {}, complete: false, readableFlowing: true })
    slow.setAttribute('http.response.status_code', 200)
    await mangopay.forceFlush()
    expect(wait(60)).toBe(1)
    slow.end()
    expect(wait(0)).toBe(2)
  })

  it('leaves a call alone that waits for its answer, and forgets it in the end', () => {
    const { span, wait, start } = answered(200)
    span.end()
    start(post)
    expect([wait(0), wait(300), wait(300), wait(300)]).toEqual([1, 1, 1, 1])
  })
})
