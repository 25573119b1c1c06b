/** The table of simulated incidents in the docs, one row per incident. */

import type { Fired } from './evaluate.ts'
import type { Verdict } from './verdict.ts'

const minutesText = (minutes: number): string => {
  const rounded = Math.round(minutes * 10) / 10
  return Math.abs(rounded) >= 600 ? `${Math.round(minutes / 6) / 10} h` : `${rounded} min`
}

/** The first of each alert, shortest way to say it. */
const list = (fired: readonly Fired[], begins: number, severity: string): string => {
  const first = new Map<string, number>()
  for (const { alert, first: minute, labels } of fired) {
    if (labels['severity'] !== severity) continue
    const name = alert.replace('Mangopay', '')
    if (!first.has(name)) first.set(name, minute - begins)
  }
  return [...first].map(([name, minute]) => `${name} ${minutesText(minute)}`).join(', ') || 'none'
}

/** How many minutes after the end of the incident each page ended. */
const pagesEnd = (fired: readonly Fired[], begins: number, ends: number | undefined): string => {
  if (ends === undefined) return '–'
  const lasts = new Map<string, number>()
  for (const { alert, last, labels } of fired) {
    const name = alert.replace('Mangopay', '')
    if (labels['severity'] === 'critical') lasts.set(name, Math.max(lasts.get(name) ?? 0, last + 1 - begins - ends))
  }
  const texts = [...lasts].map(([name, minute]) => `${name} ${minute > 0 ? minutesText(minute) : 'before'}`)
  return texts.join(', ') || '–'
}

/** The row of an incident. */
export const rowOf = ({
  incident,
  fired,
  first429,
  ends,
  knowable: after,
}: Verdict): { name: string; text: string } => {
  const { name, title, knowable, begins } = incident
  const limited = first429 === undefined ? 'never' : first429 < 0 ? 'before' : minutesText(first429)
  const cells = [
    title,
    after === 0 ? knowable.why : `${minutesText(after)}: ${knowable.why}`,
    limited,
    list(fired, begins, 'critical'),
    list(fired, begins, 'warning'),
    pagesEnd(fired, begins, ends),
  ]
  return { name, text: `| <a id="${name}"></a>${cells.join(' | ')} |` }
}

/** The row of an incident in the text of the docs; `replace` gives the text with another row, appended when there is none. */
export const tableIn = (document: string, name: string): { text: string | undefined; replace(row: string): string } => {
  const lines = document.split('\n')
  const at = lines.findIndex((line) => line.startsWith(`| <a id="${name}"></a>`))
  return {
    text: lines[at],
    replace: (row) => {
      if (at >= 0) return lines.with(at, row).join('\n')
      const last = lines.findLastIndex((line) => line.startsWith('| '))
      return lines.toSpliced(last + 1, 0, row).join('\n')
    },
  }
}
