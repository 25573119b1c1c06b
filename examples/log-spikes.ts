/**
 * Writes one line to the log when Mangopay's 429s, 500s or outages spike, and one when it is over. Put `mangopay` in
 * front of your other span processors.
 */
import { MangopaySpanProcessor, type SpikeEvent } from 'opentelemetry-mangopay'

const MEANINGS: Record<SpikeEvent['kind'], string> = {
  '429': 'Mangopay refuses calls: the quota is spent',
  '500': 'Mangopay answers 500',
  unavailable: 'Mangopay is failing: 5xx, time-outs or no connection',
}

/** Give this to the option `onSpike`; in place of the console take the logger of your app. */
export const logSpike = ({ kind, environment, state, since, count, ratio, operations }: SpikeEvent): void => {
  const line = JSON.stringify({
    message: state === 'started' ? MEANINGS[kind] : `${MEANINGS[kind]}: over`,
    environment,
    since: since.toISOString(),
    failures: count,
    share: `${(ratio * 100).toFixed(1)} %`,
    // Names of the API's operations, never ids.
    operations: operations.slice(0, 3).map(({ operation, count: failures }) => `${operation}: ${failures}`),
  })
  if (state === 'started') console.error(line)
  else console.info(line)
}

/** A spike is 10 failures that are a tenth of the calls of five minutes; it is over below a twentieth. */
export const mangopay = new MangopaySpanProcessor({
  spike: { windowSeconds: 300, minimumCount: 10, ratio: 0.1, clearRatio: 0.05, minimumSeconds: 60 },
  onSpike: logSpike,
})
