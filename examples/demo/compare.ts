import type { LogEntry } from '../mock/log.ts'
import { operationShape, shapeOfRequest } from '../mock/routes.ts'
import type { ReceivedPoint } from '../otlp-receiver.ts'

/** Calls of one operation that got one status. */
export interface CallCount {
  /** Operation without the names of its placeholders, or `_other`. */
  shape: string
  /** Status code, or `none`. */
  status: string
  count: number
}

/** One line of the comparison: what each side counted. */
export interface Comparison {
  what: string
  library: number
  server: number
}

const OTHER = '_other'

/** What the library counted, from the points of `mangopay.client.requests` as they were exported. */
export const countsOfPoints = (points: readonly ReceivedPoint[]): CallCount[] =>
  points.map(({ attributes, value }) => ({
    shape: operationShape(String(attributes['mangopay.operation'])),
    status: String(attributes['http.response.status_code'] ?? 'none'),
    count: value,
  }))

/** What the server says it received and answered, from its raw log and its own route table. */
export const countsOfLog = (entries: readonly LogEntry[]): CallCount[] =>
  entries.map(({ method, path, status }) => ({
    shape: shapeOfRequest(method, path) ?? OTHER,
    status: String(status ?? 'none'),
    count: 1,
  }))

/** Sum of the counts that this predicate takes. */
export const sum = (counts: readonly CallCount[], takes: (count: CallCount) => boolean = () => true): number =>
  counts.reduce((total, count) => total + (takes(count) ? count.count : 0), 0)

/** Both sides in all, by status, and by operation; each list in its natural order. */
export const compare = (
  library: readonly CallCount[],
  server: readonly CallCount[],
): { all: Comparison; statuses: Comparison[]; operations: Comparison[] } => {
  const line = (what: string, takes?: (count: CallCount) => boolean): Comparison => ({
    what,
    library: sum(library, takes),
    server: sum(server, takes),
  })
  const both = [...library, ...server].filter(({ count }) => count > 0)
  const statuses = new Set(['429', '500', ...both.map(({ status }) => status)])
  const shapes = new Set(both.map(({ shape }) => shape))
  return {
    all: line('all'),
    statuses: [...statuses].sort().map((status) => line(status, (count) => count.status === status)),
    operations: [...shapes].sort().map((shape) => line(shape, (count) => count.shape === shape)),
  }
}

/** The lines on which the two sides differ. */
export const differences = ({ all, statuses, operations }: ReturnType<typeof compare>): Comparison[] =>
  [all, ...statuses, ...operations].filter(({ library, server }) => library !== server)

/** Adds up what these points say, by a name that each of them gets; zeros and points without a name are left out. */
const named = (points: readonly ReceivedPoint[], nameOf: (attributes: ReceivedPoint['attributes']) => string) => {
  const counts: Record<string, number> = {}
  for (const { attributes, value } of points) {
    const name = nameOf(attributes)
    if (name !== '' && value > 0) counts[name] = (counts[name] ?? 0) + value
  }
  return counts
}

const sideBySide = (
  library: Readonly<Record<string, number>>,
  server: Readonly<Record<string, number>>,
): Comparison[] =>
  [...new Set([...Object.keys(library), ...Object.keys(server)])]
    .sort()
    .map((what) => ({ what, library: library[what] ?? 0, server: server[what] ?? 0 }))

/**
 * What became of payments: results of writes as `pay_in FAILED`, and things that happened by event type.
 *
 * @param answered - the server's, as `pay_in FAILED 101101`
 * @param happened - the server's, by event type
 */
export const comparePayments = (
  results: readonly ReceivedPoint[],
  notifications: readonly ReceivedPoint[],
  answered: Readonly<Record<string, number>>,
  happened: Readonly<Record<string, number>>,
): { results: Comparison[]; notifications: Comparison[] } => {
  const written = named(results, (attributes) =>
    String(attributes['mangopay.operation']).startsWith('GET ')
      ? ''
      : `${attributes['mangopay.resource']} ${attributes['mangopay.result.status']}`,
  )
  const server: Record<string, number> = {}
  for (const [key, count] of Object.entries(answered)) {
    const name = key.split(' ').slice(0, 2).join(' ')
    server[name] = (server[name] ?? 0) + count
  }
  const acknowledged = named(notifications, (attributes) =>
    attributes['mangopay.webhook.delivery'] === 'acknowledged' ? String(attributes['mangopay.webhook.event_type']) : '',
  )
  return { results: sideBySide(written, server), notifications: sideBySide(acknowledged, happened) }
}
