/** What became of payments: the library's counts held against the server's own, and what the last half minute brought. */
import type { Snapshot } from 'opentelemetry-mangopay'
import type { AlertName } from '../../../alerts/model.ts'
import { NUMBERS } from '../../../alerts/thresholds.ts'
import { CODE_WORDS } from '../../../dashboards/result-words.ts'
import type { HookTotals } from '../../mock/hooks.ts'
import { Ring } from './recent.ts'
import type { Counts, PaymentLine, Payments, Tiles } from './wire.ts'

/** So often must the sides disagree, one look after the other, before it is called a difference. */
const LOOKS = 3

/** Seconds that payments are looked at over: there are fewer of them than calls. */
const LATELY_SECONDS = 30

/** What alert rules are about, of the last half minute. */
export interface PaymentsLately {
  /** Notifications that were acknowledged, by event type. */
  acknowledged: Counts
  /** Those that were refused or answered too late. */
  missed: Counts
}

/** Payments that went wrong, or notifications of them, and the alert that tells of it. */
export interface Trouble {
  what: 'pay-ins' | 'payouts' | 'notifications'
  alert: AlertName
  failed: number
  all: number
  /** Whether the condition of the alert holds. */
  holds: boolean
}

/** Looks at what came lately with the numbers of the alert rules. */
export const troublesIn = ({ acknowledged, missed }: PaymentsLately): Trouble[] => {
  const ended = (kind: 'PAYIN' | 'PAYOUT') => {
    const failed = acknowledged[`${kind}_NORMAL_FAILED`] ?? 0
    return { failed, all: failed + (acknowledged[`${kind}_NORMAL_SUCCEEDED`] ?? 0) }
  }
  const sum = (counts: Counts) => Object.values(counts).reduce((all, count) => all + count, 0)
  const [payIns, payouts, failed] = [ended('PAYIN'), ended('PAYOUT'), sum(missed)]
  return [
    {
      what: 'notifications',
      alert: 'MangopayWebhooksNotAcknowledged',
      failed,
      all: failed + sum(acknowledged),
      holds: Object.entries(missed).some(([type, count]) => count > NUMBERS.hooksCount && !acknowledged[type]),
    },
    {
      what: 'pay-ins',
      alert: 'MangopayPayInsFailing',
      ...payIns,
      holds: payIns.failed > NUMBERS.payInsCount && payIns.failed > NUMBERS.payInsShare * payIns.all,
    },
    {
      what: 'payouts',
      alert: 'MangopayPayoutsFailing',
      ...payouts,
      holds: payouts.failed > NUMBERS.payoutsCount && payouts.failed > NUMBERS.payoutsShare * payouts.all,
    },
  ]
}

/** The worst of it, for the strip of numbers. No news is bad news when the server has stopped sending them. */
export const paymentsTile = (lately: PaymentsLately, isInvalid: boolean): Pick<Tiles, 'payments'> => {
  if (isInvalid) return { payments: 'hook disabled' }
  const troubles = troublesIn(lately)
  const worst = troubles.find(({ holds }) => holds) ?? troubles.slice(1).find(({ all }) => all > 0)
  if (worst === undefined) return {}
  const { what, failed, all, holds } = worst
  const urgency = what === 'payouts' ? 'ticket' : 'page'
  return { payments: { what, failed, all, seconds: LATELY_SECONDS, ...(holds ? { urgency } : {}) } }
}

/** Whether this is one of the alerts that tell of payments. */
export const isAboutPayments = (alert: AlertName): boolean =>
  troublesIn({ acknowledged: {}, missed: {} }).some((trouble) => trouble.alert === alert)

/** One look at one side: counts by a name of their own, such as `result pay_in FAILED` and `sent KYC_FAILED late`. */
type Look = Readonly<Record<string, number>>

/** What the mock knows. */
export interface ServerSide {
  /** Results of the writes answered, as `pay_in FAILED 101101`. */
  results: Counts
  hooks: HookTotals | undefined
}

/**
 * Holds what the library says of payments against what the server answered and sent. The two are read a moment apart, so
 * a count of the library is right when the server had it at this look, or on the way from the last one to this; results
 * may also be behind by the calls in flight. How long a notification was on its way, or waited for a busy process, the
 * library cannot see: what it calls acknowledged may be late for the server, never the other way round.
 */
export class PaymentWatch {
  readonly #library = new Ring<{ time: number; look: Look }>(LATELY_SECONDS + 2)
  #server: Look = {}
  #unsettled = 0

