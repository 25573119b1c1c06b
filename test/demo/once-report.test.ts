/** The verdict of `--once`: what it says when both sides are equal, when they differ, and when there is nothing to see. */
import { describe, expect, it } from 'vitest'
import { paint } from '../../examples/demo/once-print.ts'
import { type Evidence, report } from '../../examples/demo/once-report.ts'

const STATUSES = [200, 200, 429, 500]
const evidence: Evidence = {
  entries: STATUSES.map((status, number) => ({
    ...{ number, time: 0, method: 'GET', path: '/v2.01/me/users/1', state: 'answered' as const },
    status,
  })),
  points: STATUSES.map((status) => ({
    metric: 'mangopay.client.requests',
    attributes: { 'mangopay.operation': 'GET /users/{userId}', 'http.response.status_code': status },
    value: 1,
  })),
  spans: [],
  sampleRatio: 0.25,
  state: {
    time: 0,
    snapshot: { time: 0, samplerInUse: true, environments: {} },
    counts: { started: 4, inFlight: 0, verdicts: { answered: 4, failed: 0, 'never settled': 0 }, skipped: 0 },
  },
}
const judged = (changed: Partial<Evidence> = {}) => {
  const written: string[] = []
  const code = report({ ...evidence, ...changed }, (text) => void written.push(text), paint(false))
  return { code, text: written.join('') }
}

describe('the verdict', () => {
  it('is 0 when every count equals the server’s log', () => {
    const { code, text } = judged()
    expect(text).toContain('every count equals the server’s log')
    expect(code).toBe(0)
  })

  it.each<[string, Partial<Evidence>, RegExp]>([
    [
      'the library lost a call',
      { points: evidence.points.slice(1) },
      /^ {2}all: the library counted 3, the server 4$/m,
    ],
    [
      'the server’s log is doctored',
      { entries: evidence.entries.slice(1) },
      /^ {2}200: the library counted 2, the server 1$/m,
    ],
    [
      'a status is wrong though the sum is right',
      { points: evidence.points.map((point, i) => (i === 0 ? (evidence.points[2] ?? point) : point)) },
      /^ {2}429: the library counted 2, the server 1$/m,
    ],
    ['nothing was exported', { points: [] }, /^ {2}all: the library counted 0, the server 4$/m],
  ])('is 1 when %s', (_, changed, line) => {
    const { code, text } = judged(changed)
    expect(text).toMatch(line)
    expect(text).toContain('DIFFERENT')
    expect(text).not.toContain('every count equals')
    expect(code).toBe(1)
  })

  it('is 1 when both sides are equally empty', () => {
    const { code, text } = judged({ points: [], entries: [] })
    expect(text).toMatch(/^ {2}all: nothing to compare, the run was too short$/m)
    expect(text).not.toContain('every count equals')
    expect(code).toBe(1)
  })
})
