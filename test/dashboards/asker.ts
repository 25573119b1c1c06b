/** Asks a real Prometheus what the dashboard asks it, and knows what a number may be. */
import { expect } from 'vitest'
import { LABEL } from '../../alerts/spelling.ts'
import { query, queryRange, type Range, type Sample } from '../stack/promql.ts'
import { type Choice, fill, stepOf } from './fill.ts'
import { promqlOf, shipped } from './model.ts'
import { END, START } from './traffic.ts'

/** The shipped file. */
export const dashboard = shipped()
/** The last three hours of the traffic. */
export const HOURS_3: Choice = { from: END - 3 * 3600, to: END }
/** A minute of the traffic, in seconds. */
export const minute = (at: number): number => START + at * 60
/** By environment. */
export const ENV = [LABEL.environment]

type PanelRef = { id: number; title: string }
type Numbers = Promise<Record<string, number>>

/** What the panels show of one Prometheus. */
export interface Asker {
  /** What an instant query shows, by the values of some labels. */
  now(panel: PanelRef, refId: string, by: readonly string[], choice?: Choice): Numbers
  /** What a chart shows at a minute. */
  at(panel: PanelRef, refId: string, by: readonly string[], when: number, choice?: Choice): Numbers
  /** All that a chart shows. */
  chart(panel: PanelRef, refId: string, choice?: Choice): Promise<Range[]>
}

/** Asks the Prometheus that runs there by then. */
export const askerOf = (url: () => string): Asker => {
  const now: Asker['now'] = async (panel, refId, by, choice = HOURS_3) =>
    keyed(await query(url(), fill(target(panel, refId).expr, choice), choice.to), by)
  const at: Asker['at'] = async (panel, refId, by, when, choice = HOURS_3) => {
    const found = await chart(panel, refId, choice)
    return keyed(
      found.flatMap(({ labels, values }) =>
        values.filter(({ time }) => time === minute(when)).map(({ value }) => ({ labels, value })),
      ),
      by,
    )
  }
  const chart: Asker['chart'] = (panel, refId, choice = HOURS_3) =>
    queryRange(url(), fill(target(panel, refId).expr, choice), choice.from, choice.to, stepOf(choice))
  return { now, at, chart }
}

const target = (panel: PanelRef, refId: string) => {
  const found = promqlOf(dashboard).find(({ panel: { id }, target: one }) => id === panel.id && one.refId === refId)
  if (found === undefined) throw new Error(`${panel.title} has no query ${refId}`)
  return found
}

const keyed = (samples: readonly Sample[], by: readonly string[]): Record<string, number> =>
  Object.fromEntries(samples.map(({ labels, value }) => [by.map((label) => labels[label] ?? '').join(' '), value]))

const within = (expected: number) => ({ least: expected * 0.97 - 0.1, most: expected * 1.03 + 0.1 })
/** `increase` extrapolates to the edges of its window: 3 % and a tenth of a call. */
export const about = (actual: number | undefined, expected: number): void => {
  expect(actual).toBeGreaterThanOrEqual(within(expected).least)
  expect(actual).toBeLessThanOrEqual(within(expected).most)
}
