import { existsSync, readFileSync } from 'node:fs'

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? '')

/** The anchor that a heading has on the usual forges: `## MangopayFailing` is `#mangopayfailing`. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .trim()
    .replaceAll(' ', '-')

/** The runbook as text with headings that can be linked to; no more of Markdown than that, so nothing to get wrong. */
export const runbookPage = (file: string): string => {
  const markdown = existsSync(file) ? readFileSync(file, 'utf8') : '# Runbook\n\ndocs/runbook.md is not there.\n'
  let fenced = false
  const parts = markdown.split('\n').map((line) => {
    if (line.startsWith('```')) fenced = !fenced
    const heading = fenced ? null : /^(#{1,6})\s+(.*)$/.exec(line)
    if (!heading) return `${escaped(line)}\n`
    const [, marks = '', text = ''] = heading
    return `</pre><h${marks.length} id="${escaped(anchor(text))}">${escaped(text)}</h${marks.length}><pre>`
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Runbook</title><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/page.css">
<body class="runbook"><main><pre>${parts.join('')}</pre></main></body></html>\n`
}
