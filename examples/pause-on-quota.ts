/**
 * Lets a background job use what the quota leaves over: it slows down when less than 40 % of any window are left and
 * stops under 20 %, so that the payments of your users always get through.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { MangopaySpanProcessor } from 'opentelemetry-mangopay'

const SLOW_BELOW = 0.4
const STOP_BELOW = 0.2
const SLOW_MILLISECONDS = 1_000
const STOP_MILLISECONDS = 60_000

/** The smallest share that is left of any window, 1 before the first answer of Mangopay. */
export const headroom = (mangopay: MangopaySpanProcessor): number => {
  const quotas = Object.values(mangopay.snapshot().environments).flatMap(({ quota }) => quota)
  return Math.min(1, ...quotas.map(({ remaining, limit }) => remaining / limit))
}

/**
 * Runs the steps of a job one after the other.
 *
 * @param probe - a cheap read such as `() => api.Clients.get()`: while the job makes no calls, only an answer to
 *   somebody tells this process what has come back meanwhile
 */
export const runInBackground = async (
  mangopay: MangopaySpanProcessor,
  steps: Iterable<() => Promise<unknown>>,
  probe: () => Promise<unknown>,
  wait: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<void> => {
  for (const step of steps) {
    while (headroom(mangopay) < STOP_BELOW) {
      await wait(STOP_MILLISECONDS)
      await probe().catch(() => {}) // it is counted and tagged like every call
    }
    if (headroom(mangopay) < SLOW_BELOW) await wait(SLOW_MILLISECONDS)
    await step()
  }
}
