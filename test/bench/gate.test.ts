/** What makes the short benchmark fail, on figures that are made up. */
import { expect, it } from 'vitest'
import { beyondBounds } from './gate.ts'
import { type Goal, goals, type Measured } from './goals.ts'

const measured = (): Measured => ({ results: {}, processes: {}, snapshot: [], size: undefined, hotspots: {} })

/** A goal whose figure is the next of these each time it is measured. */
function goalOf(variant: string, figures: number[]): Goal & { measure(): void } {
  let figure = figures.shift() ?? Number.NaN
  return {
    what: `cost of ${variant}`,
    limit: '≤ 1.4 x',
    variant,
    bound: 2,
    unit: 'x',
    value: () => figure,
    met: () => figure <= 1.4,
    figure: () => `${figure} x`,
    measure: () => {
      figure = figures.shift() ?? Number.NaN
    },
  }
}

it.each([
  ['within its bound', [1.9], 0, []],
  ['beyond it once', [2.1, 1.9], 1, []],
  ['beyond it twice', [2.1, 3], 1, ['cost of a: 3.00 x, twice beyond the bound of 2 x (goal ≤ 1.4 x)']],
  ['never measured', [], 1, ['cost of a: NaN x, twice beyond the bound of 2 x (goal ≤ 1.4 x)']],
])('%s', async (_, figures, attempts, lines) => {
  const goal = goalOf('a', figures)
  const again: string[] = []
  const take = async (variant: string) => {
    again.push(variant)
    goal.measure()
  }
  expect(await beyondBounds(measured(), take, [goal, goalOf('b', [1])])).toEqual(lines)
  expect(again).toEqual(Array(attempts).fill('a'))
})

it('every goal has a bound, and nothing measured is beyond all', async () => {
  const lines = await beyondBounds(measured(), async () => {})
  expect(lines).toHaveLength(goals.length)
})
