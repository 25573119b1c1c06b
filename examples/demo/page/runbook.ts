import { readFileSync } from 'node:fs'
import { Marked } from 'marked'

/** The anchor that a heading has on the usual forges: `## MangopayFailing` is `#mangopayfailing`. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .trim()
    .replaceAll(' ', '-')

const markdown = new Marked({
  renderer: {
    // The file's own anchors are not needed here, and no other HTML of it is wanted.
    html: () => '',
    // A section for each alert, so that the one that was asked for can be marked as a whole.
    heading({ tokens, depth, text }) {
      const heading = `<h${depth}>${this.parser.parseInline(tokens)}</h${depth}>`
      return depth === 2 ? `</section><section id="${anchor(text)}">${heading}` : heading
    },
    // Other files of the repository are not served.
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens)
      return /^(#|https:)/.test(href) ? `<a href="${encodeURI(href)}">${text}</a>` : text
    },
  },
})

/** A Markdown file as a page with its sections to link to. */
export const runbookPage = (file: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Runbook</title>
<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/page.css"></head>
<body class="runbook"><main><section>${markdown.parse(readFileSync(file, 'utf8'))}</section></main></body></html>
`
