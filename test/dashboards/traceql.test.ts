/** The dashboard's queries of traces, and its links to them. */
import { describe, expect, it } from 'vitest'
import { variable } from '../../dashboards/links.ts'
import { PANELS } from '../../dashboards/palette.ts'
import { HEALTHY_FAILURES } from '../../dashboards/promql.ts'
import * as names from '../../src/names.ts'
import { dashboard, linksOf, panels } from './model.ts'
import { attributes, mistakes } from './syntax.ts'

describe('TraceQL', () => {
  const known = new Set<string>(
    Object.entries(names)
      .filter(([key]) => key.startsWith('ATTR_'))
      .map(([, value]) => value),
  )
  // The spelling of instrumentations from before the stable HTTP conventions.
  known.add('http.status_code')
  const spanQueries = panels.flatMap(({ title, targets = [] }) =>
    targets.flatMap(({ query }) => (query === undefined ? [] : [[title, query] as const])),
  )
  const links = panels.flatMap((panel) =>
    linksOf(panel)
      .filter(({ url }) => url.startsWith('/explore'))
      .map(({ url }) => [`${panel.title} →`, url] as const),
  )

  const fillSpanQuery = (query: string) =>
    query
      .replaceAll(/\$\{(environment|operation):pipe\}/g, '.*')
      .replaceAll(variable('__value.numeric'), '0.25')
      .replaceAll(/\$\{__(field\.labels|data\.fields)\.\w+\}/g, 'POST /users/{userId}/x')

  it.each(spanQueries)('of %s is valid and asks for our attributes', (_title, query) => {
    // The parser is older than hints.
    const ready = fillSpanQuery(query).replace(/ with \(most_recent=true\)$/, '')
    expect(ready).not.toContain('$')
    expect(mistakes('traceql', ready)).toEqual([])
    expect(attributes(ready).filter((name) => !known.has(name))).toEqual([])
  })

  it.each([
    ...links,
    ...dashboard.links.filter(({ url }) => url.startsWith('/explore')).map(({ title, url }) => [title, url] as const),
  ])('behind %s is what Explore reads', (title, url) => {
    const [, panes = ''] = url.split('&panes=')
    // Grafana fills in first, then the browser reads the address.
    const pane = JSON.parse(decodeURIComponent(fillSpanQuery(panes))) as {
      a: { datasource: string; queries: { query: string; queryType: string }[]; range: unknown }
    }
    expect(pane.a.datasource).toBe(variable('tempo'))
    const now = [PANELS.callRate, PANELS.errorRatio, PANELS.p95].some((panel) => title === `${panel.title} →`)
    // A link shows what the number counted: the range, or the ten minutes of a number that is about now.
    expect(pane.a.range).toEqual(
      now ? { from: 'now-10m', to: 'now' } : { from: variable('__from'), to: variable('__to') },
    )
    const [query] = pane.a.queries
    expect(query?.queryType).toBe('traceql')
    expect(mistakes('traceql', query?.query ?? '')).toEqual([])
    expect(attributes(query?.query ?? '').filter((name) => !known.has(name))).toEqual([])
  })

  it('is reachable from every number and table of errors, and from no stacked bar: what is hit there is a sliver', () => {
    const drilled = [
      PANELS.errorRatio,
      PANELS.rateLimited,
      PANELS.serverErrors,
      PANELS.unsettledWrites,
      PANELS.quotaUsers,
      PANELS.failedCalls,
      PANELS.unsettledByOperation,
      PANELS.latency,
      PANELS.operations,
    ]
    for (const { id, title } of drilled) {
      const panel = panels.find((one) => one.id === id)
      expect(panel && linksOf(panel).some(({ url }) => url.startsWith('/explore')), title).toBe(true)
    }
    for (const panel of panels) {
      const { stacking } = (panel.fieldConfig?.defaults.custom ?? {}) as { stacking?: { mode: string } }
      if (stacking?.mode === 'normal') expect(linksOf(panel), panel.title).toEqual([])
    }
  })

  it('opens what the number counted: the same categories of the same environment', () => {
    const counted = [
      [PANELS.errorRatio, `category !~ "${HEALTHY_FAILURES.join('|')}"`],
      [PANELS.rateLimited, 'category = "rate_limit"'],
      [PANELS.serverErrors, 'status_code >= 500'],
      [PANELS.unsettledWrites, 'outcome = "unknown"'],
    ] as const
    for (const [{ id, title }, condition] of counted) {
      const panel = panels.find((one) => one.id === id)
      const [query = ''] = (panel ? linksOf(panel) : []).map(({ url }) =>
        decodeURIComponent(url).replaceAll('\\"', '"'),
      )
      expect(query, title).toContain(condition)
      expect(query, title).toContain(`environment = "${variable('__field.labels.mangopay_environment')}"`)
    }
  })

  it('lists newest first, the start or the duration in front, and says how to open a trace', () => {
    for (const [{ id }, ...first] of [
      [PANELS.failingCalls, 'Start', 'Category', 'Operation'],
      [PANELS.slowCalls, 'Duration', 'Operation', 'Start'],
    ] as const) {
      const panel = panels.find((one) => one.id === id)
      expect(panel?.targets?.[0]?.query).toContain('with (most_recent=true)')
      expect(panel?.description).toContain('Span ID')
      const { indexByName = {}, renameByName = {} } = (panel?.transformations?.[0]?.options ?? {}) as Record<
        string,
        Record<string, unknown>
      >
      const order = Object.keys(indexByName).sort((a, b) => Number(indexByName[a]) - Number(indexByName[b]))
      expect(order.slice(0, 3).map((name) => renameByName[name])).toEqual(first)
    }
  })

  it('keeps the environment of the row that was clicked, and writes no number into a title', () => {
    for (const panel of panels) {
      const columns = Object.values(
        panel.transformations?.find(({ id }) => id === 'organize')?.options['renameByName'] ?? {},
      )
      for (const { title, url } of linksOf(panel)) {
        expect(title, panel.title).not.toMatch(/\$/)
        if (columns.includes('Environment')) expect(url, panel.title).toContain('__data.fields.Environment')
      }
    }
  })

  it('gets only labels that the clicked series has', () => {
    for (const panel of panels) {
      const exprs = (panel.targets ?? []).map(({ expr = '' }) => expr).join('\n')
      for (const { url } of linksOf(panel)) {
        for (const [, label = ''] of url.matchAll(/__field\.labels\.(\w+)/g)) {
          expect(exprs, `${panel.title} links to a label it aggregates away`).toMatch(
            new RegExp(`sum by \\([^)]*\\b${label}\\b`),
          )
        }
        for (const [, column = ''] of url.matchAll(/__data\.fields\.(\w+)/g)) {
          const renamed = panel.transformations?.find(({ id }) => id === 'organize')?.options['renameByName'] ?? {}
          expect(Object.values(renamed), `${panel.title} links to a column it does not have`).toContain(column)
        }
      }
    }
  })
})
