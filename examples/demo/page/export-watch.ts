import {
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT,
  METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE,
  METRIC_MANGOPAY_CLIENT_REQUEST_DURATION,
  METRIC_MANGOPAY_CLIENT_REQUESTS,
} from 'opentelemetry-mangopay/names'
import type { OtlpReceiver, ReceivedPoint } from '../../otlp-receiver.ts'
import { p95ByOperation, type Reading, takeReading } from './readings.ts'

/** The metrics of one export. */
export interface Exported {
  reading: Reading
  p95s: ReadonlyMap<string, number>
  used: readonly ReceivedPoint[]
  limit: readonly ReceivedPoint[]
}

/**
 * Waits for the app's exports, and holds each back until the app's own state is newer: no tile may show more than the
 * totals beside it.
 */
export class ExportWatch {
  #seen = 0
  #held: Exported | undefined

  /** Looks whether metrics were exported again. */
  look({ exports, points }: Pick<OtlpReceiver, 'exports' | 'points'>, time: number): void {
    if (exports.metrics === this.#seen) return
    this.#seen = exports.metrics
    const durations = points(METRIC_MANGOPAY_CLIENT_REQUEST_DURATION)
    this.#held = {
      reading: takeReading(time, points(METRIC_MANGOPAY_CLIENT_REQUESTS), durations),
      p95s: p95ByOperation(durations),
      used: points(METRIC_MANGOPAY_CLIENT_RATE_LIMIT_USAGE),
      limit: points(METRIC_MANGOPAY_CLIENT_RATE_LIMIT_LIMIT),
    }
  }

  /** The newest export, once, if a state of this time covers it. */
  coveredBy(time: number): Exported | undefined {
    if (this.#held === undefined || time < this.#held.reading.time) return undefined
    const covered = this.#held
    this.#held = undefined
    return covered
  }
}
