/** What is exported? Here: whether the app's SDK keeps all of it apart. */
import { type Attributes, type Context, ROOT_CONTEXT } from '@opentelemetry/api'

/** Private in the types of the SDK, and alike in all its lines. */
interface Storage {
  readonly _aggregationCardinalityLimit?: unknown
  readonly _attributesProcessor?: { process(attributes: Attributes, context: Context): Attributes }
  readonly _backingStorages?: readonly Storage[]
}
interface Instrument {
  /** Of counters and histograms. */
  readonly _writableMetricStorage?: Storage
  /** Of observable ones. */
  readonly _metricStorages?: readonly Storage[]
}

/**
 * Finds a limit, of a reader or a View, that is too low for so many attribute sets: the SDK makes one series of those
 * beyond it, which has none of their attributes.
 *
 * @param sets - may hold one several times
 * @returns undefined where all have room, and where nothing is to be seen
 */
export function limitBelow(instrument: object, sets: () => readonly Readonly<Attributes>[]): number | undefined {
  let all: readonly Readonly<Attributes>[] | undefined
  for (const { limit, shown } of storagesOf(instrument)) {
    if (limit >= SDK_LIMIT) continue
    all ??= sets()
    // A View may take attributes away, so that sets fall together.
    if (all.length >= limit && new Set(all.map((set) => JSON.stringify(shown(set)))).size >= limit) return limit
  }
  return undefined
}

/** The default of the SDK, for which less is kept here. */
const SDK_LIMIT = 2000

function* storagesOf(instrument: object) {
  const { _writableMetricStorage: one, _metricStorages: several = [] } = instrument as Instrument
  for (const storage of one === undefined ? several : (one._backingStorages ?? [one])) {
    const { _aggregationCardinalityLimit: limit, _attributesProcessor: view } = storage
    if (typeof limit !== 'number') continue
    yield { limit, shown: (set: Readonly<Attributes>) => view?.process(set, ROOT_CONTEXT) ?? set }
  }
}
