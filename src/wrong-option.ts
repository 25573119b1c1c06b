/** A value as it can be read in an error message. */
export function show(value: unknown): string {
  if (typeof value === 'number') return String(value) // JSON has no NaN
  if (value instanceof Promise) return 'a Promise (await it first)'
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}

/** The error of a wrong option, with its value. */
export const wrongOption = (option: string, value: unknown, wanted: string) =>
  new TypeError(`opentelemetry-mangopay: option ${option} must be ${wanted}, not ${show(value)}`)

/** Of the names that there are the one that was probably meant; undefined when none is like it. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  let best = names.find((name) => lower.length > 2 && name.toLowerCase().startsWith(lower))
  if (best !== undefined) return best
  let least = Math.min(3, Math.max(2, Math.floor(word.length / 4))) + 1
  for (const name of names) {
    const distance = edits(lower, name.toLowerCase())
    if (distance >= least) continue
    best = name
    least = distance
  }
  return best
}

/** How many letters have to be put in, taken out or changed to make one word of another. */
function edits(word: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [i, letter] of [...word].entries()) {
    const next = [i + 1]
    for (let j = 0; j < other.length; j++) {
      const changed = (row[j] as number) + (letter === other[j] ? 0 : 1)
      next.push(Math.min(changed, (row[j + 1] as number) + 1, (next[j] as number) + 1))
    }
    row = next
  }
  return row[other.length] as number
}
