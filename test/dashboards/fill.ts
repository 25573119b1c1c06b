/** Fills in a query's variables as Grafana 12 does; the arithmetic of the intervals follows its Prometheus data source. */

/** What a reader has chosen on top of the dashboard. */
export interface Choice {
  /** Start of the range, in seconds. */
  from: number
  /** End of the range, in seconds. */
  to: number
  /** Chosen values; a variable that is absent stands on All. */
  values?: Partial<Record<'environment' | 'job' | 'operation', readonly string[]>>
  /** Points that fit into the panel. */
  points?: number
}

/** What `interval` of every target is set to, in seconds. */
const MIN_STEP = 60
/** What All stands for in every variable. */
const ALL = '.*'

/** Seconds between two points of a chart. */
export const stepOf = ({ from, to, points = 1000 }: Choice): number =>
  Math.max(MIN_STEP, Math.ceil((to - from) / points))

/** Go writes durations with every unit down to seconds. */
const goDuration = (seconds: number): string => {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  if (h > 0) return `${h}h${m}m${s}s`
  return m > 0 ? `${m}m${s}s` : `${s}s`
}

/** As Grafana's data source escapes a value for use in a regular expression inside a PromQL string. */
const escapeValue = (value: string): string =>
  value.replaceAll('\\', '\\\\\\\\').replaceAll(/[$^*{}[\]'+?.()|]/g, (found) => `\\\\${found}`)

const regex = (values: readonly string[] | undefined): string => {
  if (values === undefined || values.length === 0) return ALL
  const escaped = values.map(escapeValue)
  return escaped.length === 1 ? (escaped[0] as string) : `(${escaped.join('|')})`
}

/** The query as Prometheus gets it. */
export const fill = (expr: string, choice: Choice): string => {
  const range = Math.round(choice.to - choice.from)
  const step = stepOf(choice)
  const rate = Math.max(step + MIN_STEP, 4 * MIN_STEP)
  const filled: Record<string, string> = {
    __interval_ms: String(step * 1000),
    __interval: `${step}s`,
    __range_ms: String(range * 1000),
    __range_s: String(range),
    __range: `${range}s`,
    __rate_interval_ms: String(rate * 1000),
    __rate_interval: goDuration(rate),
    environment: regex(choice.values?.environment),
    job: regex(choice.values?.job),
    operation: regex(choice.values?.operation),
  }
  // Not `$1`, a group of label_replace.
  return expr.replaceAll(
    /\$(?:\{(\w+)\}|([a-z_]\w*))/g,
    (whole, braced: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare ?? ''
      const value = filled[name]
      if (value === undefined) throw new Error(`unknown variable ${whole} in ${expr}`)
      return value
    },
  )
}
