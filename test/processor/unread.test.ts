/** Answers that nobody reads: their spans may never end, and they count all the same. */
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

  it('is seen by whoever collects metrics, looks or flushes', async () => {
    const { mangopay, wait } = answered(200)
    wait(0)
    await mangopay.forceFlush()
    expect(wait(30)).toBe(1)
  })

  it('leaves a call alone that waits for its answer, and forgets it in the end', () => {
    const { span, wait, start } = answered(200)
    span.end()
    start(post)
    expect([wait(0), wait(300), wait(300), wait(300)]).toEqual([1, 1, 1, 1])
  })
})
