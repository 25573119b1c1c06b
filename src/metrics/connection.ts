/** What is exported? First: the connection to a MeterProvider. */
import { type Attributes, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api'
import { reportFailure } from '../diagnostics.ts'
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.ts'
import { type MetricSource, show } from './instruments.ts'

/** The metrics of one processor, on whichever MeterProvider there is: there is no proxy for one that is set later. */
export class MeterConnection {
  readonly #source: MetricSource
  readonly #fixed: MeterProvider | undefined
  #provider: MeterProvider | undefined
  #duration: Histogram | undefined

  constructor(source: MetricSource, provider: MeterProvider | undefined) {
    this.#source = source
    this.#fixed = provider
  }

  /** Records how long a call took. */
  record(seconds: number, attributes: Readonly<Attributes>): void {
    this.connect()
    try {
      this.#duration?.record(seconds, attributes)
    } catch (error) {
      reportFailure('the duration histogram', error)
    }
  }

  /** Has a counter shown that was not there before. */
  showNew(): void {
    this.#provider = undefined
    this.connect()
  }

  /**
   * Looks the MeterProvider up. The counters hold everything since the start, so a new one loses nothing. An earlier one
   * goes on showing them: it may have its last interval to export yet.
   */
  connect(): void {
    const provider = this.#fixed ?? metrics.getMeterProvider()
    if (provider === this.#provider) return
    // Before anything can throw: what is broken is tried once.
    this.#provider = provider
    this.#duration = undefined
    try {
      this.#duration = show(this.#source, provider.getMeter(PACKAGE_NAME, PACKAGE_VERSION))
    } catch (error) {
      reportFailure('the MeterProvider', error)
    }
  }
}
