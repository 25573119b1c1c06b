/** What the demo page must show of each story. */
import type { Page as Tab } from 'playwright-core'
import { SCENARIOS } from '../../examples/scenarios.ts'
import { callsOf, isUp, legend, quantile, tileNumber } from './page.ts'

const started = async (tab: Tab, alert: string) =>
  (await tab.locator('#events .started').filter({ hasText: alert }).count()) > 0

/** What a visitor must see soon after the key was pressed. */
export const SIGHTS: Record<string, (tab: Tab) => Promise<boolean>> = {
  'retry-loop': async (tab) =>
    (await tileNumber(tab, 'rateLimited')) > 0 &&
    (await isUp(tab, 'categories', 'rate_limit')) &&
    (await isUp(tab, 'statuses', '429')) &&
    (await legend(tab, 'quota'))['15m'] === '100 %' &&
    (await started(tab, 'MangopayRateLimitExhaustionPredicted')) &&
    (await started(tab, 'MangopayRateLimited')),
  normal: async (tab) =>
    !(await isUp(tab, 'categories', 'rate_limit')) &&
    (await tab.locator('#events .ended').filter({ hasText: '15m window' }).count()) > 0,
  'payday-batch': async (tab) =>
    (await callsOf(tab, 'POST /payouts/bankwire')) > 60 &&
    !(await isUp(tab, 'statuses', '429')) &&
    Number((await legend(tab, 'quota'))['15m']?.replace(' %', '')) > 72,
  outage: async (tab) =>
    (await tileNumber(tab, 'serverErrors')) > 0 &&
    (await isUp(tab, 'categories', 'server_error')) &&
    (await isUp(tab, 'categories', 'timeout')) &&
    (await isUp(tab, 'statuses', '502')) &&
    (await isUp(tab, 'statuses', 'no response')),
  'expired-credentials': async (tab) =>
    (await isUp(tab, 'categories', 'authentication')) && (await isUp(tab, 'statuses', '401')),
  'sca-wave': async (tab) => isUp(tab, 'categories', 'sca_required'),
  'slow-answers': async (tab) =>
    (await quantile(tab, 'p50')) > 0.4 &&
    (await quantile(tab, 'p95')) > 1 &&
    !(await isUp(tab, 'categories', 'server_error')),
  'connection-resets': async (tab) =>
    (await isUp(tab, 'categories', 'network')) && (await isUp(tab, 'statuses', 'no response')),
  'reused-keys': async (tab) =>
    (await isUp(tab, 'categories', 'idempotency_conflict')) && (await isUp(tab, 'statuses', '409')),
}

// Normal traffic last but one of the first two: it is what remains when a story ends.
export const ORDER = ['retry-loop', 'normal', ...SCENARIOS.map(({ name }) => name).slice(2)]
