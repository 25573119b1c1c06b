/** What the rules make of a story: which alerts fired, from when to when. */

import { testRules } from '../promtool.ts'

/** One alert with one set of labels. Minutes since the first sample. */
export interface Fired {
  alert: string
  labels: Record<string, string>
  first: number
  last: number
  /** Minutes it was firing, all episodes together. */
  minutes: number
  episodes: number
}

const FIRING = 'ALERTS{alertstate="firing"}'

/**
 * Evaluates the rules over the series, once a minute. promtool has no query command for made-up series; but a test that
 * expects nothing prints what it got.
 */
export const evaluate = async (
  promtool: string,
  rules: string,
  series: { series: string; values: string }[],
  minutes: number,
): Promise<Fired[]> => {
  const range = `[${minutes}m:1m]`
  const queries = {
    first: `min_over_time(timestamp(${FIRING})${range})`,
    last: `max_over_time(timestamp(${FIRING})${range})`,
    minutes: `count_over_time((${FIRING})${range})`,
    episodes: `sum_over_time((${FIRING} unless ${FIRING} offset 1m)${range})`,
  }
  const { output } = await testRules(promtool, {
    rules,
    groups: [
      {
        name: 'story',
        interval: '1m',
        input_series: series,
        promql_expr_test: Object.values(queries).map((expr) => ({ expr, eval_time: `${minutes}m`, exp_samples: [] })),
      },
    ],
  })
  const found = new Map<string, Fired>()
  for (const [name, expr] of Object.entries(queries)) {
    for (const [key, labels, value] of samplesOf(output, expr)) {
      const { alertname = '', alertstate: _, __name__: __, ...others } = labels
      const fired = found.get(key) ?? { alert: alertname, labels: others, first: 0, last: 0, minutes: 0, episodes: 0 }
      found.set(key, Object.assign(fired, { [name]: name === 'first' || name === 'last' ? value / 60 : value }))
    }
  }
  if (found.size === 0 && !output.includes('SUCCESS'))
    throw new Error(`promtool said something else: ${output.slice(0, 2_000)}`)
  return [...found.values()].sort((a, b) => a.first - b.first || a.alert.localeCompare(b.alert))
}

/** The samples promtool printed for an expression, each with its labels as text, as an object, and its value. */
function* samplesOf(output: string, expr: string): Generator<[string, Record<string, string>, number]> {
  const start = output.indexOf(`expr: ${JSON.stringify(expr)}`)
  if (start < 0) return
  const got = output.indexOf('got:', start)
  const line = output.slice(got, output.indexOf('\n', got))
  for (const [, text = '', value] of line.matchAll(/(\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}) (\S+?)(?:,|$)/g)) {
    const labels: Record<string, string> = {}
    for (const [, name = '', content = ''] of text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) labels[name] = content
    const { __name__: _, ...rest } = labels
    yield [JSON.stringify(rest), labels, Number(value)]
  }
}
