/** What makes `npm run bench -- --quick` fail: a figure beyond its loose bound, and beyond it again when measured anew. */
import { type Goal, goals, type Measured } from './goals.ts'

/** Something that was not measured is beyond every bound. */
const isBeyond = (goal: Goal, measured: Measured): boolean => !(goal.value(measured) <= goal.bound)

/**
 * Measures again what is beyond its bound, once, by `again`; what is beyond it still comes back as a line for each goal.
 *
 * @param of The goals that were looked at.
 */
export async function beyondBounds(
  measured: Measured,
  again: (variant: string) => Promise<void>,
  of: readonly Goal[] = goals,
): Promise<string[]> {
  const first = of.filter((goal) => isBeyond(goal, measured))
  const variants = new Set(first.flatMap(({ variant, beside }) => [variant, beside]))
  for (const variant of variants) if (variant !== undefined) await again(variant)
  return first
    .filter((goal) => isBeyond(goal, measured))
    .map((goal) => {
      const { what, unit, bound, limit } = goal
      const figure = goal.value(measured).toFixed(unit === 'x' ? 2 : 0)
      return `${what}: ${figure} ${unit}, twice beyond the bound of ${bound} ${unit} (goal ${limit})`
    })
}
