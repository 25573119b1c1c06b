import type { OperationLine } from '../wire.ts'
import { byId, cell, el, setText } from './dom.ts'
import { count, percent, seconds } from './format.ts'

const texts = ({ operation, calls, failures, status429, status500, p95 }: OperationLine): string[] => [
  operation,
  count(calls),
  failures > 0 ? `${count(failures)} (${percent(failures / calls)})` : '0',
  count(status429),
  count(status500),
  p95 === undefined ? '–' : seconds(p95),
]

/** Shows the operations, most called first. */
export const showOperations = (lines: readonly OperationLine[]): void => {
  const body = byId('operation-rows')
  while (body.children.length > lines.length) body.lastElementChild?.remove()
  for (const [i, line] of lines.entries()) {
    const row = body.children[i] ?? body.appendChild(el('tr'))
    for (const [j, text] of texts(line).entries()) {
      const at = row.children[j] ?? row.appendChild(cell('', j === 0 ? 'operation' : 'number'))
      setText(at, text)
    }
  }
}
