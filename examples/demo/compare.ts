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
