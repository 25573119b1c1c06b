/** For a tab of the demo page: a server that tells of as much as the test likes, in a moment. */

/** Runs in the tab before the page's own code, so it uses nothing of this file; then `flood(from, to)` sends seconds. */
export const installFlood = (): void => {
  class Flood extends EventTarget {
    static CLOSED = 2
    readyState = 1
    close() {}
    say(kind: string, data: unknown) {
      this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }))
    }
  }
  const sources: Flood[] = []
  Object.assign(globalThis, {
    sources,
    EventSource: class extends Flood {
      constructor() {
        super()
        sources.push(this)
      }
    },
    flood: (from: number, to: number) => {
      const source = sources[0] as Flood
      for (let i = from; i < to; i++) {
        const time = 1_800_000_000_000 + i * 1_000
        const counts = { rate_limit: i % 50, [`made up ${i % 7}`]: 1 }
        // Large, so that what is kept by mistake weighs.
        const quota = Array.from({ length: 60 }, (_, at) => ({
          window: at === 0 ? '15m' : `w${at}`,
          used: i % 2_300,
          limit: 2_300,
          secondsToEmpty: 1 + (i % 90),
        }))
        const sample = {
          time,
          calls: 9,
          categories: counts,
          statuses: { 429: i % 50 },
          quota,
          latency: { p50: 0.1, p95: 0.2, p99: i % 3 },
        }
        const operations = Array.from({ length: 20 }, (_, at) => ({
          operation: `GET /${at}`,
          calls: i,
          failures: 1,
          status429: 0,
          status500: 0,
        }))
        source.say('tick', { sample, tiles: { calls: 9, rateLimited: i, serverErrors: 0 }, operations, skipped: 0 })
        source.say('story', {
          id: i,
          time,
          callback: 'onSpike',
          state: 'started',
          text: `event ${i}`,
          alert: 'MangopayFailing',
          urgency: 'page',
        })
        source.say('mark', { time, scenario: 'normal' })
        const span = {
          traceId: `${i}`,
          spanId: `${i}`,
          name: 'x'.repeat(4_000),
          start: time,
          milliseconds: 1,
          attributes: {},
          status: 'error',
          message: '',
          events: [],
        }
        source.say('failed', [
          { id: i, category: 'rate_limit', span },
          { id: i, category: 'timeout', span },
        ])
      }
    },
  })
}
