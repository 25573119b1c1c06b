/** Broken copies of the rules, each with one thing wrong. */

import { parser } from '@prometheus-io/lezer-promql'
import { ALERT_NAMES, type AlertName } from '../../alerts/model.ts'
import { buildRules, type Rules } from '../../alerts/rules.ts'
import { NUMBERS, THRESHOLDS } from '../../alerts/thresholds.ts'

/** A broken copy and the alerts it is broken for; none of them when a recording rule is. */
export interface Mutant {
  name: string
  rules: Rules
  alerts: readonly AlertName[]
}

/** Two wrong values: clearly more and clearly less. A minute more or less where there are few. */
const wrong = (value: number, unit: string): number[] =>
  unit === 'minutes' && value <= 3 ? [value - 1, value + 1] : [value / 1.5, value * 1.5]

const same = (a: Rules['alerts'][number], b: Rules['alerts'][number]): boolean =>
  a.expr === b.expr && a.forMinutes === b.forMinutes && a.keepFiringForMinutes === b.keepFiringForMinutes

const numberMutants = (): Mutant[] => {
  const right = buildRules()
  return Object.entries(THRESHOLDS).flatMap(([name, { value, unit }]) =>
    wrong(value, unit).map((other) => {
      const rules = buildRules({ numbers: { ...NUMBERS, [name]: other } })
      const alerts = rules.alerts.filter((rule, i) => !same(rule, right.alerts[i] as (typeof right.alerts)[number]))
      return { name: `${name} = ${other}`, rules, alerts: [...new Set(alerts.map(({ alert }) => alert))] }
    }),
  )
}

/** The expression without the right side of each `and`, `unless` and `or` in turn, and without the left side of each `or`. */
export const withoutOneSide = (expr: string): { what: string; expr: string }[] => {
  const found: { what: string; expr: string }[] = []
  const keep = (from: number, to: number, side: { from: number; to: number }) =>
    expr.slice(0, from) + expr.slice(side.from, side.to) + expr.slice(to)
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      if (node.name !== 'BinaryExpr') return
      const operator = ['And', 'Unless', 'Or'].find((name) => node.getChild(name))
      const [left, right] = [node.firstChild, node.lastChild]
      if (!operator || !left || !right) return
      const text = (side: { from: number; to: number }) =>
        expr
          .slice(side.from, side.to)
          .replace(/\s+/g, ' ')
          .replace(/^(.{50}).*(.{50})$/, '$1 … $2')
      found.push({ what: `no ${operator.toLowerCase()} ${text(right)}`, expr: keep(node.from, node.to, left) })
      if (operator === 'Or')
        found.push({ what: `nothing before or: ${text(left)}`, expr: keep(node.from, node.to, right) })
    },
  })
  return found
}

const alertMutants = (): Mutant[] => {
  const right = buildRules()
  return right.alerts.flatMap((rule, i) =>
    withoutOneSide(rule.expr).map(({ what, expr }) => ({
      name: `${rule.alert}: ${what}`,
      rules: { ...right, alerts: right.alerts.with(i, { ...rule, expr }) },
      alerts: [rule.alert],
    })),
  )
}

const recordMutants = (): Mutant[] => {
  const right = buildRules()
  return right.records.flatMap((rule, i) => {
    // What stands for several windows of the quota is made alike for each: the first is broken for all.
    const windows = rule.expr.indexOf('\nor\n')
    const first = windows === -1 ? rule.expr.length : windows
    const rest = rule.expr.slice(first)
    return withoutOneSide(rule.expr.slice(0, first)).map(({ what, expr }) => ({
      name: `${rule.record}: ${what}`,
      rules: { ...right, records: right.records.with(i, { ...rule, expr: expr + rest }) },
      alerts: [],
    }))
  })
}

const missingAlerts = (): Mutant[] => {
  const right = buildRules()
  return ALERT_NAMES.map((name) => ({
    name: `no ${name}`,
    // Never true, since a group without rules is no group.
    rules: {
      ...right,
      alerts: right.alerts.map((rule) => (rule.alert === name ? { ...rule, expr: 'vector(0) > 1' } : rule)),
    },
    alerts: [name],
  }))
}

/** All mutants. */
export const mutants = (): Mutant[] => [...numberMutants(), ...alertMutants(), ...recordMutants(), ...missingAlerts()]
