import type { AttributeMap, ReceivedPoint, ReceivedSpan } from '../otlp-receiver.ts'
import type { Comparison } from './once-compare.ts'

/** Colours, or none when the output is no terminal or the reader asked for none. */
export const paint = (coloured: boolean) => {
  const code = (number: number) => (text: string) => (coloured ? `\u001b[${number}m${text}\u001b[0m` : text)
  return { bold: code(1), dim: code(2), red: code(31), green: code(32), yellow: code(33), cyan: code(36) }
}

/** Colours of one output. */
export type Paint = ReturnType<typeof paint>

/** A table of texts: first and last column to the left, the others to the right. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[], { dim }: Paint): string => {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) =>
        i === 0 || i === head.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
      )
      .join('   ')
      .trimEnd()
  return [dim(line(head)), ...rows.map(line)].map((text) => `  ${text}`).join('\n')
}

/** A number as a share of another, such as `3.1 %`. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? '0.0 %' : `${((100 * part) / whole).toFixed(1)} %`

/** A span as it was exported, the library's own attributes in colour. */
export const spanText = (span: ReceivedSpan, colours: Paint): string => {
  const entries = Object.entries(span.attributes).sort(([a], [b]) => a.localeCompare(b))
  const width = Math.max(...entries.map(([name]) => name.length))
  const lines = entries.map(([name, value]) => {
    const own = name.startsWith('mangopay.') || name === 'url.template'
    const text = `    ${name.padEnd(width)}  ${JSON.stringify(value)}`
    return own ? colours.cyan(text) : colours.dim(text)
  })
  const head = `  ${colours.bold(span.name)}  ${span.milliseconds.toFixed(0)} ms  status ${span.status}`
  return [head, ...lines].join('\n')
}

/** One row per operation: calls on both sides, successes, and the failures by category. */
export const operationRows = (
  operations: readonly Comparison[],
  points: readonly ReceivedPoint[],
  shapeOf: (operation: string) => string,
): string[][] =>
  operations.map(({ what, library, server }) => {
    const own = points.filter(({ attributes }) => shapeOf(String(attributes['mangopay.operation'])) === what)
    const name = String(own[0]?.attributes['mangopay.operation'] ?? what)
    const failures = own.filter(({ attributes, value }) => value > 0 && categoryOf(attributes) !== undefined)
    const byCategory = new Map<string, number>()
    for (const { attributes, value } of failures) {
      const category = categoryOf(attributes) ?? ''
      byCategory.set(category, (byCategory.get(category) ?? 0) + value)
    }
    const text = [...byCategory].sort(([, a], [, b]) => b - a).map(([category, count]) => `${category} ${count}`)
    return [name, `${library}`, `${server}`, text.join(', ')]
  })

const categoryOf = (attributes: AttributeMap): string | undefined => {
  const category = attributes['mangopay.error.category']
  return typeof category === 'string' ? category : undefined
}

/** A bar of a given width, filled to this share. */
export const bar = (share: number, width: number): string => {
  const full = Math.round(Math.min(1, share) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}
