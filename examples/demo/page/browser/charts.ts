import {
  BODY_CUT,
  CATEGORY_COLOURS,
  CUT,
  NO_RESPONSE,
  OTHER_5XX,
  PERCENTILE_COLOURS,
  STATUS_COLOURS,
  STATUS_SHADES,
  WINDOW_COLOURS,
} from '../../../../dashboards/palette.ts'
import type { Counts, Hello, QuotaLine, Sample } from '../wire.ts'
import { Chart, type ChartSpec, type Line } from './chart.ts'
import { count, percent, seconds, span } from './format.ts'

/** Seconds that the quota is forecast for. */
const AHEAD = 60

/** Seconds of a bar. */
const BAR = 5

const linesOf = (colours: Readonly<Record<string, string>>): readonly Line[] =>
  Object.entries(colours).map(([name, colour]) => ({ name, colour }))

const categories = linesOf(CATEGORY_COLOURS)

/** A code has its own shade, or that of its class. */
const statusColour = (status: string): string => {
  if (status === NO_RESPONSE) return STATUS_COLOURS[NO_RESPONSE]
  if (status === '429') return STATUS_COLOURS['429']
  if (status.endsWith(BODY_CUT)) return CUT
  if (status.startsWith('3')) return STATUS_COLOURS['3xx']
  return STATUS_SHADES[status] ?? (status.startsWith('5') ? OTHER_5XX : STATUS_COLOURS['4xx'])
}

const windowOf = ({ quota }: Sample, { name }: Line): QuotaLine | undefined =>
  quota.find(({ window }) => window === name)

const share = ({ used, limit }: QuotaLine): number => (limit > 0 ? used / limit : 0)

/** Straight from what is used now to all of it, at the moment the library forecasts. */
const forecast = (sample: Sample, line: Line, ahead: number): number | undefined => {
  const quota = windowOf(sample, line)
  if (quota?.secondsToEmpty === undefined) return undefined
  const used = share(quota)
  return quota.secondsToEmpty <= ahead ? Math.max(1, used) : used + ((1 - used) * ahead) / quota.secondsToEmpty
}

const added = (all: readonly Counts[]): Counts => {
  const sum: Record<string, number> = {}
  for (const counts of all) for (const [name, more] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + more
  return sum
}

/** Failed calls in bars, by category or by status. */
const failures = (by: 'categories' | 'statuses', rest: Pick<ChartSpec, 'id' | 'lines' | 'onChoose'>): ChartSpec => ({
  note: `HTTP failures in ${BAR} s (hatched: so far); legend: all`,
  value: (sample, { name }) => sample[by][name] ?? 0,
  format: count,
  axis: count,
  top: 5,
  bars: {
    seconds: BAR,
    join: (samples, time) => ({
      time,
      categories: added(samples.map((sample) => sample.categories)),
      statuses: added(samples.map((sample) => sample.statuses)),
      quota: [],
    }),
    total: ({ totals }, { name }) => totals[by][name] ?? 0,
  },
  ...rest,
})

/** The four charts. */
export const makeCharts = (limits: Hello['limits'], chooseCategory: (category: string) => void): readonly Chart[] =>
  [
    {
      id: 'quota',
      note: 'share of the limit',
      lines: ({ history }) =>
        linesOf(WINDOW_COLOURS).filter(({ name }) => history.at(-1)?.quota.some(({ window }) => window === name)),
      value: (sample, line) => {
        const quota = windowOf(sample, line)
        return quota && share(quota)
      },
      remark: (sample, line) => {
        const quota = windowOf(sample, line)
        if (quota?.secondsToEmpty === undefined) return undefined
        return quota.secondsToEmpty > 0 ? `used up in ${span(quota.secondsToEmpty)}` : 'used up'
      },
      format: percent,
      axis: percent,
      top: 1.18,
      guides: [
        { value: limits.headroomUsed, name: `alert at ${percent(limits.headroomUsed)}`, below: true },
        { value: 1, isLimit: true, name: 'limit: then every call is a 429' },
      ],
      ahead: {
        seconds: AHEAD,
        value: forecast,
        turns: ({ quota }) =>
          quota.flatMap(({ secondsToEmpty }) => (secondsToEmpty === undefined ? [] : [secondsToEmpty])),
      },
    } satisfies ChartSpec,
    failures('categories', {
      id: 'categories',
      lines: ({ totals }) => categories.filter(({ name }) => totals.categories[name]),
      onChoose: ({ name }) => chooseCategory(name),
    }),
    failures('statuses', {
      id: 'statuses',
      lines: ({ totals }) =>
        Object.keys(totals.statuses)
          .filter((name) => totals.statuses[name])
          .sort()
          .map((name) => ({ name, colour: statusColour(name) })),
    }),
    {
      id: 'latency',
      note: `of ${limits.latelySeconds} s, from buckets`,
      lines: () => linesOf(PERCENTILE_COLOURS),
      value: ({ latency }, { name }) => latency?.[name as keyof typeof PERCENTILE_COLOURS],
      format: seconds,
      axis: seconds,
      top: limits.latencySeconds * 1.3,
      guides: [
        { value: limits.latencySeconds, name: `alert when p95 is above ${limits.latencySeconds} s` },
        { value: limits.clientSeconds, name: `the app gives up after ${limits.clientSeconds} s` },
      ],
    } satisfies ChartSpec,
  ].map((spec: ChartSpec) => new Chart(spec))
