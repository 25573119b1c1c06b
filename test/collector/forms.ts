/** The fragment in other forms, for the benchmark that compares them with the one that is shipped. */
import { parse, stringify } from 'yaml'
import { isMissing, isThere, literal, matches, set, text, variable } from '../../collector/ottl.ts'
import { allRoutes, PARAMETER, recordOf, shapeOf } from '../../collector/routes.ts'

/** As far as it is looked at. */
interface Fragment {
  processors: Record<
    'transform/mangopay' | 'transform/mangopay-clean',
    { trace_statements: { statements: string[] }[] }
  >
}

/** The variables that the statements behind the search read: a table, and where in it a key was found. */
const [TABLE, AT, KEY, PATH] = ['routes', 'at', 'key', 'small_rest'].map(variable) as [string, string, string, string]
const N = variable('n')

/**
 * The fragment with one `IsMatch` for each route in place of a table.
 *
 * @param bySegments - whether the number of segments is compared first
 */
export function oneMatchEach(fragment: string, bySegments: boolean): string {
  const config = parse(fragment) as Fragment
  const isSearch = (statement: string) =>
    [`set(${TABLE}`, `set(${KEY}`, `set(${AT}, Index(`].some((start) => statement.startsWith(start))
  for (const group of config.processors['transform/mangopay'].trace_statements) {
    const first = group.statements.findIndex(isSearch)
    if (first === -1) continue
    group.statements.splice(first, group.statements.filter(isSearch).length, ...search(bySegments))
  }
  return stringify(config)
}

/** The fragment with nothing to say: spans go through its pipelines as they are. */
export function pipelinesAlone(fragment: string): string {
  const config = parse(fragment) as Fragment
  for (const name of ['transform/mangopay', 'transform/mangopay-clean'] as const) {
    config.processors[name].trace_statements = []
  }
  return stringify(config)
}

function search(bySegments: boolean): string[] {
  const isOpen = isMissing(TABLE)
  const routes = allRoutes().sort(
    (one, other) => one.segments.length - other.segments.length || (shapeOf(one) < shapeOf(other) ? -1 : 1), // a literal first
  )
  return [
    set(PATH, `ToLowerCase(${variable('rest')})`, isThere(variable('rest'))),
    ...routes.map((route) => {
      const pattern = route.segments.map((it) => (it === PARAMETER ? '[^/]+' : literal(it))).join('/')
      const isLong = bySegments ? [`${N} == ${route.segments.length}`] : [isThere(PATH)]
      return set(TABLE, text(recordOf(route)), isOpen, ...isLong, matches(PATH, `^${pattern}$`))
    }),
    set(KEY, '""', isThere(TABLE)),
    set(AT, '0', isThere(TABLE)),
  ]
}
