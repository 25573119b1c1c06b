// Loaded into an app by NODE_OPTIONS: what `register` gives an exporter 3 s for may take longer on a busy machine, which
// loads the exporter in that time. Only that limit is stretched.
const LIMIT = 3_000
const real = globalThis.setTimeout
const patient = (run, wait, ...given) => real(run, wait === LIMIT ? 30 * LIMIT : wait, ...given)
globalThis.setTimeout = Object.defineProperties(patient, Object.getOwnPropertyDescriptors(real))
