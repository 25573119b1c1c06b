import {
  CATEGORY_COLOURS,
  LEVEL_COLOURS,
  NO_RESPONSE,
  PERCENTILE_COLOURS,
  STATUS_COLOURS,
  STATUS_SHADES,
  WINDOW_COLOURS,
} from '../../../../dashboards/palette.ts'
import type { Counts, Limits, QuotaLine, Sample } from '../wire.ts'
import { Chart } from './chart.ts'
import { compact, percent, rate, seconds, span } from './format.ts'
import type { Line } from './plot.ts'

/** Seconds that the quota is forecast for. */
const AHEAD = 60

const linesOf = (colours: Readonly<Record<string, string>>): readonly Line[] =>
  Object.entries(colours).map(([name, colour]) => ({ name, colour }))

/** Whatever of these names the history has, in the given order. */
const seen = (history: readonly Sample[], counts: (sample: Sample) => Counts): ReadonlySet<string> =>
  new Set(history.flatMap((sample) => Object.keys(counts(sample))))

const categories = linesOf(CATEGORY_COLOURS)

/** A code has its own shade, or that of its class; what the edge makes up beyond the known 5xx is pale red. */
const statusColour = (status: string): string => {
  if (status === NO_RESPONSE) return STATUS_COLOURS[NO_RESPONSE]
  if (status === '429') return STATUS_COLOURS['429']
  const shade = STATUS_SHADES[status]
  if (shade !== undefined) return shade
  if (status.startsWith('5')) return STATUS_SHADES['503'] ?? STATUS_COLOURS['5xx']
  if (status.startsWith('4')) return STATUS_COLOURS['4xx']
  return status.startsWith('3') ? STATUS_COLOURS['3xx'] : STATUS_COLOURS['2xx']
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

/** The four charts. */
export const makeCharts = (limits: Limits, chooseCategory: (category: string) => void): readonly Chart[] => [
  new Chart({
    id: 'quota',
    note: 'share of the limit, dashed ahead: forecast',
    stacked: false,
    lines: (history) =>
      linesOf(WINDOW_COLOURS).filter(({ name }) => history.at(-1)?.quota.some(({ window }) => window === name)),
    value: (sample, line) => {
      const quota = windowOf(sample, line)
      return quota && share(quota)
    },
    remark: (sample, line) => {
      const quota = windowOf(sample, line)
      if (quota?.secondsToEmpty === undefined) return undefined
      return quota.secondsToEmpty > 0 ? `empty in ${span(quota.secondsToEmpty)}` : 'empty'
    },
    format: percent,
    axis: percent,
    top: 1.04,
    guides: [
      { value: limits.headroomUsed, colour: LEVEL_COLOURS.warn },
      { value: 1, colour: LEVEL_COLOURS.bad },
    ],
    ahead: {
      seconds: AHEAD,
      value: forecast,
      turns: ({ quota }) =>
        quota.flatMap(({ secondsToEmpty }) => (secondsToEmpty === undefined ? [] : [secondsToEmpty])),
    },
  }),
  new Chart({
    id: 'categories',
    note: 'failed calls per minute',
    stacked: true,
    lines: (history) => {
      const names = seen(history, (sample) => sample.categories)
      return categories.filter(({ name }) => names.has(name))
    },
    value: (sample, { name }) => sample.categories[name] ?? 0,
    format: rate,
    axis: compact,
    top: 5,
    guides: [],
    onChoose: ({ name }) => chooseCategory(name),
  }),
  new Chart({
    id: 'statuses',
    note: 'failed calls per minute',
    stacked: true,
    lines: (history) =>
      [...seen(history, (sample) => sample.statuses)].sort().map((name) => ({ name, colour: statusColour(name) })),
    value: (sample, { name }) => sample.statuses[name] ?? 0,
    format: rate,
    axis: compact,
    top: 5,
    guides: [],
  }),
  new Chart({
    id: 'latency',
    note: 'of 15 s',
    stacked: false,
    lines: () => linesOf(PERCENTILE_COLOURS),
    value: ({ latency }, { name }) => latency?.[name as keyof typeof PERCENTILE_COLOURS],
    format: seconds,
    axis: seconds,
    top: 0.1,
    guides: [{ value: limits.latencySeconds, colour: LEVEL_COLOURS.warn }],
  }),
]
