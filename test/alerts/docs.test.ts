/** The docs name alerts, metrics and anchors that exist, all of them. */

import { readFileSync } from 'node:fs'
import { parser } from '@prometheus-io/lezer-promql'
import { expect, test } from 'vitest'
import { ALERT_NAMES } from '../../alerts/model.ts'
import { anchorOf } from '../../alerts/prometheus.ts'
import { RECORDS } from '../../alerts/records.ts'
import { buildRules } from '../../alerts/rules.ts'
import { LABEL, SERIES } from '../../alerts/spelling.ts'

const read = (path: string): string => readFileSync(path, 'utf8')
const runbook = read('docs/runbook.md')
const docs = ['docs/runbook.md', 'docs/alerts.md', 'docs/alerts-simulated.md']

test('the runbook has a section with an anchor for every alert, and for nothing else', () => {
  const anchors = [...runbook.matchAll(/<a id="([^"]+)"><\/a>\n## (\w+)/g)].map(([, id, title]) => `${id} ${title}`)
  expect(anchors.sort()).toEqual(ALERT_NAMES.map((name) => `${anchorOf(name)} ${name}`).sort())
})

test('every section says what it means, confirms in two queries, and says what to do and what not', () => {
  for (const section of runbook.split('<a id=').slice(1)) {
    for (const part of ['**What it means.**', '**Confirm in two queries.**', '**Do.**', '**Do not.**'])
      expect(section, section.slice(0, 40)).toContain(part)
    expect(section.match(/```promql\n/g), section.slice(0, 40)).toHaveLength(2)
  }
})

test('every query of the runbook is PromQL over metrics and labels that exist', () => {
  const known = new Set<string>([
    ...Object.values(RECORDS),
    ...Object.values(SERIES),
    ...Object.values(LABEL),
    'le',
    '__name__',
  ])
  for (const [, query = ''] of runbook.matchAll(/```promql\n([^`]+)```/g)) {
    const used: string[] = []
    parser.parse(query).iterate({
      enter: ({ type, from, to }) => {
        expect(type.isError, query).toBe(false)
        if (type.name === 'Identifier' || type.name === 'LabelName') used.push(query.slice(from, to))
      },
    })
    expect(
      used.filter((name) => !known.has(name)),
      query,
    ).toEqual([])
  }
})

test.each(docs)('%s names only alerts and anchors that exist', (path) => {
  const text = read(path)
  const names = new Set<string>(ALERT_NAMES)
  expect((text.match(/\bMangopay(?:[A-Z][a-z]+){2,}\b/g) ?? []).filter((name) => !names.has(name))).toEqual([])
  for (const [, file = '', anchor = ''] of text.matchAll(/\]\(([\w./-]*)#([\w-]+)\)/g))
    expect(read(file === '' ? path : `docs/${file}`), `${file}#${anchor}`).toContain(`<a id="${anchor}"></a>`)
  for (const [, file = ''] of text.matchAll(/\]\((?!https?:)([\w./-]+)(?:#[\w-]+)?\)/g)) read(`docs/${file}`)
})

test('docs/alerts.md lists every alert with its severities', () => {
  const text = read('docs/alerts.md')
  for (const { alert, urgency } of buildRules().alerts) {
    const row = text.split('\n').find((line) => line.startsWith(`| [${alert}](runbook.md#${anchorOf(alert)})`))
    expect(row, alert).toContain(urgency === 'page' ? 'critical' : 'warning')
  }
})