  /**
   * Compares both sides.
   *
   * @param inFlight Calls of the app that have not ended.
   */
  look({ time, environments, webhooks = {} }: Snapshot, { results, hooks }: ServerSide, inFlight = 0): Payments {
    const library = libraryLook(environments, webhooks)
    const server = serverLook(results, hooks)
    const before = this.#server
    this.#server = server
    this.#library.push({ time, look: library })
    const { seen, lateOnTheWay } = asTheServerSaw(library, server)
    const names = [...new Set([...Object.keys(library), ...Object.keys(server)])]
    const at = (look: Look, name: string) => look[name] ?? 0
    // The answers of calls in flight may have been sent, and not been read by a busy app.
    const behind = names
      .filter((name) => name.startsWith('result '))
      .reduce((all, name) => all + at(server, name) - at(library, name), 0)
    const floor = (name: string) => (name.startsWith('sent ') || behind > inFlight ? at(before, name) : 0)
    const isOn = (name: string) => floor(name) <= at(seen, name) && at(seen, name) <= at(server, name)
    this.#unsettled = names.every(isOn) ? 0 : this.#unsettled + 1
    const isEqual = lateOnTheWay === 0 && names.every((name) => at(library, name) === at(server, name))
    const sum = (look: Look, takes: (kind: string, what: string, how: string) => boolean) =>
      names.reduce((all, name) => {
        const [kind = '', what = '', how = ''] = name.split(' ')
        return all + (takes(kind, what, how) ? at(look, name) : 0)
      }, 0)
    const line = (what: string, takes: Parameters<typeof sum>[1]): PaymentLine => {
      return { what, library: sum(library, takes), server: sum(server, takes) }
    }
    const resources = new Set(
      names.filter((name) => name.startsWith('result ')).map((name) => name.split(' ')[1] ?? ''),
    )
    const codes = names
      .filter((name) => name.startsWith('code '))
      .map((name) => ({ code: name.split(' ')[2] ?? '', count: at(library, name) }))
      .sort((a, b) => b.count - a.count)
    const top = codes[0]
    return {
      results: [...resources].sort().map((resource) => ({
        ...line(resource, (kind, what) => kind === 'result' && what === resource),
        failed: line('failed', (kind, what) => kind === 'code' && what === resource),
      })),
      deliveries: (['acknowledged', 'late', 'refused'] as const).map((delivery) =>
        line(delivery, (kind, _, how) => kind === 'sent' && how === delivery),
      ),
      ends: (['PAYIN_NORMAL_FAILED', 'PAYOUT_NORMAL_FAILED'] as const).map((type) =>
        line(type, (kind, what, how) => kind === 'sent' && what === type && how === 'acknowledged'),
      ),
      ...(top === undefined || top.count === 0
        ? {}
        : { why: { code: top.code, words: CODE_WORDS[top.code] ?? '', count: top.count } }),
      waiting: hooks?.waiting ?? 0,
      ...(lateOnTheWay > 0 ? { lateOnTheWay } : {}),
      isInvalid: hooks?.isInvalid === true,
      state: this.#unsettled >= LOOKS ? 'differs' : this.#unsettled > 0 ? 'settling' : isEqual ? 'equal' : 'explained',
    }
  }

  /** What came in the last half minute, as the library counted it. */
  lately(): PaymentsLately {
    const { entries } = this.#library
    const now = entries.at(-1)
    const acknowledged: Record<string, number> = {}
    const missed: Record<string, number> = {}
    if (now === undefined) return { acknowledged, missed }
    // Before the first look there was nothing.
    const old = entries.findLast(({ time }) => time <= now.time - LATELY_SECONDS * 1_000 + 500)
    for (const [name, count] of Object.entries(now.look)) {
      const [kind, type = '', delivery] = name.split(' ')
      const more = count - (old?.look[name] ?? 0)
      if (kind !== 'sent' || more === 0) continue
      const side = delivery === 'acknowledged' ? acknowledged : missed
      side[type] = (side[type] ?? 0) + more
    }
    return { acknowledged, missed }
  }
}

const libraryLook = (environments: Snapshot['environments'], webhooks: NonNullable<Snapshot['webhooks']>): Look => {
  const look: Record<string, number> = {}
  const add = (name: string, count: number) => {
    look[name] = (look[name] ?? 0) + count
  }
  for (const { results = {} } of Object.values(environments)) {
    for (const [resource, { statuses, codes }] of Object.entries(results)) {
      for (const [status, count] of Object.entries(statuses)) add(`result ${resource} ${status}`, count)
      for (const [code, count] of Object.entries(codes)) add(`code ${resource} ${code}`, count)
    }
  }
  for (const [type, deliveries] of Object.entries(webhooks)) {
    for (const [delivery, count] of Object.entries(deliveries)) add(`sent ${type} ${delivery}`, count)
  }
  return look
}

/** The library's look, with what was late on its way as the server has it, and how many these are. */
const asTheServerSaw = (library: Look, server: Look): { seen: Look; lateOnTheWay: number } => {
  const seen = { ...library }
  let lateOnTheWay = 0
  for (const [late, count] of Object.entries(server).filter(([name]) => /^sent .* late$/.test(name))) {
    const inTime = late.replace(/late$/, 'acknowledged')
    const moved = Math.min(count - (library[late] ?? 0), (library[inTime] ?? 0) - (server[inTime] ?? 0))
    if (moved <= 0) continue
    seen[late] = (library[late] ?? 0) + moved
    seen[inTime] = (library[inTime] ?? 0) - moved
    lateOnTheWay += moved
  }
  return { seen, lateOnTheWay }
}

const serverLook = (results: Counts, hooks: HookTotals | undefined): Look => {
  const look: Record<string, number> = {}
  for (const [key, count] of Object.entries(results)) {
    const [resource, status, code = '000000'] = key.split(' ')
    const name = `result ${resource} ${status}`
    look[name] = (look[name] ?? 0) + count
    if (code !== '000000') look[`code ${resource} ${code}`] = count
  }
  for (const [type, deliveries] of Object.entries(hooks?.sent ?? {})) {
    for (const [delivery, count] of Object.entries(deliveries)) look[`sent ${type} ${delivery}`] = count
  }
  return look
}
