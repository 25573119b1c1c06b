/** What can be chosen on top of the dashboard, and that every variable in it is one of these. */
import { describe, expect, it } from 'vitest'
import { LABEL } from '../../alerts/spelling.ts'
import { variable } from '../../dashboards/links.ts'
import { fill } from './fill.ts'
import { CHOICE, dashboard, text } from './model.ts'
import { mistakes } from './syntax.ts'

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
    const used = [...text.matchAll(/\$\{?([a-z_]\w*)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !name.startsWith('__'))
    expect(new Set(used)).toEqual(new Set(defined))
  })

  it('built into Grafana are ones it has', () => {
    const builtIn = new Set([...text.matchAll(/\$\{?(__\w+)/g)].map(([, name]) => name))
    const known = ['__rate_interval', '__rate_interval_ms', '__range', '__from', '__to', '__url_time_range', '__all']
    expect([...builtIn].sort()).toEqual([...known, '__dashboard', '__data', '__field', '__value'].sort())
  })
})
