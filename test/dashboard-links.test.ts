import { describe, expect, it } from 'vitest'
import { LABEL } from '../alerts/spelling.ts'
import { variable } from '../dashboards/links.ts'
import { CATEGORY_COLOURS, PANELS, STATUS_COLOURS } from '../dashboards/palette.ts'
import * as names from '../src/names.ts'
import { fill } from './dashboard/fill.ts'
import { linksOf, type Panel, panelsOf, shipped } from './dashboard/model.ts'
import { attributes, mistakes } from './dashboard/syntax.ts'

const dashboard = shipped()
const panels = panelsOf(dashboard)
const text = JSON.stringify(dashboard)
const CHOICE = { from: 1_700_000_000, to: 1_700_010_800 }

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
      .replaceAll(`\${__field.labels.${LABEL.status}}`, '503')
      .replaceAll(/\$\{__(field\.labels|data\.fields)\.\w+\}/g, 'POST /users/{userId}/x')

  it.each(spanQueries)('of %s is valid and asks for our attributes', (_title, query) => {
    const ready = fillSpanQuery(query)
    expect(ready).not.toContain('$')
    expect(mistakes('traceql', ready)).toEqual([])
    expect(attributes(ready).filter((name) => !known.has(name))).toEqual([])
  })

  it.each([
    ...links,
    ...dashboard.links.filter(({ url }) => url.startsWith('/explore')).map(({ title, url }) => [title, url] as const),
  ])('behind %s is what Explore reads', (_title, url) => {
    const [, panes = ''] = url.split('&panes=')
    // Grafana fills in first, then the browser reads the address.
    const pane = JSON.parse(decodeURIComponent(fillSpanQuery(panes))) as {
      a: { datasource: string; queries: { query: string; queryType: string }[]; range: unknown }
    }
    expect(pane.a.datasource).toBe(variable('tempo'))
    expect(pane.a.range).toEqual({ from: variable('__from'), to: variable('__to') })
    const [query] = pane.a.queries
    expect(query?.queryType).toBe('traceql')
    expect(mistakes('traceql', query?.query ?? '')).toEqual([])
    expect(attributes(query?.query ?? '').filter((name) => !known.has(name))).toEqual([])
  })

  it('is reachable from every chart and table of errors', () => {
    const drilled = [
      PANELS.errorRatio,
      PANELS.rateLimited,
      PANELS.serverErrors,
      PANELS.unsettledWrites,
      PANELS.rateLimitedByOperation,
      PANELS.errorsByCategory,
      PANELS.errorsByStatus,
      PANELS.unsettledByOperation,
      PANELS.latency,
      PANELS.operations,
    ]
    for (const { id, title } of drilled) {
      const panel = panels.find((one) => one.id === id)
      expect(panel && linksOf(panel).some(({ url }) => url.startsWith('/explore')), title).toBe(true)
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

describe('variables', () => {
  const list = dashboard.templating.list

  it('are the two data sources, then environment, service and operation', () => {
    expect(list.map(({ name }) => name)).toEqual(['datasource', 'tempo', 'environment', 'job', 'operation'])
    expect(list.find(({ name }) => name === 'datasource')?.label).toBe('Data Source')
    for (const { type, refresh, multi, includeAll, allValue, datasource, query, definition } of list.slice(2)) {
      expect({ type, refresh, multi, includeAll, allValue, datasource }).toEqual({
        type: 'query',
        refresh: 2,
        multi: true,
        includeAll: true,
        // No plus sign: it would become a space in the address of a link.
        allValue: '.*',
        datasource: { type: 'prometheus', uid: variable('datasource') },
      })
      expect(typeof query === 'object' ? query.query : query).toBe(definition)
      const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? []
      expect(mistakes('promql', fill(series, CHOICE))).toEqual([])
      expect(Object.values(LABEL)).toContain(label)
    }
  })

  it('are all defined, and each is used', () => {
    const defined = list.map(({ name }) => name)
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name).filter((name) => !name.startsWith('__'))
    expect(new Set(used)).toEqual(new Set(defined))
  })

  it('built into Grafana are ones it has', () => {
    const builtIn = new Set([...text.matchAll(/\$\{?(__\w+)/g)].map(([, name]) => name))
    const known = ['__rate_interval', '__rate_interval_ms', '__range', '__from', '__to', '__url_time_range', '__all']
    expect([...builtIn].sort()).toEqual([...known, '__dashboard', '__data', '__field', '__value'].sort())
  })
})

describe('colours', () => {
  const colourOf = (panel: Panel | undefined, name: string): string | undefined => {
    const hit = panel?.fieldConfig?.overrides.findLast(({ matcher, properties }) => {
      const matches = matcher.id === 'byName' ? matcher.options === name : patternOf(matcher.options).test(name)
      return matches && properties.some(({ id }) => id === 'color')
    })
    return (hit?.properties.find(({ id }) => id === 'color')?.value as { fixedColor: string } | undefined)?.fixedColor
  }
  const patternOf = (option: string) => new RegExp(option.replace(/^\/(.*)\/$/, '$1'))
  const panel = ({ id }: { id: number }) => panels.find((one) => one.id === id)

  it.each(Object.entries(CATEGORY_COLOURS))('of %s is fixed wherever categories are drawn', (category, colour) => {
    expect(colourOf(panel(PANELS.errorsByCategory), category)).toBe(colour)
    expect(colourOf(panel(PANELS.errorsFromTraces), `{"${category}"}`)).toBe(colour)
  })

  it.each([
    ['429', STATUS_COLOURS['429']],
    ['500', STATUS_COLOURS['5xx']],
    ['522', STATUS_COLOURS['5xx']],
    ['418', STATUS_COLOURS['4xx']],
    ['no response', STATUS_COLOURS['no response']],
  ])('of status %s is that of its class', (status, colour) => {
    expect(colourOf(panel(PANELS.errorsByStatus), status)).toBe(colour)
  })

  it('of quota windows do not mix up 1m, 1h and 15m', () => {
    const used = ['1m', '5m', '15m', '30m', '1h', '24h'].map((window) =>
      colourOf(panel(PANELS.quotaUsed), `${window} production `),
    )
    expect(new Set(used).size).toBe(6)
    expect(used).not.toContain(undefined)
  })
})
