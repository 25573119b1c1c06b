/** What is exported? First: the connection to a MeterProvider. */
import { type Attributes, type Histogram, type Meter, type MeterProvider, metrics } from '@opentelemetry/api'
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.ts'
import { reportFailure } from '../warnings.ts'
import { type MetricSource, show } from './instruments.ts'

/** The metrics of one processor, on whichever MeterProvider there is: there is no proxy for one that is set later. */
export class MeterConnection {
  readonly #source: MetricSource
  readonly #fixed: MeterProvider | undefined
  #provider: MeterProvider | undefined
  #meter: Meter | undefined
  #duration: Histogram | undefined

  constructor(source: MetricSource, provider: MeterProvider | undefined) {
    this.#source = source
    this.#fixed = provider
  }

  /** Records how long a call took. */
  record(seconds: number, attributes: Readonly<Attributes>): void {
    try {
      this.#duration?.record(seconds, attributes)
    } catch (error) {
      reportFailure('the duration histogram', error)
    }
  }

  /**
   * Looks the MeterProvider up. The first one gets everything since the start, one that takes its place what comes after
   * that: two of them never show the same call. The earlier one has its last interval to export yet.
   */
  connect(): void {
    const provider = this.#fixed ?? metrics.getMeterProvider()
    if (provider === this.#provider) return
    // Before anything can throw: what is broken is tried once.
    this.#provider = provider
    this.#duration = undefined
    try {
      const meter = provider.getMeter(PACKAGE_NAME, PACKAGE_VERSION)
      this.#duration = show(this.#source, meter, this.#meter)
      if (this.#duration !== undefined) this.#meter = meter
    } catch (error) {
      reportFailure('the MeterProvider', error)
    }
  }
}
