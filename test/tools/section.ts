/** Pages of which each part is written by another command: everything between two marks is replaced. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Puts `text` where the part of this name stands in the page, or at its end. */
export function writeSection(page: string, name: string, text: string): void {
  const start = `<!-- ${name}: written by \`npm run ${name}\` -->`
  const end = `<!-- end of ${name} -->`
  const old = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const part = `${start}\n${text.trim()}\n${end}\n`
  const from = old.indexOf(start)
  const to = old.indexOf(end)
  const next =
    from < 0 || to < 0
      ? `${old}${old ? '\n' : ''}${part}`
      : old.slice(0, from) + part.trimEnd() + old.slice(to + end.length)
  writeFileSync(page, next)
}
