/** What the demo page tells: the alert that an event stands for, the account it happens to, and the runbook. */
import { describe, expect, it } from 'vitest'
import { ALERT_NAMES } from '../../alerts/model.ts'
import { fillQuota } from '../../examples/demo/page/account.ts'
import { runbookPage } from '../../examples/demo/page/runbook.ts'
import { Storyteller } from '../../examples/demo/page/stories.ts'
import { DEMO_CLIENT } from '../../examples/mock/options.ts'
import { DEFAULT_QUOTA } from '../../examples/mock/quota.ts'
import { startMock } from '../../examples/mock/server.ts'
import type { AppEvent } from '../../examples/traffic/messages.ts'

describe('the stories', () => {
  const quota = (state: 'started' | 'ended', window: string, remaining: number): AppEvent => ({
    kind: 'quota',
    at: 1,
    event: { window, environment: 'sandbox', state, remaining, limit: 100, secondsToEmpty: 30 },
  })
  const spike = (kind: '429' | '500' | 'unavailable', state: 'started' | 'ended' = 'started'): AppEvent => ({
    kind: 'spike',
    at: 1,
    event: { kind, environment: 'sandbox', state, since: 1, count: 9, ratio: 0.5, operations: [] },
  })

  it.each([
    [quota('started', '15m', 60), 'MangopayRateLimitExhaustionPredicted', 'ticket'],
    [quota('started', '15m', 5), 'MangopayRateLimitHeadroomLow', 'ticket'],
    [quota('started', '24h', 2), 'MangopayRateLimitNearlyEmpty', 'page'],
    [spike('429'), 'MangopayRateLimited', 'page'],
    [spike('500'), 'MangopayErrorBudgetBurn', 'page'],
    [spike('unavailable'), 'MangopayFailing', 'page'],
  ] as const)('%j names %s', (event, alert, urgency) => {
    const told = new Storyteller().tell(event)
    expect(told).toMatchObject({ alert, urgency })
    expect(ALERT_NAMES).toContain(told.alert)
  })

  it('ends with the alert it began with', () => {
    const teller = new Storyteller()
    expect(teller.tell(quota('started', '15m', 60)).alert).toBe('MangopayRateLimitExhaustionPredicted')
    expect(teller.tell(quota('ended', '15m', 5)).alert).toBe('MangopayRateLimitExhaustionPredicted')
    expect(teller.tell(quota('started', '15m', 5)).alert).toBe('MangopayRateLimitHeadroomLow')
  })
})

describe('the account', () => {
  it('begins each story in the middle of a usual day, whatever was before', async () => {
    const mock = await startMock({ quota: DEFAULT_QUOTA })
    mock.spend(2_300)
    fillQuota(mock, DEMO_CLIENT.clientId, 1)
    const shares = mock.used().map((used, i) => used / (DEFAULT_QUOTA[i]?.limit ?? 1))
    await mock.close()
    for (const share of shares) {
      expect(share).toBeGreaterThan(0.25)
      expect(share).toBeLessThan(0.5)
    }
  })
})

describe('the runbook', () => {
  it('is text with headings to link to', async () => {
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const { join } = await import('node:path')
    const folder = mkdtempSync(join(tmpdir(), 'runbook-'))
    writeFileSync(join(folder, 'a.md'), '# Runbook\n\n## MangopayFailing\n<script>x</script>\n```\n# no heading\n```\n')
    const html = runbookPage(join(folder, 'a.md'))
    rmSync(folder, { recursive: true })
    expect(html).toContain('<h2 id="mangopayfailing">MangopayFailing</h2>')
    expect(html).toContain('&lt;script&gt;')
    expect(html).toContain('# no heading')
    expect(html).not.toContain('<script')
    expect(runbookPage('/nowhere.md')).toContain('is not there')
  })
})
