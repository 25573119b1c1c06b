/** What goes wrong in each environment, and which alerts must come of it. */
import type { AlertName } from '../../alerts/model.ts'
import type { MockOptions } from '../../examples/mock/options.ts'
import type { FaultShare } from '../../examples/scenarios.ts'

/** A minute of the rules takes two seconds here; exports, evaluations and the server's quota are as much faster. */
export const MINUTE = 2
/** By how much all times are shorter. */
export const SCALE = MINUTE / 60

/** A team's own addresses. */
export const LINKS = { runbookUrl: 'https://wiki.example.com/runbook', dashboardUrl: 'https://grafana.example.com/d/m' }

/** Calls that any healthy integration makes fail. */
export const EVERYDAY: FaultShare[] = [
  { share: 0.03, fault: { kind: 'status', status: 404 } },
  { share: 0.03, fault: { kind: 'sca' } },
  { share: 0.01, fault: { kind: 'status', status: 400 } },
]

/** Calls a second of an environment whose quota is watched, and a quota that lasts 13 of its 15 minutes at that pace. */
const PACE = 6
const QUOTA = [
  { seconds: 15 * MINUTE, limit: PACE * 13 * MINUTE },
  { seconds: 1_440 * MINUTE, limit: 20_000 },
]

/** Windows that slide thirty times as fast, shown as what they stand for. */
const compressedQuota: MockOptions = {
  quota: QUOTA,
  alterHeaders: (headers) => {
    const minute = Math.floor(Date.parse(String(headers['Date'])) / 60_000) * 60
    return { ...headers, 'X-RateLimit-Reset': [900, 86_340].map((seconds) => String(minute + seconds)) }
  },
}

/** Who calls what how often, and what goes wrong. */
export interface Incident {
  faults: FaultShare[]
  perSecond: number
  method?: 'POST'
  mock?: MockOptions
}

/** Each environment is an incident of its own. */
export const ENVIRONMENTS: Record<string, Incident> = {
  calm: { perSecond: 5, faults: EVERYDAY },
  // 429s although the quota is far from spent, as on an account that others use as well; and it is being spent too.
  storm: {
    perSecond: PACE / 0.6,
    faults: [{ share: 0.4, fault: { kind: 'status', status: 429 } }],
    mock: compressedQuota,
  },
  leak: { perSecond: PACE, faults: [], mock: compressedQuota },
  outage: { perSecond: 5, faults: [{ share: 1, fault: { kind: 'edge', status: 503 } }] },
  sandbox: { perSecond: 5, faults: [{ share: 1, fault: { kind: 'edge', status: 502 } }] },
  failing: {
    perSecond: 5,
    method: 'POST',
    faults: [
      { share: 0.2, fault: { kind: 'status', status: 500 } },
      { share: 0.2, fault: { kind: 'reset' } },
    ],
  },
  refused: { perSecond: 5, faults: [{ share: 0.5, fault: { kind: 'status', status: 403 } }] },
  slow: { perSecond: 5, faults: [{ share: 0.5, fault: { kind: 'slow', milliseconds: 3_500 } }] },
}

/** What must reach the webhook: alert → environments. */
export const EXPECTED: Record<AlertName, string[]> = {
  MangopayRateLimited: ['storm'],
  MangopayRateLimitExhaustionPredicted: ['leak'],
  MangopayRateLimitHeadroomLow: ['leak'],
  MangopayRateLimitNearlyEmpty: ['leak'],
  MangopayNothingSucceeds: ['outage', 'sandbox'],
  MangopayFailing: ['failing'],
  MangopayErrorBudgetBurn: ['failing'],
  MangopayAccessRefused: ['refused'],
  MangopayLatencyHigh: ['slow'],
  MangopayUnknownOutcomes: ['failing'],
  // Nobody pays there.
  MangopayPayInsFailing: [],
  MangopayPayoutsFailing: [],
  MangopayPaymentsTechnical: [],
  MangopayWebhooksNotAcknowledged: [],
  MangopayThreeDsFailing: [],
  MangopayKycRefused: [],
  MangopayTelemetryMissing: ['nightly'],
}
/** What says that a storm is coming; the storm mutes it. */
export const SOON: AlertName[] = [
  'MangopayRateLimitExhaustionPredicted',
  'MangopayRateLimitHeadroomLow',
  'MangopayRateLimitNearlyEmpty',
]
