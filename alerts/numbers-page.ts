import { readFileSync } from 'node:fs'
import { THRESHOLDS, type Threshold } from './thresholds.ts'

const HEAD = '| number | value | reason |\n| --- | --- | --- |\n'

const VALUE: Record<Threshold['unit'], (value: number) => string> = {
  share: (value) => `${Math.round(value * 1000) / 10} %`,
  count: String,
  minutes: (value) => `${value} min`,
  factor: String,
}

/** `docs/alerts.md`, whose last part is the table of all numbers; what stands above it is written by hand. */
export const renderNumbersPage = (): string => {
  const page = readFileSync('docs/alerts.md', 'utf8')
  const start = page.indexOf(HEAD)
  if (start === -1) throw new Error('docs/alerts.md has no table of numbers to write')
  const rows = Object.entries(THRESHOLDS).map(
    ([name, { value, unit, reason }]) => `| \`${name}\` | ${VALUE[unit](value)} | ${reason} |\n`,
  )
  return page.slice(0, start) + HEAD + rows.join('')
}
