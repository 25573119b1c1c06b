import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { LABEL, SERIES, toPrometheus } from '../../alerts/spelling.ts'
import { PANELS, ROWS } from '../../dashboards/palette.ts'
import * as names from '../../src/names.ts'
import { shipped } from './model.ts'

const text = readFileSync(fileURLToPath(new URL('../../docs/dashboards.md', import.meta.url)), 'utf8')
/** Cells of a table, by the first words of its header. */
const table = (header: string): string[][] => {
  const lines = text.slice(text.indexOf(`| ${header}`)).split('\n\n')[0] ?? ''
  return lines
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
}
const constants = (prefix: string): string[] =>
  Object.entries(names)
    .filter(([key]) => key.startsWith(prefix))
    .map(([, value]) => value)

describe('docs/dashboards.md', () => {
  it('spells every metric as Prometheus does, both ways', () => {
    const special: Record<string, [string, string]> = {
      [names.METRIC_MANGOPAY_CLIENT_REQUESTS]: [SERIES.requests, SERIES.requests],
      [names.METRIC_MANGOPAY_CLIENT_RESULTS]: [SERIES.results, SERIES.results],
      [names.METRIC_MANGOPAY_CLIENT_RESULT_FAILURES]: [SERIES.resultFailures, SERIES.resultFailures],
      [names.METRIC_MANGOPAY_WEBHOOK_NOTIFICATIONS]: [SERIES.notifications, SERIES.notifications],
      [names.METRIC_MANGOPAY_CLIENT_REQUEST_DURATION]: [SERIES.durationBucketOtlp, SERIES.durationBucketPull],
    }
    const expected = constants('METRIC_').map((name) => [
      name,
      ...(special[name] ?? [toPrometheus(name), toPrometheus(name)]),
    ])
    expect(table('OpenTelemetry | Prometheus, over OTLP').sort()).toEqual(expected.sort())
  })

  it('spells every label', () => {
    const rows = table('OpenTelemetry | Prometheus |')
    for (const [attribute = '', label] of rows) {
      expect(constants('ATTR_')).toContain(attribute)
      expect(label).toBe(toPrometheus(attribute))
    }
    const { job: _job, instance: _instance, ...own } = LABEL
    expect(rows.map(([, label]) => label).sort()).toEqual(
      [...Object.values(own), toPrometheus(names.ATTR_MANGOPAY_ERROR_RATIO_KIND)].sort(),
    )
  })

  it('names every row with all of its panels, in order', () => {
    const dashboard = shipped()
    const found = table('row | panels').map(([row, panels]) => [row, panels])
    const base = (title: string) => title.replace(/ \([^)]*\)$/, '')
    const rows: [string, string[]][] = [['top strip', []]]
    for (const panel of dashboard.panels) {
      if (panel.type === 'row') rows.push([panel.title, (panel.panels ?? []).map(({ title }) => title)])
      else rows.at(-1)?.[1].push(base(panel.title))
    }
    expect(found).toEqual(rows.map(([row, panels]) => [row, panels.join(', ')]))
    expect(rows.slice(1).map(([row]) => row)).toEqual(Object.values(ROWS).map(({ title }) => title))
    expect(rows.flatMap(([, panels]) => panels).length).toBe(Object.keys(PANELS).length)
  })

  it('quotes panels by the names they have', () => {
    const titles = new Set<string>([...Object.values(PANELS), ...Object.values(ROWS)].map(({ title }) => title))
    // Quoted words that begin with a capital and are no panels are texts of Grafana or of the dashboard.
    const others: string[] = [
      ...shipped().annotations.list.map(({ name }) => name),
      'No data',
      'No quota reading',
      'No call in this range',
      'Reading age',
      'Calls left',
      'Failed',
    ]
    for (const [, quoted = ''] of text.matchAll(/"([A-Z][^"\n]*)"/g)) {
      if (quoted.startsWith('grafana_') || others.includes(quoted)) continue
      expect([...titles], quoted).toContain(quoted)
    }
  })

  it('mentions no name of ours that does not exist', () => {
    const known = [...constants('METRIC_'), ...constants('ATTR_')]
    for (const [name] of text.matchAll(/\bmangopay\.[a-z_]+(?:\.[a-z_]+)*/g)) {
      if (name === 'mangopay.sampler') continue
      expect(known, name).toContain(name)
    }
    for (const [name] of text.matchAll(/\bmangopay_[a-z_]+\b/g)) {
      const spelled: string[] = [...known.map(toPrometheus), ...Object.values(SERIES)]
      expect(spelled, name).toContain(name)
    }
  })

  it('has a provider that Grafana reads', () => {
    const [, yaml = ''] = /```yaml\n([^`]*)```/.exec(text) ?? []
    expect(parse(yaml)).toMatchObject({ apiVersion: 1, providers: [{ type: 'file' }] })
  })
})
